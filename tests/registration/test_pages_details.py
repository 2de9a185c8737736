"""An organiser corrects what stands about a registration, and answers for somebody who was added by hand."""

import io
from typing import Any
from uuid import UUID

import pytest

from services.registration.answers import answers_of
from services.registration.models import AUDIT
from shared.audit import Wanted, entries_page
from tests.registration.asking import MEAL, SEATS_AT_TABLE, a_question
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.rules import a_group, a_waitlist

QUESTIONS = [MEAL, SEATS_AT_TABLE, a_question("cv", "file"), a_question("wish", sensitive=True)]
VEGANS = a_waitlist(priority_classes=[a_group("question", question="meal", answers=["vegan"])])


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def person(event_id: UUID, registration_id: UUID, page: str = "") -> str:
    return f"/organise/events/{event_id}/people/{registration_id}{page}"


def answers(front: Front, registration_id: UUID) -> dict[str, Any]:
    with front.house.database.read() as session:
        return answers_of(session, [registration_id])[registration_id]


def acts(front: Front) -> list[str]:
    with front.house.database.read() as session:
        return [entry.action for entry in entries_page(session, AUDIT, Wanted()).items]


def test_name_organisation_and_answers_are_corrected_logged_and_told(front: Front, alice: Browser) -> None:
    event = front.house.event(questions=QUESTIONS)
    ana = front.house.register(event, "Ana Nowak", answers={"meal": "all", "wish": "quiet"}).registration_id
    form = alice.open(alice.open(person(event, ana)).one("a[href$='/details']")["href"])  # type: ignore[arg-type]
    assert (form.value("last_name"), form.value("answers.wish")) == ("Nowak", "quiet")
    page = alice.send(form, last_name="Novak", organisation="Pont", **{"answers.meal": "vegan", "answers.table": "4"})
    assert (page.status, page.location) == (303, person(event, ana))
    corrected = front.house.registration(ana)
    assert (corrected.name, corrected.organisation) == ("Ana Novak", "Pont")
    assert answers(front, ana) == {"meal": "vegan", "table": 4, "wish": "quiet"}
    assert acts(front)[:2] == ["registration.corrected", "registration.answers_changed"]
    (told,) = front.house.messages("registration.changed.v1")
    assert (told.body["last_name"], told.body["actor"]) == ("Novak", "organiser")
    assert "Answers were changed." not in alice.open(page.location).words


def test_what_is_wrong_is_named_and_nothing_is_half_done(front: Front, alice: Browser) -> None:
    event = front.house.event(questions=QUESTIONS)
    ana = front.house.register(event, "Ana Nowak", answers={"meal": "all"}).registration_id
    form = alice.open(person(event, ana, "/details"))
    page = alice.send(form, last_name="", **{"answers.meal": "vegan", "answers.table": "many"})
    assert page.status == 422
    assert page.errors() == ["Last name: Please fill this in.", "Table: Please enter a number, such as 12 or 3.5."]
    assert page.value("answers.table") == "many"
    alice.send(form, last_name="", **{"answers.meal": "vegan"})
    assert answers(front, ana) == {"meal": "all"}


def test_a_corrected_answer_puts_the_person_where_it_belongs_and_the_history_says_so(
    front: Front, alice: Browser
) -> None:
    event = front.house.event(capacity=0, questions=QUESTIONS, waitlist=VEGANS)
    front.house.register(event, answers={"meal": "all"})
    ana = front.house.register(event, "Ana Novak", answers={"meal": "all"}).registration_id
    alice.send(alice.open(person(event, ana, "/details")), **{"answers.meal": "vegan"})
    page = alice.open(person(event, ana))
    assert "No. 1 in line" in page.words
    assert "Put into another group Answers were changed." in page.words


def test_a_file_stays_unless_another_is_sent(front: Front, alice: Browser) -> None:
    event = front.house.event(questions=QUESTIONS)
    ana = front.house.register(event, "Ana Novak", answers={"meal": "all"}).registration_id
    form = alice.open(person(event, ana, "/details"))
    chosen: dict[str, Any] = {"answers.cv": (io.BytesIO(b"%PDF-1.7"), "cv.pdf")}
    alice.send(form, **chosen)
    alice.send(alice.open(person(event, ana, "/details")), last_name="Berg")
    assert answers(front, ana)["cv"]["name"] == "cv.pdf"


def test_what_somebody_added_by_hand_has_left_open_is_seen_and_filled_in(front: Front, alice: Browser) -> None:
    event = front.house.event(questions=QUESTIONS)
    form = alice.open(f"/organise/events/{event}/people/new")
    added = alice.send(form, first_name="Ana", last_name="Novak", email="a@example.org", **{"answers.wish": "quiet"})
    ana = UUID(added.location.rsplit("/", 1)[1])
    assert answers(front, ana) == {"wish": "quiet"}
    assert "Meal must be answered, and is not yet" in alice.open(added.location).words
    lacking = f"/organise/events/{event}/people?lacking=yes"
    assert "Novak" in alice.open(lacking).words
    alice.send(alice.open(person(event, ana, "/details")), **{"answers.meal": "all"})
    assert "Novak" not in alice.open(lacking).words


def test_an_answer_that_is_wrong_adds_nobody_by_hand(front: Front, alice: Browser) -> None:
    event = front.house.event(questions=[SEATS_AT_TABLE | {"shown_if": None}])
    form = alice.open(f"/organise/events/{event}/people/new")
    typed = {"first_name": "Ana", "last_name": "Novak", "email": "a@example.org"}
    page = alice.send(form, **typed, **{"answers.table": "many"})
    assert page.errors() == ["Table: Please enter a number, such as 12 or 3.5."]
    assert (page.value("answers.table"), front.house.states(event)) == ("many", [])


def test_answers_come_over_the_api_with_whom_an_organiser_adds(front: Front) -> None:
    event = front.house.event(questions=QUESTIONS)
    body = {"first_name": "Ana", "last_name": "Novak", "email": "a@example.org", "answers": {"meal": "all"}}
    added = front.post(f"/events/{event}/people", body, by="alice")
    assert added.status_code == 201
    assert answers(front, UUID(added.get_json()["id"])) == {"meal": "all"}


@pytest.mark.parametrize("name", ["audrey", "bob", "charlie"])
def test_only_organisers_correct_details(front: Front, name: str) -> None:
    event = front.house.event()
    ana = front.house.register(event, "Ana Novak").registration_id
    browser = Browser(front, name)
    assert browser.open(person(event, ana, "/details")).status == 403
    token = Browser(front, "alice").open(person(event, ana, "/details")).value("csrf_token")
    assert browser.post(person(event, ana, "/details"), {"csrf_token": token, "last_name": "X"}).status == 403
    assert front.house.registration(ana).last_name == "Novak"
    assert browser.open(person(event, ana)).soup.select("a[href$='/details']") == []
