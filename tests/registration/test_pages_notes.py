"""Notes that organisers keep about a registration, and what else the person is registered for."""

from uuid import UUID

import pytest

from services.registration.notes import MOST_NOTES, write_note
from shared.database import new_id
from tests.registration.browser import Browser
from tests.registration.front import Front

FORM = "form[action$='/notes']"
DELETE = "form[action$='/delete']"


@pytest.fixture
def ana(front: Front) -> str:
    """The path of Ana's page."""
    event = front.house.event(title={"de": "Vereinsrecht", "en": "Association law"})
    return path_of(event, front.house.register(event, "Ana Novak").registration_id)


def path_of(event_id: UUID, registration_id: UUID) -> str:
    return f"/organise/events/{event_id}/people/{registration_id}"


def test_a_note_shows_its_text_and_author(front: Front, ana: str) -> None:
    alice = Browser(front, "alice")
    answer = alice.send(alice.open(ana), FORM, text="Rang up.\nNeeds a quiet room.")
    assert (answer.status, answer.location) == (303, f"{ana}#notes")
    [note] = alice.open(ana).all("#notes article")
    assert "Alice" in note
    assert "Rang up." in note


def test_an_auditor_reads_notes_and_writes_none(front: Front, ana: str) -> None:
    alice, audrey = Browser(front, "alice"), Browser(front, "audrey")
    alice.send(alice.open(ana), FORM, text="Rang up.")
    page = audrey.open(ana)
    assert "Rang up." in page.words
    assert not page.soup.select(FORM)
    token = audrey.open("/my").value("csrf_token")
    assert audrey.post(f"{ana}/notes", {"csrf_token": token, "text": "x"}).status == 403


def test_a_note_is_deleted_by_its_author_alone(front: Front, ana: str) -> None:
    alice, adam = Browser(front, "alice"), Browser(front, "adam")
    alice.send(alice.open(ana), FORM, text="Rang up.")
    page = alice.open(ana)
    delete = str(page.one(DELETE)["action"])
    theirs = adam.open(ana)
    assert not theirs.soup.select(DELETE)
    assert adam.post(delete, {"csrf_token": theirs.value("csrf_token")}).status == 403
    assert alice.send(page, DELETE).status == 303
    assert "Rang up." not in alice.open(ana).words


def test_a_note_of_another_registration_is_not_found(front: Front, ana: str) -> None:
    alice = Browser(front, "alice")
    event = front.house.event()
    bo = path_of(event, front.house.register(event, "Bo Berg").registration_id)
    alice.send(alice.open(ana), FORM, text="Rang up.")
    page = alice.open(ana)
    note_id = str(page.one(DELETE)["action"]).split("/")[-2]
    token = {"csrf_token": alice.open("/my").value("csrf_token")}
    assert alice.post(f"{bo}/notes/{note_id}/delete", token).status == 404
    assert alice.post(f"{ana}/notes/{new_id()}/delete", token).status == 404
    assert "Rang up." in alice.open(ana).words


def test_an_empty_note_is_refused_at_its_field(front: Front, ana: str) -> None:
    alice = Browser(front, "alice")
    page = alice.send(alice.open(ana), FORM, text="  ")
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-text']")


def test_notes_are_bounded(front: Front, ana: str) -> None:
    alice = Browser(front, "alice")
    registration = front.house.registration(UUID(ana.rpartition("/")[2]))
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        for number in range(MOST_NOTES):
            write_note(uow, registration, new_id(), f"No. {number}")
        uow.commit()
    page = alice.send(alice.open(ana), FORM, text="one more")
    assert page.status == 409
    assert page.value("text") == "one more"


def test_a_persons_page_leads_to_their_other_registrations(front: Front, ana: str) -> None:
    alice = Browser(front, "alice")
    other = front.house.event(title={"de": "Fördermittel", "en": "Raising funds"})
    there = front.house.register(other, "Ana Novak").registration_id
    front.house.register(other, "Bo Berg")
    links = [str(a["href"]) for a in alice.open(ana).soup.select("main tbody th a")]
    assert path_of(other, there) in links
    assert len([link for link in links if "/people/" in link]) == 1


def test_a_persons_page_leads_to_the_mails_of_the_registration(front: Front, ana: str) -> None:
    registration_id = ana.rpartition("/")[2]
    assert Browser(front, "alice").open(ana).soup.select(f"main a[href$='/mail?registration_id={registration_id}']")
