"""The overview, the list of events and an event's room."""

from typing import Any

import pytest

from tests.catalogue.browser import Browser, count_seats
from tests.catalogue.parts import SESSION, Catalogue, at, statements

PUBLISH = "main form[action$='/publish']"


@pytest.fixture
def alice(catalogue: Catalogue) -> Browser:
    catalogue.employ()
    return Browser(catalogue, "alice")


# --- the overview -------------------------------------------------------------


def test_an_empty_overview_leads_to_the_first_event(alice: Browser) -> None:
    page = alice.open("/organise")
    assert "No events yet" in page.words
    assert page.one(".empty-state a")["href"] == "/organise/events/new"


def test_the_overview_shows_drafts_pending_changes_and_what_comes_soon(alice: Browser) -> None:
    catalogue = alice.catalogue
    catalogue.event(title={"en": "A draft"})
    changed = catalogue.published_event(title={"en": "Changed"}, sessions=[at("2027-05-01")], programme=[])
    catalogue.change(changed.id, capacity=30)
    soon = catalogue.published_event(title={"en": "Soon"}, sessions=[at("2027-01-20")], programme=[])
    count_seats(catalogue, soon, confirmed=20, waiting=2)
    page = alice.open("/organise")
    assert page.all_in("One change is not public yet", "h3") == ["Changed"]
    assert page.all_in("Drafts", "tbody th") == ["A draft"]
    assert page.all_in("What comes next", "tbody th") == ["Soon"]
    assert page.all_in("What comes next", "tbody td") == ["20 Jan 2027, 09:00", "Published", "20 of 20", "2"]
    assert "One further event later" in page.words


def test_if_nothing_comes_soon_the_overview_shows_the_next_three(alice: Browser) -> None:
    for month in (4, 5, 6, 7):
        catalogue = alice.catalogue
        catalogue.published_event(title={"en": f"In {month}"}, sessions=[at(f"2027-0{month}-01")], programme=[])
    page = alice.open("/organise")
    assert page.all_in("What comes next", "tbody th") == ["In 4", "In 5", "In 6"]


# --- the list -----------------------------------------------------------------


def test_the_list_is_searched_and_filtered(alice: Browser) -> None:
    catalogue = alice.catalogue
    series = catalogue.series()
    catalogue.event(title={"en": "Übung"}, series_id=str(series.id))
    catalogue.published_event(title={"en": "Lecture"})
    catalogue.published_event(title={"en": "Long ago"}, sessions=[at("2026-10-01")], programme=[])

    def titles(query: str) -> set[str]:
        return {said.split(" Grundlagen")[0] for said in alice.open(f"/organise/events?{query}").all("tbody th")}

    assert titles("") == {"Übung", "Lecture"}
    assert titles("when=all") == {"Übung", "Lecture", "Long ago"}
    assert titles("q=UBUNG") == {"Übung"}
    assert titles("state=published") == {"Lecture"}
    assert titles(f"series={series.id}") == {"Übung"}
    assert titles("state=nonsense&series=nonsense&when=nonsense") == {"Übung", "Lecture"}


@pytest.mark.parametrize("typed", ["nothing like it", "%25", "_"])
def test_a_search_that_finds_nothing_says_so(both: Catalogue, typed: str) -> None:
    both.employ()
    both.event()
    page = Browser(both, "alice").open(f"/organise/events?q={typed}")
    assert page.status == 200
    assert "Nothing fits" in page.words


def test_the_filters_are_kept_from_page_to_page(alice: Browser) -> None:
    for number in range(51):
        alice.catalogue.event(title={"en": f"Talk {number:02}"})
    alice.catalogue.event(title={"en": "Other"})
    first = alice.open("/organise/events?q=talk&state=draft")
    second = alice.open(str(first.one("a[rel=next]")["href"]))
    assert len(first.all("tbody th")) == 50
    assert second.all("tbody th") == ["Talk 50"]
    assert second.one("a[rel=prev]")["href"] == "/organise/events?q=talk&state=draft"


def test_the_list_costs_the_same_for_one_event_and_for_fifty(both: Catalogue) -> None:
    both.employ()
    for _number in range(50):
        both.event()
    browser = Browser(both, "alice")
    with statements(both.engine) as seen:
        assert len(browser.open("/organise/events").all("tbody th")) == 50
    assert len(seen) <= 5, seen


# --- the room -----------------------------------------------------------------


def test_a_draft_is_previewed_as_the_public_page_and_published(alice: Browser) -> None:
    event = alice.catalogue.event()
    path = f"/organise/events/{event.id}"
    preview = alice.open(f"{path}/preview")
    assert "This is a preview." in preview.words
    assert preview.all("h1") == ["Association law"]
    assert preview.soup.select("a[href^='/register']") == []
    assert alice.open("/events/vereinsrecht").status == 404

    answer = alice.send(alice.open(path), form=PUBLISH)
    assert (answer.status, answer.location) == (303, path)
    assert alice.open("/events/vereinsrecht").status == 200
    assert alice.open(path).soup.select(PUBLISH) == []


def test_an_event_without_a_session_is_not_published(alice: Browser) -> None:
    event = alice.catalogue.event(sessions=[], programme=[])
    answer = alice.send(alice.open(f"/organise/events/{event.id}"), form=PUBLISH)
    assert answer.status == 422
    assert answer.errors() == ["An event needs at least one session before it can be published."]
    assert alice.catalogue.found(event.id).state == "draft"


def test_what_changes_is_shown_before_it_is_published(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    moved = {**SESSION, "ends_at": "2027-03-28T17:00:00+02:00"}
    alice.catalogue.change(event.id, title={"de": "Vereinsrecht", "en": "Law"}, capacity=30, sessions=[moved])
    path = f"/organise/events/{event.id}"
    page = alice.open(path)
    assert "Your changes are not public yet." in page.words
    rows = [row.get_text("|", strip=True).split("|") for row in page.part("What changes").select("tbody tr")]
    assert rows == [
        ["Title", "English: Association law", "English: Law"],
        [
            "Sessions",
            "Sunday, 28 March 2027, 10:00–16:00 (Europe/Berlin), 6 teaching units",
            "Sunday, 28 March 2027, 10:00–17:00 (Europe/Berlin), 6 teaching units",
        ],
        ["Seats", "20", "30"],
    ]
    assert alice.open(f"{path}/preview").all("h1") == ["Law"]
    assert alice.open("/events/vereinsrecht").all("h1") == ["Association law"]

    alice.send(page, form=PUBLISH)
    assert alice.open("/events/vereinsrecht").all("h1") == ["Law"]
    assert "What changes" not in alice.open(path).all("h2")


@pytest.mark.parametrize(
    ("field", "value", "label", "after"),
    [
        ("motto", {"en": "Onward"}, "Motto", "English: Onward"),
        ("description", {}, "Description", "–"),
        ("audience", {"en": "Beginners"}, "For whom", "English: Beginners"),
        ("languages", ["de", "tr"], "Languages", "German and Turkish"),
        ("kind", "meeting", "Kind", "Meeting"),
        ("format", "hybrid", "Format", "On site and online"),
        ("venue", None, "Venue", "–"),
        ("max_per_organisation", 2, "At most of one organisation", "2"),
        ("registration_opens_at", "2027-02-01T08:00:00+01:00", "Registration opens", "Monday, 1 February 2027, 08:00"),
        (
            "registration_closes_at",
            "2027-03-01T08:00:00+01:00",
            "Registration closes",
            "Monday, 1 March 2027, 08:00",
        ),
        ("waitlist", {"enabled": False}, "Waitlist", "No waitlist"),
        (
            "certificate_rule",
            {"share_of_hours": 1},
            "Certificate",
            "Whoever attends all of it receives a certificate of attendance.",
        ),
        ("programme", [], "Programme", "–"),
    ],
)
def test_a_change_of_any_field_is_named(alice: Browser, field: str, value: Any, label: str, after: str) -> None:
    event = alice.catalogue.published_event()
    alice.catalogue.change(event.id, **{field: value})
    page = alice.open(f"/organise/events/{event.id}")
    rows = page.part("What changes").select("tbody tr")
    named = [(row.select_one("th").get_text(), row.select("td")[1].get_text()) for row in rows]  # type: ignore[union-attr]  # rows have a head
    assert [row for row in named if row[0] != "How the seats are given"] == [(label, after)]


def test_what_only_the_page_shows_is_told_to_no_other_service(alice: Browser) -> None:
    event = alice.catalogue.published_event(audience={"en": "All"})
    alice.catalogue.change(event.id, audience={"en": "Beginners"}, languages=["tr"])
    alice.send(alice.open(f"/organise/events/{event.id}"), form=PUBLISH)
    assert alice.catalogue.found(event.id).audience == {"en": "Beginners"}
    (message,) = alice.catalogue.sent("event.changed")
    assert message.body["changes"] == []
    assert message.body.keys().isdisjoint({"audience", "languages"})


def test_moving_an_event_into_a_series_is_named(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    series = alice.catalogue.series(title={"en": "Foundations"})
    alice.catalogue.change(event.id, series_id=str(series.id), module_number=4)
    page = alice.open(f"/organise/events/{event.id}")
    assert page.all_in("What changes", "ins") == ["Foundations", "4"]


def test_changes_are_discarded(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    alice.catalogue.change(event.id, capacity=30)
    path = f"/organise/events/{event.id}"
    answer = alice.send(alice.open(path), form="main form[action$='/discard']")
    assert answer.location == path
    assert (alice.catalogue.found(event.id).pending, alice.catalogue.found(event.id).capacity) == (None, 20)


@pytest.mark.parametrize("action", ["publish", "discard"])
def test_who_was_overtaken_publishes_and_discards_nothing(alice: Browser, action: str) -> None:
    event = alice.catalogue.published_event()
    alice.catalogue.change(event.id, capacity=30)
    page = alice.open(f"/organise/events/{event.id}")
    alice.catalogue.change(event.id, capacity=31)
    answer = alice.send(page, form=f"main form[action$='/{action}']")
    assert answer.status == 412
    found = alice.catalogue.found(event.id)
    assert (found.capacity, found.has_pending_revision) == (20, True)


def test_cancelling_asks_for_a_reason_and_says_who_is_told(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    count_seats(alice.catalogue, event, confirmed=3, waiting=1)
    path = f"/organise/events/{event.id}"
    page = alice.open(f"{path}/cancel")
    assert "4 people who have a seat or wait are told by e-mail." in page.words

    refused = alice.send(page)
    assert refused.status == 422
    assert refused.errors() == ["Reason: Please fill this in."]

    answer = alice.send(refused, reason__en="The speaker is ill.\r\n\r\nSorry.")
    assert answer.location == path
    assert alice.catalogue.found(event.id).cancel_reason == {"en": "The speaker is ill.\n\nSorry."}
    room = alice.open(path)
    assert "Cancelled on 11 Jan 2027 The speaker is ill. Sorry." in room.words
    assert room.soup.select("main form") == []


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_only_what_is_published_can_be_cancelled(alice: Browser, state: str) -> None:
    event = alice.catalogue.event() if state == "draft" else alice.catalogue.published_event()
    if state == "cancelled":
        alice.catalogue.cancel(event.id)
    assert alice.open(f"/organise/events/{event.id}/cancel").location == f"/organise/events/{event.id}"


def test_sending_the_cancellation_twice_tells_nobody_twice(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    page = alice.open(f"/organise/events/{event.id}/cancel")
    assert [alice.send(page, reason__en="Ill").status for _ in range(2)] == [303, 412]
    assert len(alice.catalogue.sent("event.cancelled")) == 1


def test_the_room_shows_what_the_public_does_not_see(alice: Browser) -> None:
    session = {**SESSION, "meeting_url": "https://meet.example.org/x"}
    event = alice.catalogue.published_event(format="hybrid", sessions=[session])
    assert "https://meet.example.org/x" in alice.open(f"/organise/events/{event.id}").words


@pytest.mark.parametrize("path", ["", "/edit", "/preview", "/cancel"])
def test_an_unknown_event_has_no_room(alice: Browser, path: str) -> None:
    assert alice.open(f"/organise/events/00000000-0000-7000-8000-000000000000{path}").status == 404
