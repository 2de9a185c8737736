"""The registration form, and what the browser that sent it sees afterwards."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.models import Registration
from services.registration.web.cookie import COOKIE
from shared.web.csrf import COOKIE as CSRF_COOKIE
from tests.registration.browser import Browser, call_off, form_of
from tests.registration.front import Front
from tests.rules import a_waitlist

SLUG = "association-law"

VENUE = {
    "name": "House of Encounters",
    "street": "Alsenstraße 19a",
    "postcode": "44789",
    "city": "Bochum",
    "country": "DE",
    "room": "Hall 2",
    "accessibility": {"en": "A lift is beside the door."},
    "latitude": None,
    "longitude": None,
}


def publish(front: Front, **changes: Any) -> UUID:
    return front.house.event(**{"slug": SLUG, "capacity": 2, **changes})


def registrations(front: Front) -> list[Registration]:
    with front.core.database.read() as session:
        return list(session.scalars(select(Registration).order_by(Registration.seq)))


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


def test_the_events_facts_stand_above_the_form(front: Front, visitor: Browser) -> None:
    front.register(publish(front, venue=VENUE), "Bo Berg")
    page = visitor.open(form_of(SLUG))
    assert page.status == 200
    assert page.all("h1") == ["Association law"]
    for fact in (
        "10 February 2027",
        "10:00",
        "House of Encounters, Hall 2",
        "44789 Bochum",
        "A lift is beside the door.",
    ):
        assert fact in page.words, fact
    assert "1 of 2 seats is free." in page.words


def test_sending_the_form_leads_to_the_state_and_the_address(front: Front, visitor: Browser) -> None:
    publish(front)
    answer = visitor.register(SLUG, "Ana Novak", email=" Ana.Novak@Example.org ", organisation="Verein Monheim")
    assert (answer.status, answer.location) == (303, f"/register/events/{SLUG}/done")
    done = visitor.open(answer.location)
    assert done.all("h1") == ["You have a seat"]
    assert "Ana Novak" in done.words
    assert "ana.novak@example.org" in done.words
    [registration] = registrations(front)
    assert (registration.state, registration.organisation, registration.locale) == ("confirmed", "Verein Monheim", "en")


def test_whoever_waits_sees_their_position_how_it_is_counted_and_when(front: Front, visitor: Browser) -> None:
    event = publish(front, capacity=1)
    front.register(event, "Bo Berg")
    front.register(event, "Cy Cole")
    form = visitor.open(form_of(SLUG))
    assert "Join the waitlist" in form.all("main button")
    done = visitor.open(visitor.register(SLUG).location)
    assert done.all("h1") == ["You are on the waitlist"]
    assert "number 2 in line" in done.words
    assert "order of registration" in done.words
    assert "As of Monday, 11 January 2027, 10:00" in done.words


def test_the_done_page_is_seen_by_its_own_browser_alone(front: Front, visitor: Browser) -> None:
    publish(front)
    path = visitor.register(SLUG).location
    stranger = Browser(front).open(path)
    assert stranger.status == 404
    assert "novak" not in stranger.words.lower()
    assert stranger.one("main a[href='/my']")


def test_the_cookie_shows_only_the_registration_it_was_made_for(front: Front, visitor: Browser) -> None:
    publish(front)
    other = front.house.event(slug="other", capacity=2)
    front.register(other, "Ana Novak")
    visitor.register(SLUG)
    cookie = visitor.client.get_cookie(COOKIE, path=form_of(SLUG))
    assert cookie is not None
    assert (cookie.http_only, cookie.path, cookie.same_site) == (True, form_of(SLUG), "Lax")
    assert visitor.open(form_of("other") + "/done").status == 404
    visitor.client.set_cookie(COOKIE, cookie.value, path=form_of("other"))
    assert visitor.open(form_of("other") + "/done").status == 404
    assert visitor.open(f"/my/{cookie.value}").status == 404


def test_the_done_page_is_cached_nowhere_and_shows_what_became_of_it(front: Front, visitor: Browser) -> None:
    publish(front)
    path = visitor.register(SLUG).location
    done = visitor.open(path)
    assert done.response.headers["Cache-Control"] == "no-store"
    assert done.response.headers["Referrer-Policy"] == "no-referrer"
    assert not done.soup.select("main form")
    front.house.cancel(registrations(front)[0].id)
    assert visitor.open(path).all("h1") == ["Your registration is cancelled"]


def test_the_same_form_twice_registers_once(front: Front, visitor: Browser) -> None:
    publish(front)
    form = visitor.open(form_of(SLUG))
    typed = {"first_name": "Ana", "last_name": "Novak", "email": "ana@example.org"}
    first, second = visitor.send_after_a_while(form, **typed), visitor.send(form, **typed)
    assert (first.status, first.location) == (second.status, second.location)
    assert len(registrations(front)) == 1
    assert not front.house.messages("link.requested.v1")


def test_another_person_in_a_form_that_was_sent_before_is_told_so(front: Front, visitor: Browser) -> None:
    publish(front)
    form = visitor.open(form_of(SLUG))
    visitor.send_after_a_while(form, first_name="Ana", last_name="Novak", email="ana@example.org")
    again = visitor.send(form, first_name="Bo", last_name="Berg", email="bo@example.org")
    done = visitor.open(again.location)
    assert len(registrations(front)) == 1
    assert "nobody else was registered" in done.words
    assert "ana@example.org" in done.words


def test_what_is_wrong_stands_at_the_top_and_at_the_field_and_values_are_kept(front: Front, visitor: Browser) -> None:
    publish(front)
    page = visitor.register(SLUG, "Ana Novak", last_name=" ", email="ana@", organisation="Verein", locale="de")
    assert page.status == 422
    assert page.errors() == ["Last name: Please fill this in.", "E-mail: " + page.all("#field-email-error")[0][7:]]
    assert [link["href"] for link in page.soup.select(".error-summary a")] == ["#field-last_name", "#field-email"]
    assert page.one(".error-summary").has_attr("autofocus")
    email = page.one("#field-email")
    assert email["aria-invalid"] == "true"
    assert "field-email-error" in str(email["aria-describedby"])
    kept = {name: page.value(name) for name in ("first_name", "email", "organisation", "locale")}
    assert kept == {"first_name": "Ana", "email": "ana@", "organisation": "Verein", "locale": "de"}
    assert page.one("title").get_text().startswith("Error: ")
    assert not registrations(front)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "x" * 10_000),
        ("last_name", "Null\x00byte"),
        ("organisation", "Right\u202ato\x1bleft"),
        ("email", "a" * 300 + "@example.org"),
        ("locale", "tlh"),
    ],
)
def test_input_that_cannot_be_kept_is_refused_at_its_field(
    front: Front, visitor: Browser, field: str, value: str
) -> None:
    publish(front)
    page = visitor.register(SLUG, **{field: value})
    assert page.status == 422
    assert page.soup.select(f".error-summary a[href='#field-{field}']")
    assert not registrations(front)


def test_markup_in_a_name_is_text(front: Front, visitor: Browser) -> None:
    publish(front)
    done = visitor.open(visitor.register(SLUG, first_name="<script>alert(1)</script>").location)
    assert "<script>alert(1)</script>" in done.words
    assert not done.soup.select("main script")


def test_a_filled_honeypot_is_refused_and_can_be_mended(front: Front, visitor: Browser) -> None:
    publish(front)
    page = visitor.register(SLUG, website="https://example.org")
    assert page.status == 422
    assert page.value("first_name") == "Ana"
    assert page.value("website") == ""
    assert visitor.send(page).status == 303


def test_a_form_sent_too_quickly_is_shown_again_and_then_accepted(front: Front, visitor: Browser) -> None:
    publish(front)
    typed = {"first_name": "Ana", "last_name": "Novak", "email": "ana@example.org"}
    front.house.clock.turn(seconds=2)
    page = visitor.send(visitor.open(form_of(SLUG)), **typed)
    assert page.status == 422
    assert page.errors() == ["That was very quick. Please check your details and send the form again."]
    assert not registrations(front)
    front.house.clock.turn(seconds=3)
    assert visitor.send(page).status == 303


@pytest.mark.parametrize("stamp", ["", "1", "1800000000.abc", "x" * 10_000])
def test_a_stamp_of_ones_own_does_not_open_the_form(front: Front, visitor: Browser, stamp: str) -> None:
    publish(front)
    page = visitor.register(SLUG, opened_at=stamp)
    assert page.status == 422
    assert not registrations(front)
    assert visitor.send_after_a_while(page).status == 303


def test_a_form_that_was_open_for_days_is_shown_again_and_then_accepted(front: Front, visitor: Browser) -> None:
    publish(front)
    form = visitor.open(form_of(SLUG))
    front.house.clock.turn(days=3)
    page = visitor.send(form, first_name="Ana", last_name="Novak", email="ana@example.org")
    assert page.status == 422
    assert visitor.send_after_a_while(page).status == 303


def test_an_address_that_is_registered_learns_that_and_the_link_goes_to_it(front: Front, visitor: Browser) -> None:
    event = publish(front, capacity=1)
    front.register(event, "Bo Berg")
    front.register(event, "Ana Novak")
    page = visitor.register(SLUG, first_name="Mallory")
    assert page.status == 409
    assert page.all("h1") == ["This address is already registered"]
    assert "ana.novak@example.org" in page.words
    for secret in ("waitlist", "seat", "line", "Novak"):
        assert secret not in page.words.replace("ana.novak@example.org", ""), secret
    assert visitor.client.get_cookie(COOKIE, path=form_of(SLUG)) is None
    [mail] = front.house.messages("link.requested.v1")
    assert mail.body["email"] == "ana.novak@example.org"


WINDOWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "not_open": ({"registration_opens_at": timedelta(days=1)}, "Registration is not open yet", "/events/"),
    "closed": ({"registration_closes_at": timedelta(days=-1)}, "Registration is closed", "/my"),
    "full": (
        {"capacity": 0, "waitlist": a_waitlist(enabled=False)},
        "All seats are taken",
        "/my",
    ),
}


@pytest.mark.parametrize("why", WINDOWS)
def test_when_nobody_can_register_the_page_says_why_and_what_to_do(front: Front, visitor: Browser, why: str) -> None:
    changes, heading, way_on = WINDOWS[why]
    now = front.house.clock()
    publish(front, **{name: now + v if isinstance(v, timedelta) else v for name, v in changes.items()})
    page = visitor.open(form_of(SLUG))
    assert page.status == 200
    assert heading in page.all("h2")
    assert page.soup.select(f"main a[href^='{way_on}']")
    assert not page.soup.select("main form")


def test_a_window_that_closes_while_the_form_is_open_is_told(front: Front, visitor: Browser) -> None:
    publish(front, registration_closes_at=front.house.clock() + timedelta(seconds=10))
    page = visitor.register(SLUG)
    assert page.status == 409
    assert "Registration is closed" in page.all("h2")
    assert not registrations(front)


def test_the_last_seat_that_goes_while_the_form_is_open_is_told(front: Front, visitor: Browser) -> None:
    event = publish(front, capacity=1, waitlist=a_waitlist(enabled=False))
    form = visitor.open(form_of(SLUG))
    front.register(event, "Bo Berg")
    page = visitor.send_after_a_while(form, first_name="Ana", last_name="Novak", email="ana@example.org")
    assert page.status == 409
    assert "All seats are taken" in page.all("h2")


def test_a_cancelled_event_says_so_and_why(front: Front, visitor: Browser) -> None:
    call_off(front, front.house.snapshot(slug=SLUG), {"en": "The hall is flooded."})
    page = visitor.open(form_of(SLUG))
    assert "This event will not take place" in page.all("h2")
    assert "The hall is flooded." in page.words


def test_a_full_organisation_is_told_at_its_field_where_there_is_no_waitlist(front: Front, visitor: Browser) -> None:
    waitlist = a_waitlist(enabled=False)
    event = publish(front, capacity=5, max_per_organisation=1, waitlist=waitlist)
    front.register(event, "Bo Berg", organisation="Agisra e. V.")
    assert "one person of each organisation gets a seat" in visitor.open(form_of(SLUG)).words
    page = visitor.register(SLUG, organisation="AGISRA e.  V.")
    assert page.status == 409
    assert page.soup.select(".error-summary a[href='#field-organisation']")
    assert page.value("first_name") == "Ana"


def test_the_form_names_a_limit_for_organisations_only_as_long_as_it_holds(front: Front, visitor: Browser) -> None:
    until = front.house.clock() + timedelta(hours=1)
    publish(front, max_per_organisation=1, max_per_organisation_until=until)
    said = "one person of each organisation gets a seat"
    assert said in visitor.open(form_of(SLUG)).words
    front.house.clock.moment = until
    assert said not in visitor.open(form_of(SLUG)).words


def test_an_event_that_does_not_exist_is_not_found(visitor: Browser) -> None:
    for path in (form_of("nothing"), form_of("nothing") + "/done"):
        assert visitor.open(path).status == 404


def test_a_form_from_elsewhere_registers_nobody(front: Front, visitor: Browser) -> None:
    publish(front)
    visitor.open(form_of(SLUG))
    wish = {"first_name": "Ana", "last_name": "Novak", "email": "ana@example.org", "locale": "en"}
    assert visitor.post(form_of(SLUG), wish).status == 403
    token = visitor.client.get_cookie(CSRF_COOKIE)
    assert token is not None
    visitor.client.delete_cookie(CSRF_COOKIE)
    assert visitor.post(form_of(SLUG), {**wish, "csrf_token": token.value}).status == 403
    assert not registrations(front)


def test_one_address_may_not_be_tried_without_end_and_the_form_keeps_its_values(front: Front, visitor: Browser) -> None:
    publish(front, capacity=1)
    answers = [visitor.register(SLUG).status for _ in range(21)]
    assert answers[0] == 303
    assert answers[-1] == 429
    assert visitor.register(SLUG).value("first_name") == "Ana"


def test_the_form_speaks_the_readers_language_and_offers_it_for_the_mails(front: Front) -> None:
    publish(front)
    page = Browser(front, language="de").open(form_of(SLUG))
    assert page.all("h1") == ["Vereinsrecht"]
    assert page.all("main button") == ["Anmelden"]
    assert page.value("locale") == "de"
