"""Signed lists come back as scans: attached by their codes, kept as they came, evidence at their sessions."""

import hashlib
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import segno
from PIL import Image
from sqlalchemy import select

from services.registration.lists.codes import named_on
from services.registration.models import AUDIT, ListScan
from services.registration.retention import rules
from shared.database import new_id
from shared.retention import see_to_all
from tests.catalogue.browser import Page
from tests.registration.browser import Browser
from tests.registration.front import Front, settings
from tests.registration.test_pages_lists import Training, training

__all__ = ["training"]


def a_picture(text: str = "", turned: int = 0, kind: str = "PNG") -> bytes:
    """A sheet as a phone sees it, with a code that says this; without ``text`` there is none."""
    sheet = Image.new("L", (800, 1100), 255)
    if text:
        drawing = io.BytesIO()
        segno.make_qr(text, error="m").save(drawing, kind="png", scale=3, border=4)
        sheet.paste(Image.open(drawing).convert("L"), (500, 60))
    file = io.BytesIO()
    sheet.rotate(turned, expand=True, fillcolor=255).save(file, kind)
    return file.getvalue()


def address_of(event: UUID, session: UUID, host: str = "https://reihe.example") -> str:
    return f"{host}/organise/events/{event}/attendance/{session}"


def send(front: Front, event: UUID, content: bytes, name: str = "scan.png", by: str = "alice") -> Page:
    browser = Browser(front, by)
    page = browser.open(f"/organise/events/{event}/attendance/scans")
    answer = browser.send(page, form="form[enctype]", file=(io.BytesIO(content), name))
    answer.response.request.environ["wsgi.input"].close()  # a file, where it was large
    return answer


def kept_scan(front: Front, event: UUID) -> tuple[str, UUID]:
    """The address of the event's page of scans, and the id of one that belongs to no session yet."""
    assert send(front, event, a_picture()).status == 303
    return f"/organise/events/{event}/attendance/scans", scans(front)[-1].id


def scans(front: Front) -> list[ListScan]:
    with front.core.database.read() as session:
        return list(session.scalars(select(ListScan).order_by(ListScan.id)))


def of_sessions(front: Front) -> list[list[str]]:
    return [scan.session_ids for scan in scans(front)]


def test_a_list_that_was_printed_and_scanned_finds_its_session(training: Training) -> None:
    pdf = training.pdf(f"?session_id={training.sessions[1]}")
    assert send(training.front, training.event, pdf, "scan.pdf").status == 303
    assert of_sessions(training.front) == [[str(training.sessions[1])]]
    (scan,) = scans(training.front)
    assert (scan.media_type, scan.size, scan.digest) == ("application/pdf", len(pdf), hashlib.sha256(pdf).hexdigest())


def test_one_file_may_hold_the_lists_of_several_sessions(training: Training) -> None:
    send(training.front, training.event, training.pdf(), "scan.pdf")
    assert of_sessions(training.front) == [[str(one) for one in training.sessions]]


@pytest.mark.parametrize(("turned", "kind"), [(0, "PNG"), (90, "JPEG"), (180, "JPEG"), (7, "PNG")])
def test_codes_are_read_from_photographs_that_are_turned(turned: int, kind: str) -> None:
    event, session = new_id(), new_id()
    assert named_on(a_picture(address_of(event, session), turned, kind)) == [(event, session)]


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\nnothing", b"\xff\xd8\xffnothing"])
def test_what_cannot_be_read_names_no_session(content: bytes) -> None:
    assert named_on(content) == []


@pytest.mark.parametrize("text", ["", "https://reihe.example/", "WIFI:S:guests;;"])
def test_without_a_code_the_organiser_says_for_which_session_it_is(training: Training, text: str) -> None:
    assert send(training.front, training.event, a_picture(text)).status == 303
    assert of_sessions(training.front) == [[]]
    browser, path = Browser(training.front, "alice"), f"/organise/events/{training.event}/attendance/scans"
    page, (scan,) = browser.open(path), scans(training.front)
    assert "No code could be read" in page.words
    form = f"form[action$='{scan.id}']"
    assert browser.send(page, form=form, sessions=[]).status == 422
    assert browser.send(page, form=form, sessions=[str(new_id())]).status == 422
    assert browser.send(page, form=form, sessions=[str(training.sessions[0])]).status == 303
    assert of_sessions(training.front) == [[str(training.sessions[0])]]


def test_the_session_shows_what_was_signed_at_it_and_no_other_does(training: Training) -> None:
    send(training.front, training.event, a_picture(address_of(training.event, training.sessions[0])), "Liste 1.png")
    alice, attendance = Browser(training.front, "alice"), f"/organise/events/{training.event}/attendance"
    assert "Liste 1.png" in alice.open(f"{attendance}/{training.sessions[0]}").words
    assert "Liste 1.png" not in alice.open(f"{attendance}/{training.sessions[1]}").words


def test_a_list_of_another_event_is_refused(training: Training) -> None:
    other = new_id()
    event = training.front.house.event(
        slug="other", sessions=[{**training.front.house.session(training.front.house.clock()), "session_id": other}]
    )
    page = send(training.front, training.event, a_picture(address_of(event, other)))
    assert page.status == 409
    assert "belongs to another event" in page.words
    assert scans(training.front) == []


def test_the_same_file_is_kept_once(training: Training) -> None:
    assert send(training.front, training.event, a_picture()).status == 303
    page = send(training.front, training.event, a_picture(), "again.png")
    assert (page.status, len(scans(training.front))) == (409, 1)
    assert "kept already" in page.words


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "choose a file"),
        (b"<html>", "neither a PDF nor a picture"),
        (b"PK\x03\x04", "neither a PDF nor a picture"),
        (b"%PDF-" + b"0" * 15 * 1024 * 1024, "at most 15 MB"),
    ],
)
def test_only_documents_and_pictures_of_a_size_are_taken(training: Training, content: bytes, said: str) -> None:
    page = send(training.front, training.event, content, "scan.pdf")
    assert page.status == 422
    assert said in page.one(".error-summary").text


def test_the_file_comes_back_as_it_was_sent(training: Training) -> None:
    content = a_picture()
    send(training.front, training.event, content, "../../Liste.png")
    (scan,) = scans(training.front)
    for name, status in {"alice": 200, "audrey": 200, "bob": 403, "charlie": 403}.items():
        browser = Browser(training.front, name)
        path = f"/organise/events/{training.event}/attendance/scans"
        assert browser.open(path).status == status
        answer = browser.client.get(f"{path}/files/{scan.id}", headers=browser.headers)
        assert answer.status_code == status
        if status == 200:
            assert (answer.get_data(), answer.mimetype) == (content, "image/png")
            assert answer.headers["Content-Disposition"] == "attachment; filename=Liste.png"


def test_an_auditor_changes_nothing(training: Training) -> None:
    _path, scan_id = kept_scan(training.front, training.event)
    audrey, path = Browser(training.front, "audrey"), f"/organise/events/{training.event}/attendance/scans"
    assert not audrey.open(path).all("main form[method=post]")
    for address in (path, f"{path}/{scan_id}", f"{path}/{scan_id}/delete"):
        assert audrey.post(address).status in (400, 403)


def test_a_scan_is_found_at_its_own_event_alone(training: Training) -> None:
    _path, scan_id = kept_scan(training.front, training.event)
    other = training.front.house.event(slug="other")
    path = f"/organise/events/{other}/attendance/scans/files/{scan_id}"
    assert Browser(training.front, "alice").open(path).status == 404


def test_the_log_says_what_was_kept_and_deleted(training: Training) -> None:
    path, scan_id = kept_scan(training.front, training.event)
    alice = Browser(training.front, "alice")
    assert alice.send(alice.open(path), form=f"form[action$='{scan_id}/delete']").status == 303
    assert scans(training.front) == []
    with training.front.core.database.read() as session:
        rows = session.execute(select(AUDIT.table.c.action, AUDIT.table.c.changes).order_by(AUDIT.table.c.id)).all()
    digest = {"after": hashlib.sha256(a_picture()).hexdigest()}
    found: list[tuple[str, Any]] = [(row.action, row.changes["digest"]) for row in rows if "scan" in row.action]
    assert found == [("scan.kept", digest), ("scan.deleted", digest)]


def test_scans_go_with_the_names_on_them(training: Training) -> None:
    kept_scan(training.front, training.event)
    house = training.front.house
    chosen = rules(settings(str(house.database.engine.url)))
    house.clock.moment += timedelta(days=3000)
    assert see_to_all(house.database, chosen, house.clock())["scans"] == 0
    house.clock.moment += timedelta(days=700)
    assert see_to_all(house.database, chosen, house.clock())["scans"] == 1
    assert scans(training.front) == []
