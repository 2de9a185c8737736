"""Whoever wishes it is forgotten: what was shown before goes, what must stay stays, and a restore changes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.registration import app
from services.registration.__main__ import RegistrationCommands
from services.registration.consistency import findings
from services.registration.erasure import erase
from services.registration.models import THE_PERSON, Person
from shared.audit import by_person
from shared.commands import run
from shared.testing import TurnableClock
from shared.vault import Vault
from tests.registration.asking import a_question
from tests.registration.browser import Browser
from tests.registration.front import Front, settings
from tests.registration.parts import House
from tests.registration.test_retention import ADDRESS, attend, kept

SEALED = Vault(("n" * 40,)).seal({"other": "quiet"})


def forget(house: House, email: str = ADDRESS, **changes: object) -> None:
    chosen = settings(str(house.database.engine.url), **changes)
    with house.database.unit_of_work(house.clock()) as uow:
        person = uow.session.scalars(select(Person).where(Person.email == email)).one()
        erase(uow, person, chosen, THE_PERSON, by_person(person.id))
        uow.commit()


def words_left(house: House) -> list[str]:
    left = kept(house).lower()
    return [word for word in (ADDRESS, "ana", "novak", "pont", "front-row") if word in left]


def test_nothing_stays_of_whoever_was_never_there_and_the_seat_goes_to_the_next(house: House) -> None:
    event = house.event(capacity=1, needs=["other"], questions=[a_question("wish")])
    told = {"needs": ("other",), "sealed_needs": SEALED, "answers": {"wish": "front-row"}}
    ana = house.register(event, "Ana Novak", organisation="Pont", **told).registration_id
    next_one = house.register(event, "Ben Weiss").registration_id
    house.register(house.event(), "Ana Novak")
    forget(house)
    assert words_left(house) == []
    assert (house.state(ana), house.state(next_one)) == ("cancelled", "confirmed")
    assert list(findings(house.database, house.clock())) == []
    (erased,) = house.messages("person.erased.v1")
    assert erased.body["link_generation"] > 0
    assert house.register(event, "Ana Novak").registration_id != ana


def test_as_evidence_the_name_stays_and_a_legal_hold_keeps_the_rest(house: House) -> None:
    attended = house.event()
    ana = house.register(attended, "Ana Novak", organisation="Pont").registration_id
    house.clock.moment += timedelta(days=30, hours=7)
    attend(house, attended, ana)
    forget(house, legal_holds=(attended,))
    assert words_left(house) == [ADDRESS, "ana", "novak", "pont"]
    forget(house)
    assert words_left(house) == ["ana", "novak", "pont"]
    assert [row.body["evidence"] for row in house.messages("registration.forgotten.v1")] == [True]


def test_a_person_sees_what_goes_has_it_done_and_the_link_is_dead(front: Front) -> None:
    event = front.house.event()
    page = f"/my/{front.token_of(front.house.register(event, 'Ana Novak').registration_id)}"
    browser = Browser(front)
    asked = browser.open(browser.open(f"{page}/data").one("a[href$='/erasure']")["href"])  # type: ignore[arg-type]
    assert "wird frei. Dann wird alles gelöscht, auch der Name." in asked.words
    done = browser.send(asked)
    assert (done.status, done.location) == (303, "/my/erased")
    assert "data is deleted" in browser.open(done.location).words
    assert browser.open(page).status == 404
    assert words_left(front.house) == []


def test_an_organiser_does_it_for_whoever_asks_and_nobody_else_may(front: Front) -> None:
    event = front.house.event()
    ana = front.house.register(event, "Ana Novak").registration_id
    person = f"/organise/events/{event}/people/{ana}"
    for name in ("audrey", "bob", "charlie"):
        assert Browser(front, name).open(f"{person}/erasure").status == 403
    alice = Browser(front, "alice")
    done = alice.send(alice.open(f"{person}/erasure"))
    assert (done.status, done.location) == (303, person)
    assert "Novak" not in alice.open(person).words
    assert words_left(front.house) == []


def test_after_a_restore_the_listed_are_forgotten_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: TurnableClock
) -> None:
    url = f"sqlite:///{tmp_path / 'registration.db'}"
    monkeypatch.setenv("REIHE_ENVIRONMENT", "development")
    monkeypatch.setenv("REIHE_BASE_URL", "http://localhost:8000")
    monkeypatch.setenv("REIHE_REGISTRATION_DATABASE_URL", url)
    run(RegistrationCommands(), ["migrate"])
    core = app.compose(settings(url), clock=clock)
    house = House(core.database, clock)
    house.register(house.event(), "Ana Novak")
    forget(house)
    run(RegistrationCommands(), ["erasures"])
    listed = tmp_path / "erasures.txt"
    listed.write_text(capsys.readouterr().out)
    with house.database.unit_of_work(clock()) as uow:
        uow.session.execute(update(Person).values(email=ADDRESS))
        uow.commit()
    assert run(RegistrationCommands(), ["reapply-erasures", str(listed)]) == 0
    assert words_left(house) == []
    assert capsys.readouterr().out.startswith("1 of 1 were forgotten")
    listed.write_text("Ana Novak")
    assert run(RegistrationCommands(), ["reapply-erasures", str(listed)]) == 2
    core.close()
