"""People restrict the use of their data or object to it; organisers answer, and meanwhile nothing is deleted."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.models import Person
from services.registration.privacy.requests import make, open_of, settle, take_back
from services.registration.retention import rules
from shared.database import new_id
from shared.errors import ConflictError, NotFoundError
from shared.retention import see_to_all
from tests.registration.browser import Browser
from tests.registration.front import Front, settings
from tests.registration.parts import ORGANISER, House
from tests.registration.test_retention import kept

URL = "/organise/privacy/requests"
ALICE = ORGANISER.account_id or new_id()


def request(house: House, person: Person, kind: str = "restriction", text: str = "The name is wrong.") -> UUID:
    with house.database.unit_of_work(house.clock()) as uow:
        make(uow, person, kind, text)
        uow.commit()
    with house.database.read() as session:
        return next(one.id for one in open_of(session, person.id) if one.kind == kind)


def retain(house: House) -> None:
    see_to_all(house.database, rules(settings(str(house.database.engine.url))), house.clock())


@pytest.mark.parametrize("ended_by", ["organisers", "the person"])
def test_nothing_of_whoever_restricts_goes_until_it_is_settled(house: House, ended_by: str) -> None:
    event = house.event()
    ana = house.registration(house.register(event, "Ana Novak").registration_id).person
    house.register(event, "Bo Berg")
    request_id = request(house, ana)
    house.clock.moment += timedelta(days=200)
    retain(house)
    assert "ana.novak@example.org" in kept(house)
    assert "bo.berg@example.org" not in kept(house)
    with house.database.unit_of_work(house.clock()) as uow:
        if ended_by == "organisers":
            settle(uow, request_id, "Corrected.", ALICE)
        else:
            take_back(uow, ana, request_id)
        uow.commit()
    retain(house)
    assert "ana.novak@example.org" not in kept(house)
    assert "The name is wrong." not in kept(house)


def test_an_objection_deletes_and_keeps_nothing_by_itself(house: House) -> None:
    ana = house.registration(house.register(house.event(), "Ana Novak").registration_id).person
    request(house, ana, "objection")
    house.clock.moment += timedelta(days=200)
    retain(house)
    assert "ana.novak@example.org" not in kept(house)
    assert "The name is wrong." not in kept(house)


def test_one_of_each_kind_is_open_at_a_time(house: House) -> None:
    ana = house.registration(house.register(house.event()).registration_id).person
    first = request(house, ana)
    request(house, ana, "objection")
    with pytest.raises(ConflictError):
        request(house, ana)
    with house.database.unit_of_work(house.clock()) as uow:
        settle(uow, first, "Done.", ALICE)
        uow.commit()
    assert request(house, ana) != first


def test_somebody_else_s_request_cannot_be_taken_back(house: House) -> None:
    event = house.event()
    ana, bo = (house.registration(house.register(event).registration_id).person for _ in range(2))
    mine = request(house, ana)
    with house.database.unit_of_work(house.clock()) as uow, pytest.raises(NotFoundError):
        take_back(uow, bo, mine)


def test_a_person_asks_organisers_answer_and_the_person_reads_it(front: Front) -> None:
    event = front.house.event()
    ana = front.house.register(event, "Ana Novak", locale="en").registration_id
    path, browser, alice = f"/my/{front.token_of(ana)}/data", Browser(front, language="en"), Browser(front, "alice")
    browser.send(browser.open(path), "form[action$='/requests']", kind="restriction", text="My name is wrong.")
    assert "We answer here within a month." in browser.open(path).words
    page = alice.open(URL)
    assert "ana.novak@example.org" in page.words
    assert "My name is wrong." in page.words
    assert "One request about data is open" in alice.open("/organise/privacy/fragments/due").soup.get_text()
    assert "The person asks:" in alice.open(f"/organise/events/{event}/people/{ana}").words
    assert alice.send(page, answer=" ").status == 422
    assert alice.send(page, answer="We corrected it.").status == 303
    assert "Nothing is open" in alice.open(URL).words
    assert "We corrected it." in browser.open(path).words
    assert alice.send(page, answer="Twice.").status == 409


def test_only_organisers_answer_and_auditors_look(front: Front) -> None:
    assert [Browser(front, name).open(URL).status for name in ("alice", "audrey", "bob", "charlie")] == [
        200,
        200,
        403,
        403,
    ]
    audrey = Browser(front, "audrey")
    token = audrey.open("/my").value("csrf_token")
    assert audrey.post(f"{URL}/{new_id()}", {"csrf_token": token, "answer": "x"}).status == 403
