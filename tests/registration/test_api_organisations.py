"""Suggestions of organisations, which everybody may ask for."""

from services.registration import directory
from services.registration.directory import Draft
from services.registration.models import Standing
from tests.registration.front import Front


def _add(front: Front, draft: Draft, state: Standing = Standing.LISTED) -> None:
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        directory.add(uow, draft, state)
        uow.commit()


def test_suggestions_hold_name_and_municipality_and_nothing_else(front: Front) -> None:
    _add(front, Draft("Brücke e. V.", "Bonn", member=True, aliases=("Pont",)))
    answer = front.get("/organisations", q="pont")
    assert answer.json == {"items": [{"name": "Brücke e. V.", "municipality": "Bonn"}]}


def test_what_nobody_has_reviewed_is_not_told(front: Front) -> None:
    _add(front, Draft("Brücke"), Standing.PROPOSED)
    assert front.get("/organisations", q="Brücke").json == {"items": []}


def test_without_a_question_nothing_is_suggested(front: Front) -> None:
    _add(front, Draft("Brücke"))
    assert front.get("/organisations").json == {"items": []}


def test_a_question_that_is_too_long_is_refused(front: Front) -> None:
    assert front.get("/organisations", q="x" * 201).status_code == 422
