"""Lists to sign: what funders ask for, who may print, what stands on the sheets."""

import io
import re
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select

from services.registration.directory import Draft, add
from services.registration.events import event_with_sessions
from services.registration.lists.profiles import Profile
from services.registration.lists.signing import sheets_of
from services.registration.models import AUDIT
from shared.audit import ENGINE
from shared.database import new_id
from shared.testing import require
from tests.registration.browser import Browser
from tests.registration.front import Front

FUNDERS = "/organise/funders"
MINISTRY: dict[str, Any] = {
    "name": "Ministerium",
    "line": "Gefördert vom Ministerium, Az. 12-34",
    "columns": ["organisation", "municipality"],
    "per_session": "no",
    "blank_lines": "3",
}


@dataclass
class Training:
    """An event of two sessions at which Ana and Bo have seats, and Charlie waits."""

    front: Front
    event: UUID
    sessions: list[UUID]

    @property
    def path(self) -> str:
        return f"/organise/events/{self.event}/attendance/lists"

    def pdf(self, query: str = "", language: str = "de", by: str = "alice") -> bytes:
        browser = Browser(self.front, by, language=language)
        with browser.client.get(f"{self.path}/attendance.pdf{query}", headers=browser.headers) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
            return answer.get_data()


@pytest.fixture
def training(front: Front) -> Training:
    start = front.house.clock() + timedelta(days=2)
    sessions = [front.house.session(start), front.house.session(start + timedelta(days=1))]
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        entry = add(uow, Draft("Brücke e. V.", "Dortmund"), ENGINE).id
        uow.commit()
    event = front.house.event(capacity=2, sessions=sessions)
    front.house.register(event, "Bo Berg", organisation="Brücke e. V.", organisation_id=entry)
    front.house.register(event, "Ana Novak", organisation="Frauen im Viertel")
    front.house.register(event, "Charlie Muster")
    return Training(front, event, [session["session_id"] for session in sessions])


@pytest.fixture
def adam(front: Front) -> Browser:
    return Browser(front, "adam")


def words(pdf: bytes) -> str:
    """As they stand on the pages; without the marks that keep scripts apart."""
    require("poppler")
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return re.sub("[\u2066-\u2069]", "", text.decode())


def pages(pdf: bytes) -> list[tuple[float, float]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [(float(page.mediabox[2]), float(page.mediabox[3])) for page in document.pages]


def a_funder(adam: Browser, **typed: Any) -> str:
    """The id of its profile."""
    assert adam.send(adam.open(f"{FUNDERS}/new"), **{**MINISTRY, **typed}).location == FUNDERS
    return str(adam.open(FUNDERS).one("tbody a")["href"]).rpartition("/")[2]


def test_everybody_with_a_seat_stands_on_the_list_by_name_with_lines_for_others(training: Training) -> None:
    text = words(training.pdf())
    assert text.count("Anwesenheitsliste") == 2
    first = text.split("\f")[0]
    rows = re.findall(r"^ +(\d+)(?: +(\S+, \S+))?", first, re.MULTILINE)
    assert rows == [("1", "Berg, Bo"), ("2", "Novak, Ana"), *((str(number), "") for number in range(3, 8))]
    assert "Brücke e. V." in first
    assert "Charlie" not in text
    assert "Seite 1 von 2" in first


def test_by_itself_there_is_a_list_for_each_session(training: Training) -> None:
    assert len(pages(training.pdf())) == 2
    assert len(pages(training.pdf(f"?session_id={training.sessions[1]}"))) == 1


def test_a_funder_may_want_one_list_with_a_place_for_each_session(training: Training, adam: Browser) -> None:
    pdf = training.pdf(f"?profile_id={a_funder(adam)}")
    ((width, height),) = pages(pdf)
    assert width > height
    text = words(pdf)
    for said in ("Gefördert vom Ministerium, Az. 12-34", "Organisation", "Ort", "Dortmund", "13.01.2027"):
        assert said in text
    assert "Unterschrift" not in text
    assert "novak@example.org" not in text


def test_a_list_of_many_people_names_the_event_on_each_page(front: Front) -> None:
    event = front.house.event(capacity=60)
    for number in range(60):
        front.house.register(event, f"Person {number:02}")
    text = words(Training(front, event, []).pdf(language="en"))
    sheets = text.split("\f")[:-1]
    assert len(sheets) == 3
    assert all("Association law" in sheet and "Signature" in sheet for sheet in sheets)


def test_the_code_leads_to_the_attendance_of_its_session(training: Training) -> None:
    with training.front.core.database.read() as session:
        sheets = sheets_of([event_with_sessions(session, training.event)], Profile(), "https://reihe.example")
    assert [sheet.url for sheet in sheets] == [
        f"https://reihe.example/organise/events/{training.event}/attendance/{session}" for session in training.sessions
    ]
    for sheet in sheets:
        path = sheet.url.removeprefix("https://reihe.example")
        assert Browser(training.front, "alice").open(path).status == 200


def test_it_declares_pdf_a_2a_pdf_ua_1_and_its_language(training: Training) -> None:
    with pikepdf.open(io.BytesIO(training.pdf())) as document, document.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "2"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert document.Root.Lang == "de"


@pytest.mark.parametrize("profile", [False, True])
def test_qpdf_finds_nothing_wrong(training: Training, adam: Browser, profile: bool, tmp_path: Path) -> None:
    require("qpdf")
    path = tmp_path / "list.pdf"
    path.write_bytes(training.pdf(f"?profile_id={a_funder(adam)}" if profile else ""))
    check = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (check.returncode, check.stderr) == (0, "")


def test_taking_a_list_away_is_written_down(training: Training, adam: Browser, front: Front) -> None:
    training.pdf(f"?profile_id={a_funder(adam)}")
    with front.core.database.read() as session:
        query = select(AUDIT.table.c.changes).where(AUDIT.table.c.action == "list.printed")
        assert [row.changes for row in session.execute(query)] == [{"funder": {"after": "Ministerium"}}]


def test_names_that_the_fonts_lack_are_told_with_what_to_do(front: Front) -> None:
    event = front.house.event()
    front.house.register(event, "王 芳")
    page = Browser(front, "alice").open(f"/organise/events/{event}/attendance/lists/attendance.pdf")
    assert page.status == 422
    assert "王" in page.one(".error-summary").text


@pytest.mark.parametrize("query", ["?session_id={other}", "?profile_id={other}"])
def test_what_does_not_exist_is_said(training: Training, query: str) -> None:
    page = Browser(training.front, "alice").open(f"{training.path}/attendance.pdf{query.format(other=new_id())}")
    assert page.status == 404


def test_who_prints_and_who_changes_what_funders_ask_for(training: Training, front: Front) -> None:
    def statuses(path: str) -> dict[str, int]:
        return {name: Browser(front, name).open(path).status for name in ("adam", "alice", "audrey", "bob", "charlie")}

    readers = {"adam": 200, "alice": 200, "audrey": 200, "bob": 403, "charlie": 403}
    for path in (training.path, f"{training.path}/attendance.pdf", FUNDERS):
        assert statuses(path) == readers, path
    assert statuses(f"{FUNDERS}/new") == {**readers, "alice": 403, "audrey": 403}


def test_a_funder_is_entered_changed_and_deleted(adam: Browser) -> None:
    address = f"{FUNDERS}/{a_funder(adam)}"
    row = adam.open(FUNDERS).all("tbody tr")[0]
    assert "Ministerium Organisation, Municipality one for all sessions 3" in row
    form = adam.open(address)
    assert (
        adam.send(form, f"form[action='{address}']", name="Stiftung", columns=[], per_session="yes").location == FUNDERS
    )
    assert "Stiftung – one for each session 3" in adam.open(FUNDERS).all("tbody tr")[0]
    adam.send(adam.open(address), form=f"form[action='{address}/delete']")
    assert "No funder is entered" in adam.open(FUNDERS).words


@pytest.mark.parametrize(("field", "typed"), [("name", " "), ("blank_lines", "41"), ("blank_lines", "x")])
def test_what_is_wrong_is_said_and_what_was_typed_stays(adam: Browser, field: str, typed: str) -> None:
    page = adam.send(adam.open(f"{FUNDERS}/new"), **{**MINISTRY, field: typed})
    assert page.status == 422
    assert page.one(f"#field-{field}-error")
    assert page.one("[name=line]")["value"] == MINISTRY["line"]
