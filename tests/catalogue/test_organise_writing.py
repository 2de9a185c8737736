"""Writing an event in the form."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.catalogue.listing import Wanted, events_page
from services.catalogue.models import Event
from tests.catalogue.browser import Browser, Page, fields_of
from tests.catalogue.parts import EVENT, SESSION, VENUE, Catalogue

NEW = "/organise/events/new"
FILLED = {
    "title__en": "Association law",
    "capacity": "20",
    "sessions__0__starts_at": "2027-03-28T10:00",
    "sessions__0__ends_at": "2027-03-28T16:00",
}
ADD_SESSION, ADD_ITEM = ("add", "sessions"), ("add", "programme")


@pytest.fixture
def alice(catalogue: Catalogue) -> Browser:
    catalogue.employ()
    return Browser(catalogue, "alice")


def written(browser: Browser) -> list[Event]:
    with browser.catalogue.database.read() as session:
        return events_page(session, Wanted()).items


def sent_new(browser: Browser, **fields: str) -> Page:
    return browser.send(browser.open(NEW), **{**FILLED, **fields})


def test_a_draft_is_written_with_what_was_typed(alice: Browser) -> None:
    answer = sent_new(
        alice,
        title__de="Vereinsrecht",
        motto__en="Who may do what",
        description__en="First\r\n\r\nSecond",
        sessions__0__teaching_units="6,5",
        venue__name="House",
        venue__city="Bochum",
        venue__accessibility__en="No steps",
        venue__latitude="51,48",
        venue__longitude="7.22",
        max_per_organisation="2",
        registration_opens_at="2027-02-01T08:00",
        certificate_share="80",
        certificate_sessions="1",
        sessions__0__required="yes",
        waitlist__policy="none",
        slug="law",
    )
    (event,) = written(alice)
    assert (answer.status, answer.location) == (303, f"/organise/events/{event.id}")
    assert (event.state, event.slug, event.title) == ("draft", "law", {"de": "Vereinsrecht", "en": "Association law"})
    assert (event.motto, event.description) == ({"en": "Who may do what"}, {"en": "First\n\nSecond"})
    assert event.sessions[0].starts_at == datetime(2027, 3, 28, 8, tzinfo=UTC)
    assert (event.sessions[0].teaching_units, event.sessions[0].time_zone) == (6.5, "Europe/Berlin")
    assert event.venue is not None
    assert (event.venue["name"], event.venue["latitude"], event.venue["country"]) == ("House", 51.48, "DE")
    assert event.venue["accessibility"] == {"en": "No steps"}
    assert (event.capacity, event.max_per_organisation) == (20, 2)
    assert event.registration_opens_at == datetime(2027, 2, 1, 7, tzinfo=UTC)
    assert event.registration_closes_at is None
    assert event.waitlist["enabled"] is False
    assert event.certificate_rule == {"share_of_hours": 0.8, "sessions": 1}
    assert event.sessions[0].required


def test_what_is_saved_again_unchanged_changes_nothing(alice: Browser) -> None:
    event = alice.catalogue.event(registration_closes_at="2027-03-20T12:00:00+01:00")
    answer = alice.send(alice.open(f"/organise/events/{event.id}/edit"))
    assert answer.status == 303
    assert (alice.catalogue.found(event.id).version, alice.catalogue.found(event.id).content) == (1, event.content)


def test_the_audience_and_the_languages_are_written(alice: Browser) -> None:
    page = alice.open(NEW)
    fields = [*fields_of(page.one("#event-form")), ("languages", "de"), ("languages", "tr")]
    typed = {name.replace("__", "."): value for name, value in {**FILLED, "audience__en": "Board members"}.items()}
    alice.post(NEW, [(name, typed.get(name, value)) for name, value in fields])
    (event,) = written(alice)
    assert (event.audience, event.languages) == ({"en": "Board members"}, ["de", "tr"])
    shown = alice.open(f"/organise/events/{event.id}/edit")
    assert [str(box["value"]) for box in shown.soup.select("[name=languages][checked]")] == ["de", "tr"]


def test_a_language_that_the_form_does_not_offer_is_kept(alice: Browser) -> None:
    event = alice.catalogue.event(languages=["ti"])
    alice.send(alice.open(f"/organise/events/{event.id}/edit"), capacity="21")
    assert alice.catalogue.found(event.id).languages == ["ti"]


def test_an_online_event_needs_no_venue(alice: Browser) -> None:
    sent_new(alice, format="online", sessions__0__meeting_url="https://meet.example.org/x")
    (event,) = written(alice)
    assert (event.format, event.venue) == ("online", None)
    assert event.sessions[0].meeting_url == "https://meet.example.org/x"


def test_the_address_for_answers_is_typed_kept_and_taken_away(alice: Browser) -> None:
    sent_new(alice, reply_to="Team@Verband.example")
    (event,) = written(alice)
    assert event.reply_to == "team@verband.example"
    alice.send(alice.open(f"/organise/events/{event.id}/edit"), reply_to="")
    assert written(alice)[0].reply_to is None


def test_an_event_may_be_written_before_its_date_is_fixed(alice: Browser) -> None:
    assert sent_new(alice, sessions__0__starts_at="", sessions__0__ends_at="").status == 303
    assert written(alice)[0].sessions == []


def test_a_form_that_is_sent_twice_makes_one_event(alice: Browser) -> None:
    page = alice.open(NEW)
    first, second = alice.send(page, **FILLED), alice.send(page, **FILLED)
    assert first.location == second.location
    assert len(written(alice)) == 1


def test_going_back_to_write_something_else_makes_another_event(alice: Browser) -> None:
    page = alice.open(NEW)
    alice.send(page, **FILLED)
    alice.send(page, **{**FILLED, "title__en": "Another"})
    assert {event.title["en"] for event in written(alice)} == {"Association law", "Another"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"title__en": ""}, "Title: Please fill this in."),
        ({"capacity": ""}, "Seats: Please fill this in."),
        ({"capacity": "-1"}, "Seats: This must not be less than 0."),
        ({"capacity": "many"}, "Seats: This value is not understood."),
        ({"title__en": "x" * 10_000}, "Title (English): Please use at most 300 characters."),
        ({"title__en": "a\x07b"}, "Title (English): This contains characters that cannot be shown or printed."),
        ({"sessions__0__ends_at": ""}, "Session 1, ends: Please fill this in."),
        ({"sessions__0__ends_at": "2027-03-28T09:00"}, "Session 1, ends: The end must be after the start."),
        ({"sessions__0__starts_at": "soon"}, "Session 1, begins: Please enter a date and a time"),
        ({"sessions__0__time_zone": "Mars/Olympus"}, "Session 1, time zone: This time zone is not known."),
        ({"sessions__0__time_zone": "../../etc/passwd"}, "Session 1, time zone: This time zone is not known."),
        ({"sessions__0__meeting_url": "javascript:alert(1)"}, "Session 1, meeting link: This is not a web address."),
        ({"venue__city": "Bochum"}, "Name of the venue: Please fill this in."),
        ({"venue__accessibility__en": "No steps"}, "Name of the venue: Please fill this in."),
        ({"venue__name": "House", "venue__latitude": "51"}, "Longitude: A position needs both"),
        ({"certificate_share": "120"}, "Certificate: Please enter a share between 0 and 100 %."),
        ({"certificate_share": "all"}, "Certificate: Please enter a share between 0 and 100 %."),
        ({"certificate_sessions": "3"}, "Certificate, number of sessions: The event has only one session."),
        ({"certificate_share": "nan"}, "Certificate: Please enter a share between 0 and 100 %."),
        ({"module_number": "3"}, "Module: Only an event of a series has a module number."),
        ({"registration_opens_at": "2027-03-29T10:00"}, "Registration opens: Registration closes when"),
        ({"slug": "Not A Slug"}, "Address of the page: Please use only a to z"),
        ({"languages": "German"}, "Languages: Please use a language's code"),
        ({"kind": "party"}, "Kind: This must be one of"),
        ({"waitlist__policy": "raffle"}, "Waitlist: This must be one of"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    alice: Browser, wrong: dict[str, str], complaint: str
) -> None:
    answer = sent_new(alice, motto__en="Kept", **wrong)
    assert answer.status == 422
    assert answer.errors()[0].startswith(complaint)
    assert answer.value("motto.en") == "Kept"
    assert written(alice) == []


def test_every_wrong_field_is_named_at_once_and_linked(alice: Browser) -> None:
    answer = sent_new(alice, title__en="", capacity="", certificate_share="x", sessions__0__starts_at="x")
    links = [str(link["href"]) for link in answer.soup.select(".error-summary a")]
    assert set(links) == {"#field-title", "#field-capacity", "#field-certificate_share", "#field-sessions.0.starts_at"}
    assert all(answer.soup.find(id=link.removeprefix("#")) for link in links)
    assert answer.one("title").get_text().startswith("Error:")


def test_an_unknown_series_is_refused(alice: Browser) -> None:
    answer = sent_new(alice, series_id="00000000-0000-7000-8000-000000000000")
    assert answer.errors() == ["Part of the series: There is no such series."]


@pytest.mark.parametrize(
    "strange",
    [
        {"title": "flat"},
        {"title.0": "list"},
        {"sessions": "x"},
        {"sessions.0": "x"},
        {"sessions.x.starts_at": "2027-03-28T10:00"},
        {"programme.0.speakers.0": "x"},
        {"venue.accessibility": "x"},
        {"venue": "x"},
        {"kind.x": "y"},
        {"sessions.99999.starts_at": "2027-03-28T10:00"},
    ],
)
def test_a_form_of_another_shape_is_refused_and_never_breaks_the_page(alice: Browser, strange: dict[str, str]) -> None:
    token = alice.open(NEW).value("csrf_token")
    assert alice.post(NEW, {"csrf_token": token, "capacity": "1", **strange}).status == 422


# --- rows ---------------------------------------------------------------------


def test_a_session_is_added_without_losing_what_was_typed(alice: Browser) -> None:
    page = alice.send(alice.open(NEW), button=ADD_SESSION, **{**FILLED, "sessions__0__time_zone": "Europe/Kyiv"})
    assert page.status == 200
    assert (page.value("title.en"), page.value("sessions.0.starts_at")) == ("Association law", "2027-03-28T10:00")
    assert (page.value("sessions.1.starts_at"), page.value("sessions.1.time_zone")) == ("", "Europe/Kyiv")
    assert written(alice) == []


def test_a_session_is_removed_from_the_middle(alice: Browser) -> None:
    event = alice.catalogue.event(sessions=[_on("01"), _on("02"), _on("03")], programme=[])
    path = f"/organise/events/{event.id}/edit"
    page = alice.send(alice.open(path), button=("remove", "sessions.1"))
    assert [page.value(f"sessions.{n}.starts_at") for n in (0, 1)] == ["2027-04-01T10:00", "2027-04-03T10:00"]
    alice.send(page)
    left = alice.catalogue.found(event.id).sessions
    assert [session.id for session in left] == [event.sessions[0].id, event.sessions[2].id]


def _on(day: str) -> dict[str, Any]:
    return {**SESSION, "starts_at": f"2027-04-{day}T10:00:00+02:00", "ends_at": f"2027-04-{day}T12:00:00+02:00"}


def test_rows_that_are_added_and_left_empty_are_not_meant(alice: Browser) -> None:
    page = alice.open(NEW)
    for button in (ADD_SESSION, ADD_ITEM, ("add", "programme.0.speakers")):
        page = alice.send(page, button=button, **FILLED)
    assert alice.send(page, **FILLED).status == 303
    assert (len(written(alice)[0].sessions), written(alice)[0].programme) == (1, [])


def test_a_form_always_asks_for_a_session(alice: Browser) -> None:
    """One that was left empty is there again after an error, after it was removed, and when it is written later."""
    refused = alice.send(alice.open(NEW), title__en="Association law")
    assert (refused.status, refused.value("sessions.0.starts_at")) == (422, "")
    assert alice.send(refused, button=("remove", "sessions.0")).value("sessions.0.time_zone") == "Europe/Berlin"
    saved = alice.send(refused, capacity="20")
    assert alice.open(f"{saved.location}/edit").value("sessions.0.starts_at") == ""


@pytest.mark.parametrize(
    "typed",
    [{"teaching_units": "6"}, {"meeting_url": "https://meet.example.org/x"}, {"venue__name": "Annexe"}],
    ids=["hours", "a link", "a venue"],
)
def test_a_session_of_which_something_was_typed_is_meant(alice: Browser, typed: dict[str, str]) -> None:
    given = {f"sessions__0__{name}": value for name, value in typed.items()}
    answer = alice.send(alice.open(NEW), title__en="Association law", capacity="20", **given)
    assert answer.status == 422
    assert answer.errors() == ["Session 1, begins: Please fill this in.", "Session 1, ends: Please fill this in."]


def test_a_programme_with_speakers_is_written_row_by_row(alice: Browser) -> None:
    page = alice.send(alice.open(NEW), button=ADD_ITEM, **FILLED)
    assert page.value("programme.0.starts_at") == "2027-03-28T10:00"
    page = alice.send(page, button=("add", "programme.0.speakers"), programme__0__title__en="Opening")
    page = alice.send(
        page,
        programme__0__ends_at="2027-03-28T11:00",
        programme__0__kind="opening",
        programme__0__speakers__0__name="Mina Okafor",
        programme__0__speakers__0__organisation="Rechtsladen",
    )
    (item,) = written(alice)[0].programme
    assert (item["kind"], item["title"]) == ("opening", {"en": "Opening"})
    assert item["starts_at"] == datetime(2027, 3, 28, 8, tzinfo=UTC)
    assert item["speakers"] == [{"name": "Mina Okafor", "role": "", "organisation": "Rechtsladen"}]


def test_the_next_programme_item_begins_where_the_last_one_ends(alice: Browser) -> None:
    page = alice.send(alice.open(NEW), button=ADD_ITEM, **FILLED)
    page = alice.send(page, button=ADD_ITEM, programme__0__ends_at="2027-03-28T11:15")
    assert page.value("programme.1.starts_at") == "2027-03-28T11:15"


def test_a_speaker_and_an_item_are_removed(alice: Browser) -> None:
    event = alice.catalogue.event()
    page = alice.open(f"/organise/events/{event.id}/edit")
    page = alice.send(page, button=("remove", "programme.0.speakers.0"))
    assert page.soup.select("[name='programme.0.speakers.0.name']") == []
    page = alice.send(page, button=("remove", "programme.0"))
    alice.send(page)
    assert alice.catalogue.found(event.id).programme == []


@pytest.mark.parametrize(
    "button", [("remove", "sessions.7"), ("remove", "x"), ("add", "x"), ("add", "programme.9.speakers")]
)
def test_a_button_for_a_row_that_is_not_there_changes_nothing(alice: Browser, button: tuple[str, str]) -> None:
    page = alice.send(alice.open(NEW), button=button, **FILLED)
    assert page.status == 200
    assert page.value("sessions.0.starts_at") == "2027-03-28T10:00"


def test_rows_are_kept_in_the_order_of_time_and_errors_name_the_right_one(alice: Browser) -> None:
    page = alice.send(alice.open(NEW), button=ADD_SESSION, **FILLED)
    answer = alice.send(page, sessions__1__starts_at="2027-03-20T10:00", sessions__1__ends_at="2027-03-20T09:00")
    assert answer.errors() == ["Session 1, ends: The end must be after the start."]
    assert answer.value("sessions.0.starts_at") == "2027-03-20T10:00"


def test_enter_in_a_field_saves_instead_of_removing_a_row(alice: Browser) -> None:
    first = alice.open(NEW).soup.select("#event-form button")[0]
    assert not first.has_attr("name")


def test_a_venue_that_was_used_before_is_taken_over(alice: Browser) -> None:
    alice.catalogue.event()
    page = alice.send(alice.open(NEW), button=("take_venue", "venue"), venue__known="0")
    assert (page.value("venue.name"), page.value("venue.city")) == (VENUE["name"], VENUE["city"])
    assert page.value("venue.accessibility.de") == "Ohne Stufen"


def test_a_session_that_is_held_elsewhere_keeps_its_venue_through_the_form(alice: Browser) -> None:
    alice.catalogue.event()
    page = alice.send(alice.open(NEW), button=("take_venue", "sessions.0.venue"), sessions__0__venue__known="0")
    assert (page.value("sessions.0.venue.name"), page.value("venue.name")) == (VENUE["name"], "")
    sent_new(alice, title__en="Elsewhere", sessions__0__venue__name="Rathaus", sessions__0__venue__city="Herne")
    (event,) = (event for event in written(alice) if event.title["en"] == "Elsewhere")
    assert event.venue is None
    assert [venue["city"] for venue in event.venues] == ["Herne"]
    shown = alice.open(f"/organise/events/{event.id}/edit")
    assert shown.value("sessions.0.venue.name") == "Rathaus"


def test_a_position_of_a_sessions_venue_needs_both_numbers(alice: Browser) -> None:
    answer = sent_new(alice, sessions__0__venue__name="Rathaus", sessions__0__venue__latitude="51.5")
    assert answer.errors() == ["Session 1, Longitude: A position needs both latitude and longitude."]


# --- clocks that are changed --------------------------------------------------


def test_a_time_that_does_not_exist_is_refused(alice: Browser) -> None:
    answer = sent_new(alice, sessions__0__starts_at="2027-03-28T02:30")
    assert answer.status == 422
    assert "clocks are put forward then" in answer.errors()[0]
    assert answer.value("sessions.0.starts_at") == "2027-03-28T02:30"


def test_a_time_that_comes_twice_is_decided(alice: Browser) -> None:
    night = {"sessions__0__starts_at": "2027-10-31T02:30", "sessions__0__ends_at": "2027-10-31T04:00"}
    asked = sent_new(alice, **night)
    assert "This time comes twice" in asked.errors()[0]
    assert "Central European Summer Time" in asked.words
    assert alice.send(asked, sessions__0__starts_at_turn="second").status == 303
    (event,) = written(alice)
    assert event.sessions[0].starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    shown = alice.open(f"/organise/events/{event.id}/edit")
    assert shown.value("sessions.0.starts_at_turn") == "second"


def test_times_of_the_programme_are_those_of_the_events_zone(alice: Browser) -> None:
    session = {**SESSION, "starts_at": "2027-03-28T10:00:00+09:00", "ends_at": "2027-03-28T16:00:00+09:00"}
    item = {**EVENT["programme"][0], "starts_at": "2027-03-28T11:00:00+09:00"}
    event = alice.catalogue.event(sessions=[{**session, "time_zone": "Asia/Tokyo"}], programme=[item])
    page = alice.open(f"/organise/events/{event.id}/edit")
    assert page.value("programme.0.starts_at") == "2027-03-28T11:00"
    assert "Times are those of Asia/Tokyo." in page.words


# --- two who write at once ----------------------------------------------------


def test_who_was_overtaken_keeps_their_input_and_decides(alice: Browser) -> None:
    event = alice.catalogue.event()
    path = f"/organise/events/{event.id}/edit"
    page = alice.open(path)
    alice.catalogue.change(event.id, capacity=99)
    answer = alice.send(page, title__en="Mine")
    assert answer.status == 412
    assert "Somebody else has changed this in the meantime." in answer.words
    assert answer.value("title.en") == "Mine"
    assert alice.catalogue.found(event.id).capacity == 99
    assert alice.send(answer).status == 303
    assert (alice.catalogue.found(event.id).title["en"], alice.catalogue.found(event.id).capacity) == ("Mine", 20)


def test_a_cancelled_event_cannot_be_written(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    page = alice.open(f"/organise/events/{event.id}/edit")
    alice.catalogue.cancel(event.id)
    assert alice.open(f"/organise/events/{event.id}/edit").status == 409
    assert alice.send(page).status == 409


def test_the_address_of_what_is_published_is_not_asked_for(alice: Browser) -> None:
    event = alice.catalogue.published_event()
    assert alice.open(f"/organise/events/{event.id}/edit").soup.select("[name=slug]") == []


def test_a_form_without_its_version_is_refused(alice: Browser) -> None:
    event = alice.catalogue.event()
    answer = alice.send(alice.open(f"/organise/events/{event.id}/edit"), version="")
    assert answer.status == 422
    assert "This form is incomplete." in answer.words
