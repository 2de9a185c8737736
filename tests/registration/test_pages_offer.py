"""A seat that is offered, seen and answered on the person's page."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.models import Registration
from tests.registration.browser import Browser
from tests.registration.front import Front, hold
from tests.registration.test_pages_my import my_page, registered


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


@pytest.fixture
def offered(front: Front) -> UUID:
    """A seat is held for Ana until Wednesday, 10:00."""
    ana = registered(front, front.house.event())
    hold(front, ana, state="offered", deadline=front.house.clock() + timedelta(hours=48))
    return ana


def token_on(visitor: Browser, path: str) -> str:
    """What the page's forms send against forgery."""
    return str(visitor.open(path).soup.select("main [name=csrf_token]")[0]["value"])


def test_an_offer_says_until_when_and_has_two_answers(front: Front, visitor: Browser, offered: UUID) -> None:
    page = visitor.open(my_page(front, offered))
    (card,) = page.all("article")
    assert "Seat offered" in card
    assert "We hold a seat for you until Wednesday, 13 January 2027, 10:00 (in 2 days)." in card
    assert page.all("article form button") == ["Accept the seat : Association law"]
    assert page.all("article a.button") == [
        "Decline : Association law",
        "See and change my details : Association law",
    ]
    assert "Cancel my registration" not in card


def test_a_seat_that_is_accepted_is_theirs(front: Front, visitor: Browser, offered: UUID) -> None:
    page = visitor.send(visitor.open(my_page(front, offered)), form="article form")
    page = visitor.open(page.location)
    assert "The seat for “Association law” is yours." in page.words
    assert "Association law Confirmed" in page.all("article")[0]
    assert front.house.state(offered) == "confirmed"


def test_declining_is_asked_once_and_then_done(front: Front, visitor: Browser, offered: UUID) -> None:
    link = visitor.open(my_page(front, offered)).one("article a[href$='/decline']")
    question = visitor.open(str(link["href"]))
    assert question.all("h1") == ["Decline the seat?"]
    assert front.house.state(offered) == "offered"
    page = visitor.open(visitor.send(question).location)
    assert "You have declined the seat for “Association law”." in page.words
    assert front.house.state(offered) == "cancelled"


@pytest.mark.parametrize(("answer", "state"), [("accept", "confirmed"), ("decline", "cancelled")])
def test_an_answer_that_is_sent_twice_is_taken_once(
    front: Front, visitor: Browser, offered: UUID, answer: str, state: str
) -> None:
    token = token_on(visitor, my_page(front, offered))
    path = f"{my_page(front, offered)}/registrations/{offered}/{answer}"
    first, second = (visitor.post(path, {"csrf_token": token}) for _ in range(2))
    assert (first.status, second.status, first.location) == (303, 303, second.location)
    assert front.house.state(offered) == state


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_answer_that_comes_too_late_learns_what_became_of_the_seat(
    front: Front, visitor: Browser, offered: UUID, answer: str
) -> None:
    path = my_page(front, offered)
    token = token_on(visitor, path)
    front.house.clock.turn(hours=49)
    page = visitor.post(f"{path}/registrations/{offered}/{answer}", {"csrf_token": token})
    assert page.status == 409
    assert page.all("h1") == ["This can no longer be answered"]
    assert page.soup.select("main a.button[href^='/register/events/']")
    assert visitor.open(f"{path}/registrations/{offered}/decline").status == 303


def test_an_offer_that_ran_out_shows_no_answer(front: Front, visitor: Browser, offered: UUID) -> None:
    front.house.clock.turn(hours=49)
    page = visitor.open(my_page(front, offered))
    assert "The time for an answer has run out." in page.words
    assert page.soup.select("article a[href^='/register/events/']")
    assert not page.soup.select("article form")


def test_nobody_answers_for_somebody_else_or_from_elsewhere(front: Front, visitor: Browser, offered: UUID) -> None:
    other = registered(front, front.house.event(), "Cleo Crane")
    path = my_page(front, other)
    token = token_on(visitor, path)
    assert visitor.open(f"{path}/registrations/{offered}/decline").status == 404
    for answer in ("accept", "confirm", "decline"):
        foreign = f"{path}/registrations/{offered}/{answer}"
        assert visitor.post(foreign, {"csrf_token": token}).status == 404
        assert visitor.post(f"{my_page(front, offered)}/registrations/{offered}/{answer}").status == 403
    assert front.house.state(offered) == "offered"


def test_an_address_is_confirmed_by_one_button(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    hold(front, ana, state="pending", deadline=front.house.clock() + timedelta(hours=1))
    page = visitor.open(my_page(front, ana))
    assert "Please confirm that this address is yours." in page.all("article")[0]
    page = visitor.open(visitor.send(page, form="article form").location)
    assert "The seat for “Association law” is yours." in page.words
    assert front.house.state(ana) == "confirmed"


def test_what_lapsed_stands_apart_and_leads_to_a_new_registration(front: Front, visitor: Browser) -> None:
    ana = registered(front, front.house.event())
    hold(front, ana, state="lapsed", deadline=None)
    page = visitor.open(my_page(front, ana))
    (card,) = page.all("section[aria-labelledby=earlier] article")
    assert "Lapsed" in card
    assert "Register again" in card


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("pending", "Please confirm your address"),
        ("offered", "A seat is free for you"),
        ("lapsed", "Your registration has run out"),
    ],
)
def test_the_browser_that_registered_sees_how_it_stands(
    front: Front, visitor: Browser, state: str, heading: str
) -> None:
    front.house.event(slug="law")
    done = visitor.register("law").location
    with front.core.database.read() as session:
        registration_id = session.query(Registration.id).scalar()
    deadline = None if state == "lapsed" else front.house.clock() + timedelta(hours=1)
    hold(front, registration_id, state=state, deadline=deadline)
    assert visitor.open(done).all("h1") == [heading]
