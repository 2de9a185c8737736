"""Feedback's pages: the survey behind a person's link, the results in the event's room."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.registration.browser import Browser
from tests.registration.front import Front


@pytest.fixture
def event(front: Front) -> UUID:
    """It takes place tomorrow."""
    start = front.house.clock() + timedelta(days=1)
    return front.house.event(slug="training", capacity=12, sessions=[front.house.session(start, hours=2)])


@pytest.fixture
def pages(front: Front, event: UUID) -> list[str]:
    """The surveys of twelve people after the event, which asks for feedback."""
    people = [front.house.register(event, locale="en").registration_id for _ in range(12)]
    alice = Browser(front, "alice")
    saved = alice.send(alice.open(room(event)), offered="yes", days="30")
    assert saved.status == 303
    front.house.clock.turn(days=1, hours=3)
    return [f"/my/{front.token_of(one)}/registrations/{one}/feedback" for one in people]


def room(event: UUID) -> str:
    return f"/organise/events/{event}/feedback"


def answer(front: Front, page: str, **typed: str) -> None:
    browser = Browser(front)
    assert browser.send(browser.open(page), **typed).status == 303


def test_a_person_finds_the_survey_on_their_page_and_answers_once(front: Front, pages: list[str]) -> None:
    browser = Browser(front)
    mine = pages[0].partition("/registrations")[0]
    assert "Tell us how it was" in browser.open(mine).words
    sent = browser.send(browser.open(pages[0]), overall="5", helped="The breaks")
    thanks = browser.open(sent.location)
    assert "Thank you for your feedback." in thanks.words
    assert not thanks.soup.select("main form")
    assert "Tell us how it was" not in browser.open(mine).words


def test_an_empty_answer_is_refused_and_what_was_typed_stays(front: Front, pages: list[str]) -> None:
    browser = Browser(front)
    refused = browser.send(browser.open(pages[0]))
    assert (refused.status, refused.errors()) == (422, ["Please answer at least one question."])
    long = browser.send(refused, overall="4", helped="x" * 2_001)
    assert long.status == 422
    assert long.one("input[name=overall][checked]")["value"] == "4"


def test_before_the_end_and_after_the_days_there_is_nothing_to_fill_in(front: Front, pages: list[str]) -> None:
    front.house.clock.turn(hours=-2)
    assert "once the event is over" in Browser(front).open(pages[0]).words
    front.house.clock.turn(days=31)
    over = Browser(front).open(pages[0])
    assert "has run out" in over.words
    assert not over.soup.select("main form")


def test_the_survey_of_somebody_else_is_not_found(front: Front, pages: list[str]) -> None:
    stranger = pages[0].partition("/registrations")[0] + "/registrations" + pages[1].partition("/registrations")[2]
    assert Browser(front).open(stranger).status == 404


def test_an_event_asks_for_no_feedback_by_itself(front: Front, event: UUID) -> None:
    assert "This event does not ask for feedback." in Browser(front, "alice").open(room(event)).words
    assert Browser(front, "alice").open(room(event) + "/export.csv").status == 404


def test_days_out_of_bounds_are_refused(front: Front, event: UUID) -> None:
    alice = Browser(front, "alice")
    refused = alice.send(alice.open(room(event)), offered="yes", days="91")
    assert (refused.status, refused.value("days")) == (422, "91")


def test_organisers_see_nothing_before_ten_have_answered_and_all_at_the_end(
    front: Front, event: UUID, pages: list[str]
) -> None:
    for page in pages[:9]:
        answer(front, page, overall="5")
    alice = Browser(front, "alice")
    assert "Nothing is shown yet." in alice.open(room(event)).words
    answer(front, pages[9], overall="1", improve="=1+1")
    shown = alice.open(room(event))
    assert "5 answers." in shown.words
    assert "=1+1" not in shown.words
    front.house.clock.turn(days=31)
    shown = Browser(front, "alice").open(room(event))
    assert shown.all("#rated-overall td.num") == ["9", "0", "0", "0", "1", "0"]
    assert "On average 4.6 of 5" in shown.words
    assert "=1+1" in shown.words


def test_the_export_is_a_table_in_which_nothing_is_computed(front: Front, event: UUID, pages: list[str]) -> None:
    for page in pages:
        answer(front, page, overall="3", improve="=1+1")
    front.house.clock.turn(days=31)
    file = Browser(front, "alice").client.get(room(event) + "/export.csv?lang=en")
    lines = file.data.decode("utf-8").split("\r\n")
    assert lines[0] == "\ufeffQuestion;Answer;How many"
    assert "How was the event all in all?;3 – fair;12" in lines
    assert lines.count("What should we do better?;'=1+1;") == 12


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("audrey", 200), ("bob", 403), ("charlie", 403)])
def test_results_are_for_organisers_and_auditors(front: Front, event: UUID, who: str, status: int) -> None:
    page = Browser(front, who).open(room(event))
    assert page.status == status
    assert bool(page.soup.select("main form")) == (who == "alice")


def test_auditors_change_nothing(front: Front, event: UUID) -> None:
    assert Browser(front, "audrey").post(room(event), {"offered": "yes", "days": "30"}).status == 403
