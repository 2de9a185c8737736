"""A person's own page behind their link, and where the link can be asked for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.registration.attendance import Entry, Recorder, record
from services.registration.certificates import store_certificate
from services.registration.links import browser_token
from services.registration.models import Person
from shared.database import new_id
from shared.links import Link, Purpose, make_token, read_token
from shared.web.language import COOKIE as LANGUAGE_COOKIE
from tests.registration.browser import Browser, call_off
from tests.registration.front import LINK_KEY, Front


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


def registered(front: Front, event_id: UUID, name: str = "Ana Novak", **changes: Any) -> UUID:
    return UUID(front.register(event_id, name, **{"locale": "en", **changes}).get_json()["id"])


def my_page(front: Front, registration_id: UUID) -> str:
    return f"/my/{front.token_of(registration_id)}"


def issue(front: Front, registration_id: UUID, state: str = "valid") -> UUID:
    """As notifications would tell of a certificate; its id."""
    certificate = {
        "certificate_id": new_id(),
        "earned_id": registration_id,
        "series_id": None,
        "registration_id": registration_id,
        "event_id": front.house.registration(registration_id).event_id,
        "number": "2027-0001",
        "code": "code",
        "state": state,
        "issued_at": front.house.clock(),
    }
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        store_certificate(uow, certificate)
        uow.commit()
    return UUID(str(certificate["certificate_id"]))


def test_the_page_shows_every_registration_with_its_state_and_position(front: Front, visitor: Browser) -> None:
    free = front.house.event(title={"en": "Statutes"}, capacity=5)
    full = front.house.event(title={"en": "Raising funds"}, capacity=0)
    registered(front, full, "Bo Berg")
    ana = registered(front, free)
    registered(front, full)
    page = visitor.open(my_page(front, ana))
    assert page.status == 200
    cards = page.all("article")
    assert len(cards) == 2
    statutes, funds = sorted(cards, key=lambda card: "Raising" in card)
    assert "Statutes Confirmed" in statutes
    assert "10 February 2027" in statutes
    assert "You are number 2 in line." in funds
    assert "As of Monday, 11 January 2027, 10:00" in funds
    assert "Berg" not in page.words


def test_the_page_is_cached_nowhere_and_its_address_is_told_to_nobody(front: Front, visitor: Browser) -> None:
    headers = visitor.open(my_page(front, registered(front, front.house.event()))).response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_meeting_link_is_for_those_who_have_a_seat(front: Front, visitor: Browser) -> None:
    start = front.house.clock() + timedelta(days=3)
    url = "https://meet.example.org/room"
    session = front.house.session(start, meeting_url=url)
    event, held = front.house.event(capacity=1, format="online", sessions=[session]), session["session_id"]
    seated, waiting = registered(front, event), registered(front, event, "Bo Berg")
    front.house.clock.turn(days=3)
    assert visitor.open(my_page(front, seated)).soup.select(f"a[href$='/registrations/{seated}/join/{held}']")
    others = visitor.open(my_page(front, waiting)).response.get_data(as_text=True)
    assert "/join/" not in others
    assert url not in others


def test_cancelling_is_asked_once_and_then_done(front: Front, visitor: Browser) -> None:
    event = front.house.event(capacity=1)
    ana, bo = registered(front, event), registered(front, event, "Bo Berg")
    path = my_page(front, ana)
    link = visitor.open(path).one("article a.button-danger")
    question = visitor.open(str(link["href"]))
    assert "Your seat goes to the next person in line." in question.words
    assert front.house.state(ana) == "confirmed"
    page = visitor.open(visitor.send(question).location)
    assert "is cancelled. Thank you" in page.words
    assert (front.house.state(ana), front.house.state(bo)) == ("cancelled", "confirmed")
    assert not page.soup.select("article a.button-danger")


def test_cancelling_twice_does_no_harm(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    question = visitor.open(f"{my_page(front, ana)}/registrations/{ana}/cancel")
    first, second = visitor.send(question), visitor.send(question)
    assert (first.status, first.location) == (second.status, second.location) == (303, first.location)
    assert visitor.open(f"{my_page(front, ana)}/registrations/{ana}/cancel").status == 303


def test_nobody_cancels_for_somebody_else(front: Front, visitor: Browser) -> None:
    event = front.house.event(capacity=5)
    ana, bo = registered(front, event), registered(front, event, "Bo Berg")
    own = visitor.open(f"{my_page(front, ana)}/registrations/{ana}/cancel")
    foreign = f"{my_page(front, ana)}/registrations/{bo}/cancel"
    assert visitor.open(foreign).status == 404
    assert visitor.post(foreign, {"csrf_token": own.value("csrf_token")}).status == 404
    assert front.house.state(bo) == "confirmed"


def test_a_page_elsewhere_cannot_cancel(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    visitor.open(my_page(front, ana))
    assert visitor.post(f"{my_page(front, ana)}/registrations/{ana}/cancel").status == 403
    assert front.house.state(ana) == "confirmed"


def test_a_cancelled_event_says_why_and_can_no_longer_be_cancelled(front: Front, visitor: Browser) -> None:
    snapshot = front.house.snapshot()
    front.house.tell(snapshot)
    ana = registered(front, snapshot["event_id"])
    call_off(front, snapshot, {"en": "The hall is flooded."})
    page = visitor.open(my_page(front, ana))
    assert "This event will not take place. The hall is flooded." in page.words
    assert not page.soup.select("article a.button-danger")


def test_what_is_over_stands_apart_with_its_certificate(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    certificate = issue(front, ana)
    front.house.clock.turn(days=40)
    page = visitor.open(my_page(front, ana))
    assert "Nothing lies ahead" in page.all("h2")
    assert page.all("section[aria-labelledby=earlier] h3") == ["Association law"]
    assert not page.soup.select("article a.button-danger")
    address = str(page.one("main a[href^='/certificates/']")["href"])
    token = address.removeprefix("/certificates/").removesuffix(".pdf")
    assert read_token(LINK_KEY, Purpose.CERTIFICATE, token) == Link(certificate, 0)


def test_a_person_sees_what_is_missing_for_the_certificate_once_the_event_has_begun(
    front: Front, visitor: Browser
) -> None:
    start = front.house.clock() + timedelta(days=1)
    sessions = [front.house.session(start), front.house.session(start + timedelta(days=1), required=True)]
    rule = {"share_of_hours": None, "sessions": 1}
    event = front.house.event(sessions=sessions, certificate_rule=rule)
    ana = registered(front, event)
    assert "Certificate of attendance" not in visitor.open(my_page(front, ana)).words
    front.house.clock.turn(days=1, hours=1)
    attend(front, ana, sessions[0]["session_id"])
    words = "Certificate of attendance: The required session on Wednesday, 13 January 2027 is missing."
    assert words in visitor.open(my_page(front, ana)).words
    attend(front, ana, sessions[1]["session_id"])
    words = "You have earned the certificate of attendance. You receive it after the end."
    assert words in visitor.open(my_page(front, ana)).words


def attend(front: Front, registration_id: UUID, session_id: UUID) -> None:
    entry = Entry(id=new_id(), registration_id=registration_id, kind="door", at=front.house.clock())
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        record(uow, session_id, [entry], Recorder(new_id()))
        uow.commit()


def test_the_link_to_a_certificate_is_of_the_persons_generation(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    certificate = issue(front, ana)
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        uow.session.execute(update(Person).values(link_generation=1))
        uow.commit()
    address = str(visitor.open(my_page(front, ana)).one("main a[href^='/certificates/']")["href"])
    token = address.removeprefix("/certificates/").removesuffix(".pdf")
    assert read_token(LINK_KEY, Purpose.CERTIFICATE, token) == Link(certificate, 1)


def test_a_revoked_certificate_is_not_offered(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    issue(front, ana, state="revoked")
    assert not visitor.open(my_page(front, ana)).soup.select("main a[href^='/certificates/']")


def test_the_calendar_has_a_link_of_its_own(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    page = visitor.open(my_page(front, ana))
    address = page.one("details.subscribe code").get_text()
    token = address.removeprefix("http://localhost:8000/calendars/").removesuffix(".ics")
    person = front.house.registration(ana).person
    assert read_token(LINK_KEY, Purpose.CALENDAR, token) == Link(person.id, 0)
    assert page.soup.select(f"a[href='{address.replace('http:', 'webcal:')}']")
    assert page.soup.select(f"img[src='/calendars/{token}.svg']")


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.MY_PAGE])
def test_a_token_of_another_purpose_opens_nothing(front: Front, visitor: Browser, purpose: Purpose) -> None:
    ana = registered(front, front.house.event())
    person = front.house.registration(ana).person
    page = visitor.open(f"/my/{make_token(LINK_KEY, purpose, Link(person.id, 0))}")
    assert page.status == 404
    assert page.all("h1") == ["This link no longer works"]
    assert page.one("form[action='/my']")


def test_the_browsers_cookie_is_no_link(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    token = browser_token(LINK_KEY, front.house.registration(ana))
    assert visitor.open(f"/my/{token}").status == 404
    assert visitor.open(f"/my/{token}/registrations/{ana}/cancel").status == 404


def test_a_revoked_link_opens_nothing_and_changes_nothing(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    path = my_page(front, ana)
    question = visitor.open(f"{path}/registrations/{ana}/cancel")
    language = visitor.open(path)
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        uow.session.get_one(Person, front.house.registration(ana).person_id).link_generation += 1
        uow.commit()
    for answer in (visitor.open(path), visitor.send(question), visitor.send(language)):
        assert answer.status == 404
    assert front.house.state(ana) == "confirmed"


@pytest.mark.parametrize("token", ["x", "ü", "A" * 60, "a" * 5_000, "..%2f", "%00"])
def test_nonsense_for_a_token_is_not_found(visitor: Browser, token: str) -> None:
    assert visitor.open(f"/my/{token}").status == 404


def test_the_page_speaks_the_persons_language_unless_the_browser_was_told_another(front: Front) -> None:
    ana = registered(front, front.house.event(), locale="de")
    visitor = Browser(front, language="en")
    path = my_page(front, ana)
    assert visitor.open(path).all("h1") == ["Ihre Anmeldungen"]
    assert visitor.open(f"{path}?lang=en").all("h1") == ["Your registrations"]
    assert visitor.open(path).all("h1") == ["Your registrations"]


def test_the_language_is_saved_for_everything_that_follows(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    page = visitor.open(my_page(front, ana))
    saved = visitor.open(visitor.send(page, locale="de").location)
    assert saved.all("h1") == ["Ihre Anmeldungen"]
    assert "Gespeichert." in saved.words
    assert saved.value("locale") == "de"
    registration = front.house.registration(ana)
    assert (registration.locale, registration.person.locale) == ("de", "de")
    cookie = visitor.client.get_cookie(LANGUAGE_COOKIE)
    assert cookie is not None
    assert cookie.value == "de"


def test_a_language_that_is_not_offered_is_refused(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    assert visitor.send(visitor.open(my_page(front, ana)), locale="tlh").status == 422
    assert front.house.registration(ana).person.locale == "en"


def test_asking_for_the_link_answers_the_same_whoever_asks(front: Front, visitor: Browser) -> None:
    registered(front, front.house.event())
    answers = []
    for email in ("ana.novak@example.org", "nobody@example.org"):
        sent = visitor.send(visitor.open("/my"), email=email)
        shown = visitor.open(sent.location)
        answers.append((sent.status, sent.location, shown.response.get_data()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    [mail] = front.house.messages("link.requested.v1")
    assert mail.body["email"] == "ana.novak@example.org"


def test_asking_with_something_that_is_no_address_says_what_one_looks_like(visitor: Browser) -> None:
    page = visitor.send(visitor.open("/my"), email="Ana Novak")
    assert page.status == 422
    assert page.value("email") == "Ana Novak"
    assert "name@example.org" in page.errors()[0]


def test_asking_without_end_is_stopped(front: Front, visitor: Browser) -> None:
    registered(front, front.house.event())
    form = visitor.open("/my")
    answers = [visitor.send(form, email="ana.novak@example.org").status for _ in range(31)]
    assert answers == [303] * 30 + [429]
    assert len(front.house.messages("link.requested.v1")) == 3


def test_asking_from_elsewhere_sends_nothing(front: Front, visitor: Browser) -> None:
    registered(front, front.house.event())
    assert visitor.post("/my", {"email": "ana.novak@example.org"}).status == 403
    assert not front.house.messages("link.requested.v1")


def test_whoever_is_set_aside_reads_it_and_counts_again_with_one_click(front: Front, visitor: Browser) -> None:
    event = front.house.event(capacity=1)
    registered(front, event)
    waiting = registered(front, event, "Bo Berg")
    assert "set aside" not in visitor.open(my_page(front, waiting)).words
    front.house.set_aside(waiting, "rang three times")
    page = visitor.open(my_page(front, waiting))
    assert "You are set aside: free seats pass you by at the moment." in page.words
    assert "rang three times" not in page.words
    assert "You are number 1" in page.words
    back = visitor.open(visitor.send(page, "form[action$='/resume']").location)
    assert "You are counted again for “Association law”." in back.words
    assert "set aside" not in back.words
    assert not front.house.registration(waiting).set_aside
    again = visitor.send(page, "form[action$='/resume']")
    assert again.status == 303


def test_whoever_counts_again_while_a_seat_is_free_has_it_at_once(front: Front, visitor: Browser) -> None:
    event = front.house.event(capacity=1)
    seated = registered(front, event)
    waiting = registered(front, event, "Bo Berg")
    front.house.set_aside(waiting)
    front.house.cancel(seated)
    back = visitor.open(visitor.send(visitor.open(my_page(front, waiting)), "form[action$='/resume']").location)
    assert "The seat for “Association law” is yours." in back.words
