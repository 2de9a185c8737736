"""The part of an event's form that says how seats are given."""

import pytest

from services.catalogue.listing import Wanted, events_page
from services.catalogue.models import Event
from tests.catalogue.browser import Browser, Page
from tests.catalogue.parts import Catalogue
from tests.catalogue.test_questions import MEAL, TABLE
from tests.rules import a_group, a_pool, a_waitlist

NEW = "/organise/events/new"
FILLED = {
    "title__en": "Association law",
    "capacity": "20",
    "sessions__0__starts_at": "2027-03-28T10:00",
    "sessions__0__ends_at": "2027-03-28T16:00",
}
ADD_GROUP, ADD_POOL = ("add", "waitlist.priority_classes"), ("add", "waitlist.pools")


@pytest.fixture
def alice(catalogue: Catalogue) -> Browser:
    catalogue.employ()
    return Browser(catalogue, "alice")


def written(browser: Browser) -> Event:
    with browser.catalogue.database.read() as session:
        (event,) = events_page(session, Wanted()).items
    return event


def with_rows(browser: Browser) -> Page:
    """A new event's form with a row for a group and one for reserved seats."""
    page = browser.send(browser.open(NEW), button=ADD_GROUP, **FILLED)
    return browser.send(page, button=ADD_POOL)


def test_an_event_has_the_usual_rule_if_nothing_is_said(alice: Browser) -> None:
    alice.send(alice.open(NEW), **FILLED)
    event = written(alice)
    assert event.waitlist == a_waitlist()
    assert (event.largest_party, event.confirm_address_minutes, event.max_per_organisation_until) == (1, None, None)


def test_the_rule_is_written_with_what_was_typed(alice: Browser) -> None:
    page = with_rows(alice)
    group, pool = "waitlist__priority_classes__0__", "waitlist__pools__0__"
    typed = {
        f"{group}name__en": "Members",
        f"{pool}name__en": "Guests",
        f"{pool}code": "GAST",
        f"{pool}seats": "3",
        f"{pool}released_at": "2027-03-20T12:00",
        "waitlist__closes_hours_before_start": "12",
        "waitlist__quiet_from": "21:00",
        "waitlist__weekends": "yes",
        "waitlist__parties": "skip",
        "waitlist__transfers": "queue",
        "max_per_organisation": "2",
        "max_per_organisation_until": "2027-03-01T00:00",
        "largest_party": "2",
        "confirm_address_minutes": "60",
    }
    answer = alice.send(page, **typed)
    event = written(alice)
    assert answer.status == 303
    released_at = event.waitlist["pools"][0]["released_at"]
    assert released_at.isoformat() == "2027-03-20T11:00:00+00:00"
    assert event.waitlist == a_waitlist(
        closes_hours_before_start=12,
        quiet_from="21:00",
        weekends=True,
        parties="skip",
        transfers="queue",
        priority_classes=[a_group(name={"en": "Members"})],
        pools=[a_pool(3, "code", name={"en": "Guests"}, code="GAST", released_at=released_at)],
    )
    assert (event.max_per_organisation, event.largest_party, event.confirm_address_minutes) == (2, 2, 60)
    assert event.max_per_organisation_until is not None


def test_a_rule_that_is_saved_again_unchanged_stays_the_same(alice: Browser) -> None:
    pools = [a_pool(3, "code", code="GAST", released_at="2027-03-20T12:00:00+01:00")]
    event = alice.catalogue.event(waitlist=a_waitlist(priority_classes=[a_group()], pools=pools), largest_party=3)
    alice.send(alice.open(f"/organise/events/{event.id}/edit"))
    assert alice.catalogue.found(event.id).version == 1


def test_rows_that_were_added_and_left_empty_are_not_meant(alice: Browser) -> None:
    assert alice.send(with_rows(alice)).status == 303
    assert written(alice).waitlist == a_waitlist()


def test_a_row_is_removed(alice: Browser) -> None:
    event = alice.catalogue.event(waitlist=a_waitlist(pools=[a_pool(1), a_pool(2, name={"de": "Zwei"})]))
    page = alice.send(alice.open(f"/organise/events/{event.id}/edit"), button=("remove", "waitlist.pools.0"))
    alice.send(page)
    assert [pool["name"] for pool in alice.catalogue.found(event.id).waitlist["pools"]] == [{"de": "Zwei"}]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"waitlist__pools__0__seats": "21"}, "Reserved seats 1, seats: More seats are reserved than the event has."),
        ({"waitlist__pools__0__code": ""}, "Reserved seats 1, code: Please enter the code."),
        (
            {"waitlist__priority_classes__0__by": "question"},
            "Group 1, answers: Please choose the answers that count.",
        ),
        ({"waitlist__quiet_from": "9"}, "No offers from: Please enter a time of the day, such as 08:30."),
        ({"largest_party": "21"}, "People in one registration: A party cannot be larger than the number of seats."),
    ],
)
def test_what_is_wrong_is_named_by_its_row_and_shown_unfolded(
    alice: Browser, typed: dict[str, str], wrong: str
) -> None:
    usual = {
        "waitlist__pools__0__name__en": "Guests",
        "waitlist__pools__0__code": "X",
        "waitlist__pools__0__seats": "2",
    }
    names = {"waitlist__priority_classes__0__name__en": "Members"}
    page = alice.send(with_rows(alice), **{**usual, **names, **typed})
    assert page.status == 422
    assert wrong in page.all("#error-summary li")
    for link in page.soup.select("#error-summary a"):
        field = page.soup.find(id=str(link["href"])[1:])
        folded = field.find_parent("details", class_="folded") if field else None
        assert field is not None
        assert folded is None or folded.has_attr("open")


def test_a_group_by_answers_is_chosen_from_what_the_event_asks(alice: Browser) -> None:
    old = {"key": "alt", "kind": "yes_no", "label": {"de": "Alt?"}, "retired": True}
    event = alice.catalogue.event(questions=[MEAL, TABLE, old])
    page = alice.send(alice.open(f"/organise/events/{event.id}/edit"), button=ADD_GROUP)
    group = "waitlist.priority_classes.0."
    assert page.all("fieldset .choice:has([name*='.given.'])") == ["Was essen Sie?: Alles", "Was essen Sie?: Vegan"]
    by_answers = {f"{group}name.en": "Vegans", f"{group}by": "question", f"{group}given.was-essen-sie=vegan": "yes"}
    assert alice.send(page, **by_answers).status == 303
    vegans = a_group("question", name={"en": "Vegans"}, question="was-essen-sie", answers=["vegan"])
    assert alice.catalogue.found(event.id).waitlist["priority_classes"] == [vegans]
    again = alice.open(f"/organise/events/{event.id}/edit")
    assert again.value(f"{group}given.was-essen-sie=vegan") == "yes"
    assert "no question with answers to choose from yet" in alice.send(alice.open(NEW), button=ADD_GROUP).words


def test_the_questions_page_says_which_group_still_goes_by_a_question(alice: Browser) -> None:
    vegans = a_group("question", question="was-essen-sie", answers=["vegan"])
    event = alice.catalogue.event(questions=[MEAL], waitlist=a_waitlist(priority_classes=[vegans]))
    page = alice.open(f"/organise/events/{event.id}/questions")
    page = alice.send(page, "#questions-form", button=("remove", "questions.0"))
    page = alice.send(page, "#questions-form")
    assert page.status == 422
    [wrong] = page.errors()
    assert wrong.startswith("A group goes by the question “was-essen-sie”, which the event does not ask")
