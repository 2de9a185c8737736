"""The form for a whole series, the page afterwards, and what a person does with it later; without scripts."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.answers import answers_of
from services.registration.models import Registration
from tests.catalogue.browser import Page
from tests.registration.asking import a_question
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.series import SERIES, a_series

FORM = f"/register/series/{SERIES['slug']}"
ADA = {"first_name": "Ada", "last_name": "Muster", "email": "ada@verein.example"}
NO_WAITLIST = {"enabled": False}


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


def send(visitor: Browser, **typed: Any) -> Page:
    return visitor.send_after_a_while(visitor.open(FORM), **{**ADA, **typed})


def registrations(front: Front) -> list[Registration]:
    with front.core.database.read() as session:
        return list(session.scalars(select(Registration).order_by(Registration.event_id)))


def own_page(front: Front) -> str:
    return f"/my/{front.token_of(registrations(front)[0].id)}"


def test_all_modules_that_take_somebody_are_chosen_and_say_when_where_and_how_full(
    front: Front, visitor: Browser
) -> None:
    house = front.house
    first, second, closed = a_series(house, {"capacity": 3}, {"capacity": 1}, {"registration_closes_at": house.clock()})
    house.register(second)
    house.register(second)
    page = visitor.open(FORM)
    boxes = page.soup.select("input[name=modules]")
    assert [(box["value"], box.has_attr("checked")) for box in boxes] == [(str(first), True), (str(second), True)]
    assert "3 seats are free." in page.words
    assert "Fully booked: you would stand on the waitlist. One person is waiting." in page.words
    assert "Registration for this event is closed." in page.words
    assert str(closed) not in str(page.soup)


def test_each_chosen_module_stands_on_the_page_afterwards_with_its_own_state(front: Front, visitor: Browser) -> None:
    first, second, third = a_series(front.house, {}, {"capacity": 1}, {})
    front.house.register(second)
    answer = send(visitor, modules=[str(first), str(second)])
    assert (answer.status, answer.location) == (303, f"{FORM}/done")
    done = visitor.open(answer.location)
    assert done.all(".panel .badge") == ["Confirmed", "On the waitlist"]
    assert "You are number 1 in line." in done.words
    assert "ada@verein.example" in done.words
    assert str(third) not in {str(one.event_id) for one in registrations(front)}
    assert Browser(front).open(f"{FORM}/done").status == 404


def test_a_module_that_refuses_says_why_and_the_others_go_on(front: Front, visitor: Browser) -> None:
    first, _second = a_series(front.house, {}, {})
    front.house.register(first, email=ADA["email"])
    done = visitor.open(send(visitor).location)
    assert "Not registered: This address is already registered for this event." in done.words
    assert done.all(".panel .badge") == ["Confirmed"]


def test_if_none_accepts_the_form_says_so_and_keeps_what_was_typed(front: Front, visitor: Browser) -> None:
    first, _second = a_series(front.house, {}, {})
    front.house.register(first, email=ADA["email"])
    refused = send(visitor, modules=[str(first)])
    assert refused.status == 409
    assert len(refused.errors()) == 1
    assert refused.value("email") == ADA["email"]
    assert [str(box["value"]) for box in refused.soup.select("input[name=modules][checked]")] == [str(first)]


def test_no_module_chosen_is_an_error_at_the_modules(front: Front, visitor: Browser) -> None:
    a_series(front.house, {}, {})
    refused = send(visitor, modules=[])
    assert refused.status == 422
    assert [str(link["href"]) for link in refused.soup.select("#error-summary a")] == ["#field-modules"]
    assert refused.soup.select("input[name=modules][checked]") == []


def test_what_several_modules_ask_stands_once_and_each_module_gets_what_it_asks_for(
    front: Front, visitor: Browser
) -> None:
    shared, own = a_question("why"), a_question("where", required=True)
    first, second = a_series(
        front.house, {"questions": [shared]}, {"questions": [shared, own], "needs": ["wheelchair"]}
    )
    page = visitor.open(FORM)
    assert len(page.soup.select("[name='answers.why']")) == 1
    assert not page.one("[name='answers.where']").has_attr("required")
    assert page.one("[data-shown-if=modules]:has([name='answers.where'])")["data-shown-answers"] == str(second)
    assert "Only for:" in page.words
    refused = send(visitor, **{"answers.why": "Because"})
    assert [str(link["href"]) for link in refused.soup.select("#error-summary a")] == ["#field-answers.where"]
    typed = {"answers.why": "Because", "answers.where": "Here", "needs.wheelchair": "yes"}
    assert send(visitor, **typed, modules=[str(first)]).status == 303
    with front.core.database.read() as session:
        (made,) = registrations(front)
        assert answers_of(session, [made.id]) == {made.id: {"why": "Because"}}


def test_the_form_sent_twice_registers_once(front: Front, visitor: Browser) -> None:
    a_series(front.house, {}, {})
    form = visitor.open(FORM)
    first, second = (visitor.send_after_a_while(form, **ADA) for _ in range(2))
    assert (first.location, second.location) == (f"{FORM}/done", f"{FORM}/done")
    assert len(registrations(front)) == 2
    other = visitor.send(form, **{**ADA, "email": "bo@verein.example"})
    assert "nobody else was registered" in visitor.open(other.location).words


def test_whoever_wants_the_whole_waits_for_it_and_holds_only_the_fallback(front: Front, visitor: Browser) -> None:
    first, _second, full = a_series(front.house, {}, {}, {"capacity": 1})
    front.house.register(full)
    done = visitor.open(send(visitor, mode="whole", fallback_modules=[str(first)]).location)
    assert done.all(".panel .badge") == ["Confirmed", "On the waitlist", "On the waitlist"]
    assert done.words.count("together with those in the other modules") == 2
    page = visitor.open(own_page(front))
    assert "You wait for the whole series" in page.words


def test_a_fallback_goes_only_with_the_whole(front: Front, visitor: Browser) -> None:
    first, second = a_series(front.house, {}, {"title": {"en": "Raising funds"}})
    refused = send(visitor, mode="whole", modules=[str(first)], fallback_modules=[str(second)])
    assert refused.status == 422
    assert "or take away here: Raising funds" in refused.words
    assert [str(link["href"]) for link in refused.soup.select("#error-summary a")] == ["#field-fallback_modules"]
    assert refused.value("mode") == "whole"
    assert send(visitor, mode="each", fallback_modules=[str(second)]).status == 303


def test_only_modules_that_are_chosen_are_offered_in_any_case(front: Front, visitor: Browser) -> None:
    first, second, third = map(str, a_series(front.house, {}, {}, {}))
    assert visitor.open(FORM).soup.select(".choice[hidden]") == []
    refused = send(visitor, email="ada", mode="whole", modules=[first, second], fallback_modules=[first])
    hidden = refused.soup.select(".choice[hidden] input")
    assert [(one["name"], one["value"]) for one in hidden] == [("fallback_modules", third)]


def test_whoever_wants_the_whole_is_told_which_module_has_no_waitlist_and_what_to_do(
    front: Front, visitor: Browser
) -> None:
    without = {**front.house.snapshot()["waitlist"], **NO_WAITLIST}
    a_series(front.house, {}, {"waitlist": without, "title": {"en": "Raising funds"}})
    page = send(visitor, mode="whole")
    assert page.status == 409
    assert "“Raising funds” has no waitlist, so you cannot wait there" in page.words
    assert registrations(front) == []


def test_a_machine_that_fills_in_the_hidden_field_is_refused(front: Front, visitor: Browser) -> None:
    a_series(front.house, {})
    assert send(visitor, website="http://spam.example").status == 422
    assert registrations(front) == []


def test_a_series_that_takes_nobody_says_so_instead_of_a_form(front: Front, visitor: Browser) -> None:
    a_series(front.house, {"capacity": 0, "waitlist": {**front.house.snapshot()["waitlist"], **NO_WAITLIST}})
    page = visitor.open(FORM)
    assert page.status == 200
    assert page.soup.select("main form") == []
    assert "All seats are taken, and this event has no waitlist." in page.words
    assert visitor.open("/register/series/unknown").status == 404


def test_the_enrolment_is_one_card_on_the_persons_page(front: Front, visitor: Browser) -> None:
    a_series(front.house, {"capacity": 1}, {"capacity": 1})
    send(visitor)
    page = visitor.open(own_page(front))
    assert len(page.soup.select("article.panel")) == 1
    assert page.all("article details summary .badge") == ["Confirmed", "Confirmed"]
    assert "Over or ended" not in page.words


def test_one_module_is_cancelled_and_the_others_stay(front: Front, visitor: Browser) -> None:
    a_series(front.house, {}, {})
    send(visitor)
    first, _second = registrations(front)
    path = f"{own_page(front)}/registrations/{first.id}/cancel"
    assert visitor.send(visitor.open(path)).status == 303
    assert sorted(one.state for one in registrations(front)) == ["cancelled", "confirmed"]
    page = visitor.open(own_page(front))
    assert sorted(page.all("article details summary .badge")) == ["Cancelled", "Confirmed"]
    assert "Cancel all modules" not in page.words


def test_all_modules_are_cancelled_after_one_question(front: Front, visitor: Browser) -> None:
    a_series(front.house, {}, {})
    send(visitor)
    page = visitor.open(own_page(front))
    link = page.one("a[href*='/enrolments/']")
    question = visitor.open(str(link["href"]))
    assert len(question.all("main ul.stack > li")) == 2
    answer = visitor.send(question)
    assert "All modules are cancelled." in visitor.open(answer.location).words
    assert {one.state for one in registrations(front)} == {"cancelled"}
    again = visitor.send(question)
    assert (again.status, again.location) == (303, own_page(front))


def test_nobody_cancels_the_series_of_somebody_else(front: Front, visitor: Browser) -> None:
    a_series(front.house, {}, {})
    send(visitor)
    enrolment = _enrolment(front)
    stranger = front.house.register(front.house.event())
    path = f"/my/{front.token_of(stranger.registration_id)}/enrolments/{enrolment}/cancel"
    assert visitor.open(path).status == 404
    csrf = visitor.open("/my").value("csrf_token")
    assert visitor.post(path, {"csrf_token": csrf}).status == 404
    assert {one.state for one in registrations(front) if one.enrolment_id} == {"confirmed"}


def _enrolment(front: Front) -> UUID:
    made = registrations(front)[0].enrolment_id
    assert made is not None
    return made


def test_organisers_see_that_a_registration_came_with_a_series(front: Front, visitor: Browser) -> None:
    a_series(front.house, {}, {})
    send(visitor)
    alone = front.house.register(front.house.event()).registration_id
    organiser = Browser(front, "alice")
    for made in registrations(front):
        page = organiser.open(f"/organise/events/{made.event_id}/people/{made.id}")
        assert ("Part of a registration for the series: Foundations" in page.words) == (made.id != alone)
