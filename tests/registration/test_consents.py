"""Consents stand beside the registration: in versions, never ticked beforehand, withdrawn at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.models import Consent, Person
from services.registration.privacy.consent_purposes import (
    Words,
    add_purpose,
    change_words,
    consenting,
    retire,
)
from services.registration.privacy.consents import asked_for, give, not_given, standing, withdraw
from services.registration.retention import rules
from shared.database import new_id
from shared.errors import NotFoundError
from shared.retention import see_to_all
from tests.registration.browser import Browser
from tests.registration.front import Front, settings
from tests.registration.parts import ORGANISER, House
from tests.registration.test_privacy_notices import PATH, SLUG, notices, publish

PHOTOS = Words(
    {"de": "Fotos von mir", "en": "Photos of me"}, {"de": "Im Jahresbericht.", "en": "In the yearly report."}
)
ALICE = ORGANISER.account_id or new_id()


def ask(house: House, words: Words = PHOTOS, **scope: Any) -> UUID:
    with house.database.unit_of_work(house.clock()) as uow:
        made = add_purpose(uow, words, ALICE, **scope)
        uow.commit()
    return made.id


def person_of(house: House, registration_id: UUID) -> Person:
    return house.registration(registration_id).person


def agree(house: House, person: Person, purpose_id: UUID, version: int = 1, locale: str = "de") -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        give(uow, person, purpose_id, version, locale)
        uow.commit()


def take_back(house: House, person: Person, purpose_id: UUID) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        withdraw(uow, person, purpose_id)
        uow.commit()


def rows(house: House) -> list[Consent]:
    with house.database.read() as session:
        return list(session.scalars(select(Consent).order_by(Consent.given_at, Consent.id)))


def who(house: House, purpose_id: UUID) -> list[str]:
    with house.database.read() as session:
        return [one.email for one in consenting(session, purpose_id)]


def test_people_are_asked_what_is_for_their_event_their_series_or_all(house: House) -> None:
    series_id = new_id()
    series = {"series_id": series_id, "slug": "reihe", "title": {"de": "Reihe"}, "version": 1}
    alone, module = house.event(), house.event(series={**series})
    for_all = ask(house)
    for_event, for_series = ask(house, event_id=alone), ask(house, series_id=series_id)
    people = [person_of(house, house.register(event).registration_id) for event in (alone, module)]
    with house.database.read() as session:
        asked = [{one.purpose.id for one in not_given(session, person.id)} for person in people]
    assert asked == [{for_all, for_event}, {for_all, for_series}]


def test_a_consent_keeps_version_time_and_the_language_that_was_read(house: House) -> None:
    purpose = ask(house, Words({"de": "Fotos"}, {"de": "Im Bericht."}))
    ana = person_of(house, house.register(house.event(), "Ana Novak").registration_id)
    agree(house, ana, purpose, locale="en")
    (given,) = rows(house)
    assert (given.version, given.locale, given.given_at, given.withdrawn_at) == (1, "de", house.clock(), None)


def test_whoever_withdraws_is_gone_from_the_list_at_once_and_can_consent_again(house: House) -> None:
    purpose = ask(house)
    ana = person_of(house, house.register(house.event(), "Ana Novak").registration_id)
    agree(house, ana, purpose)
    agree(house, ana, purpose)
    assert who(house, purpose) == ["ana.novak@example.org"]
    house.clock.moment += timedelta(days=1)
    take_back(house, ana, purpose)
    take_back(house, ana, purpose)
    assert who(house, purpose) == []
    agree(house, ana, purpose)
    assert [one.withdrawn_at is None for one in rows(house)] == [False, True]


def test_other_words_are_a_new_version_and_consent_stays_with_the_old(house: House) -> None:
    purpose = ask(house)
    ana = person_of(house, house.register(house.event()).registration_id)
    agree(house, ana, purpose)
    with house.database.unit_of_work(house.clock()) as uow:
        change_words(uow, purpose, PHOTOS, ALICE)
        change_words(uow, purpose, Words(PHOTOS.title, {"de": "Auch in der Presse."}), ALICE)
        uow.commit()
    with house.database.read() as session:
        assert [one.text.version for one in asked_for(session, [])] == [2]
        assert [one.text.text["de"] for one in standing(session, ana.id)] == ["Im Jahresbericht."]


def test_words_that_never_were_cannot_be_consented_to(house: House) -> None:
    purpose = ask(house)
    ana = person_of(house, house.register(house.event()).registration_id)
    with pytest.raises(NotFoundError):
        agree(house, ana, purpose, version=2)


def test_what_is_not_asked_for_any_more_still_stands(house: House) -> None:
    purpose = ask(house)
    ana = person_of(house, house.register(house.event(), "Ana Novak").registration_id)
    agree(house, ana, purpose)
    with house.database.unit_of_work(house.clock()) as uow:
        retire(uow, purpose, ALICE)
        uow.commit()
    with house.database.read() as session:
        assert asked_for(session, []) == []
    assert who(house, purpose) == ["ana.novak@example.org"]


@pytest.mark.parametrize(("keeps", "left"), [(True, ["ana.novak@example.org"]), (False, [])])
def test_an_address_outlives_its_events_only_for_what_is_written_because_of_it(
    house: House, keeps: bool, left: list[str]
) -> None:
    purpose = ask(house, keeps_address=keeps)
    ana = person_of(house, house.register(house.event(), "Ana Novak").registration_id)
    agree(house, ana, purpose)
    house.clock.moment += timedelta(days=200)
    own = rules(settings(str(house.database.engine.url)))
    see_to_all(house.database, own, house.clock())
    assert who(house, purpose) == left
    take_back(house, ana, purpose)
    see_to_all(house.database, own, house.clock())
    assert rows(house) == []


def tick(front: Front, purpose: UUID, **typed: str) -> Browser:
    browser = Browser(front, language="en")
    page = browser.open(f"/register/events/{SLUG}")
    box = page.one(f"[name='consent.{purpose}']")
    assert not box.has_attr("checked")
    front.house.clock.moment += timedelta(seconds=20)
    values = {"first_name": "Ana", "last_name": "Novak", "email": "ana@example.org", **typed}
    assert browser.send(page, **values).status == 303
    return browser


def test_a_ticked_box_is_kept_apart_and_an_empty_one_is_no_consent(front: Front) -> None:
    publish(front.house)
    purpose = ask(front.house)
    tick(front, purpose, **{f"consent.{purpose}": "1"})
    tick(front, purpose, first_name="Bo", email="bo@example.org")
    assert who(front.house, purpose) == ["ana@example.org"]


def test_the_contact_of_a_group_agrees_for_themselves_alone(front: Front) -> None:
    publish(front.house, largest_party=3)
    purpose = ask(front.house)
    browser = Browser(front, language="en")
    page = browser.open(f"/register/events/{SLUG}/party")
    assert "You speak for yourself alone" in page.words
    typed = {"contact.first_name": "Ana", "contact.last_name": "Novak", "contact.email": "ana@example.org"}
    other = {"people.0.first_name": "Bo", "people.0.last_name": "Berg", "people.0.email": "bo@example.org"}
    browser.send_after_a_while(page, **typed, **other, **{f"consent.{purpose}": "1"}, act=[])
    assert who(front.house, purpose) == ["ana@example.org"]


def test_a_box_of_another_event_or_of_no_sense_is_no_consent(front: Front) -> None:
    publish(front.house)
    other = ask(front.house, event_id=new_id())
    purpose = ask(front.house)
    tick(front, purpose, **{f"consent.{other}": "1", "consent.x": "1", f"consent.{purpose}": "one"})
    assert rows(front.house) == []


def test_a_person_withdraws_and_gives_on_their_own_page(front: Front) -> None:
    event = publish(front.house)
    purpose = ask(front.house)
    ana = front.house.register(event, "Ana Novak", locale="en").registration_id
    browser, path = Browser(front, language="en"), f"/my/{front.token_of(ana)}/data"
    assert "You have not agreed to this." in browser.open(path).words
    browser.send(browser.open(path), "form[action$='/give']")
    assert who(front.house, purpose) == ["ana.novak@example.org"]
    assert "You agreed on" in browser.open(path).words
    browser.send(browser.open(path), "form[action$='/withdraw']")
    assert who(front.house, purpose) == []


def test_nobody_gives_what_they_are_not_asked_for(front: Front) -> None:
    event = publish(front.house)
    other = ask(front.house, event_id=new_id())
    ask(front.house)
    browser = Browser(front, language="en")
    path = f"/my/{front.token_of(front.house.register(event).registration_id)}/data"
    token = browser.open(path).soup.select("[name=csrf_token]")[0]["value"]
    assert browser.post(f"{path}/consents/{other}/give", {"csrf_token": token, "version": "1"}).status == 404
    assert rows(front.house) == []


def test_organisers_ask_reword_take_the_list_and_retire(front: Front) -> None:
    event = publish(front.house)
    alice = Browser(front, "alice")
    url = "/organise/privacy/consents"
    words = {"title.de": "Fotos", "text.de": "Im Bericht."}
    page = alice.send(alice.open(f"{url}/new"), scope=f"event:{event}", **words)
    path = page.location
    assert "Association law" in alice.open(url).words
    assert [notice.version for notice in notices(front.house)] == [1, 2]
    assert "Fotos Im Bericht." in Browser(front).open(PATH).words
    ana = person_of(front.house, front.house.register(event, "Ana Novak").registration_id)
    agree(front.house, ana, UUID(path.rpartition("/")[2]))
    shown = alice.open(path).words
    assert "ana.novak@example.org" in shown
    assert "not confirmed yet" in shown
    table = alice.open(f"{path}/people.csv").response.get_data(as_text=True)
    assert "ana.novak@example.org;" in table
    alice.send(alice.open(path), f"form[action='{path}']", **{"text.de": "Auch im Netz."})
    assert "Version 2" in alice.open(path).words
    alice.send(alice.open(path), "form[action$='/retire']")
    assert "Nobody is asked for it any more" in alice.open(path).words
    assert "Fotos" not in Browser(front).open(PATH).words


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title.de": " "}, "In short: Please fill this in."),
        ({"scope": "event:0192f0c1-7b2a-7c3d-8e4f-a1b2c3d4e5f6"}, "For: Please choose for what this is."),
    ],
)
def test_what_is_wrong_is_said(front: Front, changes: dict[str, str], error: str) -> None:
    alice = Browser(front, "alice")
    page = alice.open("/organise/privacy/consents/new")
    sent = alice.send(page, **{"title.de": "Fotos", "text.de": "Im Bericht.", **changes})
    assert sent.status == 422
    assert sent.errors() == [error]


def test_only_organisers_ask_and_auditors_look(front: Front) -> None:
    purpose = ask(front.house)
    url = "/organise/privacy/consents"
    for path, answers in {
        url: [200, 200, 403, 403],
        f"{url}/{purpose}": [200, 200, 403, 403],
        f"{url}/{purpose}/people.csv": [200, 200, 403, 403],
        f"{url}/new": [200, 403, 403, 403],
    }.items():
        assert [Browser(front, name).open(path).status for name in ("alice", "audrey", "bob", "charlie")] == answers
