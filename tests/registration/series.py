"""A series and those who enrol in it, for tests."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from services.registration.booking import Registered, Wish
from services.registration.enrolled import Enrolled
from services.registration.enrolments import EnrolmentWish
from services.registration.enrolments import enrol as enrol_for
from shared.errors import ReiheError
from shared.vault import Vault
from tests.registration.coming_again import coming_again
from tests.registration.front import Front, wish
from tests.registration.parts import House

SERIES: dict[str, Any] = {
    "series_id": UUID("0192f0c1-7b2a-7c3d-8e4f-0000000000f1"),
    "slug": "grundlagen",
    "title": {"de": "Grundlagen", "en": "Foundations"},
}

VAULT = Vault(("n" * 40,))


def a_series(house: House, *modules: dict[str, Any]) -> list[UUID]:
    """Its modules begin a day after each other."""
    return [
        house.event(
            **{"series": SERIES, "sessions": [house.session(house.clock() + timedelta(days=30 + number))]} | one
        )
        for number, one in enumerate(modules)
    ]


def enrol(front: Front, name: str, *, key: str = "", **values: Any) -> TestResponse:
    body = {**wish(name), "modules": "all", **values}
    headers = {"Idempotency-Key": key} if key else {}
    return front.post(f"/series/{SERIES['series_id']}/enrolments", body, headers=headers)


def states(answer: TestResponse, status: int = 201) -> list[str]:
    """Of each module the state, or why there is none."""
    assert answer.status_code == status, answer.get_json()
    return [one["state"] or one["refused"] for one in answer.get_json()["modules"]]


def an_enrolment(house: House, **changes: Any) -> EnrolmentWish:
    """The wish of somebody new."""
    person = house.wish()
    names = {name: getattr(person, name) for name in ("first_name", "last_name", "email", "locale")}
    return EnrolmentWish(**{**names, "body_digest": person.email, **changes})


def enrol_in_house(house: House, wish: EnrolmentWish) -> Enrolled | ReiheError:
    """As a client does it: who is asked to come again does so."""
    return coming_again(lambda: _enrol(house, wish))


def come_in_house(house: House, event: UUID, wish: Wish) -> Registered:
    """The same of somebody who registers for one event alone."""
    return coming_again(lambda: house.lay_down(event, wish))


def _enrol(house: House, wish: EnrolmentWish) -> Enrolled | ReiheError:
    with house.database.unit_of_work(house.clock()) as uow:
        outcome = enrol_for(uow, SERIES["series_id"], wish, VAULT)
        uow.commit()
    return outcome
