"""Somebody who was known everywhere is erased, and then nobody finds more of them than they were told."""

import email
import email.policy
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import requests
from pypdfium2 import PdfDocument
from sqlalchemy import MetaData, select

from shared.database import make_engine
from shared.messages import SERVICES
from shared.testing import eventually
from tests.system.acts import AUTUMN_DAY, SPRING_DAY, event_on, issue_certificate, publish, send_form, tick_attendance
from tests.system.databases import database_url
from tests.system.harness import RunningSystem
from tests.system.logs import lines_with
from tests.system.mails import link


def where(system: RunningSystem, word: str) -> set[str]:
    """The tables that hold the word, and the files of mails."""
    return {*_tables(system, word), *_files(system, word)}


def _tables(system: RunningSystem, word: str) -> Iterator[str]:
    for service in SERVICES:
        engine = make_engine(database_url(system, service))
        metadata = MetaData()
        metadata.reflect(engine)
        with engine.connect() as connection:
            for table in metadata.sorted_tables:
                if any(word.lower() in _readable(row).lower() for row in connection.execute(select(table))):
                    yield f"{service}.{table.name}"
        engine.dispose()


def _files(system: RunningSystem, word: str) -> Iterator[str]:
    folder = Path(system.environ["REIHE_DATA_DIR"]) / "mail"
    yield from (file.suffix for file in folder.glob("*") if word.lower() in _letter(file.read_bytes()).lower())


def _readable(row: Iterable[Any]) -> str:
    """A row's values as people would read them, documents included."""
    return " ".join(_document(value) if isinstance(value, bytes) else str(value) for value in row)


def _document(raw: bytes) -> str:
    if not raw.startswith(b"%PDF"):
        return raw.decode(errors="replace")
    pages = PdfDocument(raw)
    return " ".join(page.get_textpage().get_text_bounded() for page in pages) + str(pages.get_metadata_dict())


def _letter(raw: bytes) -> str:
    """Headers and parts of a mail's file, however they are encoded."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts: list[Any] = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return " ".join([*(str(value) for value in mail.values()), *map(_document, parts)])


def erase(system: RunningSystem, my_page: str) -> str:
    """What the page says before; then its button."""
    browser = requests.Session()
    address = f"{system.base_url}/my/{my_page.rsplit('/my/', 1)[1]}/erasure"
    shown = browser.get(address, timeout=20).text
    done = send_form(browser, address)
    assert done.url.endswith("/my/erased"), done.text
    return shown


def test_nothing_stays_but_what_was_shown_before(system: RunningSystem) -> None:
    mark = uuid.uuid4().hex[:8]
    name, address, need = f"Novak{mark}", f"ana-{mark}@verein.example", f"quiet-{mark}"
    past = publish(system, event_on(SPRING_DAY, slug=f"past-{mark}", capacity=2))
    full = publish(system, event_on(AUTUMN_DAY, slug=f"full-{mark}", capacity=0) | {"needs": ["other"]})
    wish = {"first_name": "Ana", "last_name": name, "email": address, "locale": "de"}
    ids = []
    for event, more in ((past, {}), (full, {"needs": {"other": need}})):
        answer = system.post(f"/api/registration/v1/events/{event['id']}/registrations", wish | more)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    my_page = link(system.mails.wait_for(address, 2)[0], "/my/")
    tick_attendance(system, past, ids[0])
    certificate = issue_certificate(system, past["id"], ids[0])
    system.mails.wait_for(address, 3)
    kept_as_shown = {"registration.registrations", "notifications.registrations"} | {
        f"notifications.{table}" for table in ("earned_certificates", "certificates")
    }
    assert where(system, name) > kept_as_shown
    assert where(system, address)

    assert "Name, Organisation, Teilnahme und Bescheinigung bleiben bis" in erase(system, my_page)

    eventually(lambda: where(system, address) == set(), because="no address is left")
    assert where(system, name) == kept_as_shown
    assert where(system, need) == set()
    assert system.get(f"/my/{my_page.rsplit('/my/', 1)[1]}").status_code == 404
    verified = system.get(f"/api/notifications/v1/certificates/verify/{certificate['code']}").json()
    assert verified["status"] == "valid"
    assert lines_with(system, [name, address, need]) == []
