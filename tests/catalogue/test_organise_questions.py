"""The page where organisers write an event's questions."""

from typing import Any

import pytest

from tests.catalogue.browser import Browser, Page
from tests.catalogue.parts import Catalogue
from tests.catalogue.test_questions import MEAL, TABLE


@pytest.fixture
def alice(catalogue: Catalogue) -> Browser:
    catalogue.employ()
    return Browser(catalogue, "alice")


def press(browser: Browser, page: Page, **fields: Any) -> Page:
    return browser.send(page, "#questions-form", **fields)


def test_questions_are_written_row_by_row(catalogue: Catalogue, alice: Browser) -> None:
    event = catalogue.event()
    page = alice.open(f"/organise/events/{event.id}/questions")
    page = press(alice, page, add="questions")
    typed = {"questions.0.label.de": "Was essen Sie?", "questions.0.kind": "choice", "questions.0.required": "yes"}
    page = press(alice, page, add="questions.0.options", **typed)
    page = press(alice, page, add="questions.0.options", **{"questions.0.options.0.label.de": "Alles"})
    page = press(alice, page, add="questions", **{"questions.0.options.1.label.de": "Vegan"})
    last = {"questions.1.label.de": "Wie viele?", "questions.1.kind": "number"}
    page = press(alice, page, **last, **{"questions.1.only_if.was-essen-sie=vegan": "yes"})
    assert page.status == 303
    first, second = catalogue.found(event.id).questions
    assert (first["key"], first["required"]) == ("was-essen-sie", True)
    assert [option["key"] for option in first["options"]] == ["alles", "vegan"]
    assert second["shown_if"] == {"question": "was-essen-sie", "answers": ["vegan"]}


def test_what_is_wrong_is_said_at_its_row_and_stays_as_typed(catalogue: Catalogue, alice: Browser) -> None:
    event = catalogue.event(questions=[MEAL])
    page = alice.open(f"/organise/events/{event.id}/questions")
    refused = press(alice, page, **{"questions.0.label.de": "", "questions.0.kind": "choice"})
    assert refused.status == 422
    assert refused.errors() == ["Question 1, question: Please fill this in."]


def test_the_events_own_form_keeps_the_questions(catalogue: Catalogue, alice: Browser) -> None:
    event = catalogue.event(questions=[MEAL, TABLE])
    page = alice.open(f"/organise/events/{event.id}/edit")
    assert alice.send(page, "#event-form", capacity="33").status == 303
    found = catalogue.found(event.id)
    assert (found.capacity, len(found.questions)) == (33, 2)


def test_a_question_of_another_event_is_asked_again(catalogue: Catalogue, alice: Browser) -> None:
    catalogue.event(questions=[MEAL])
    event = catalogue.event()
    page = alice.open(f"/organise/events/{event.id}/questions")
    page = press(alice, page, take_question="1", known_question="0")
    assert press(alice, page).status == 303
    assert catalogue.found(event.id).questions[0]["key"] == "was-essen-sie"


def test_whoever_only_reads_cannot_write_questions(catalogue: Catalogue, alice: Browser) -> None:
    event = catalogue.event()
    assert Browser(catalogue, "bob").open(f"/organise/events/{event.id}/questions").status == 403
