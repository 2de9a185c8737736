"""The funder's pack: what is in it, that its figures are those of its rows, and that its checksums hold."""

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from services.registration.attendance import Entry, Recorder, record
from services.registration.directory import Draft, add
from services.registration.events import event_with_sessions
from services.registration.feedback import RATED, give, set_up
from services.registration.models import EventSession, Person, Registration
from services.registration.pack.tables import FIGURES
from shared.audit import ENGINE
from shared.database import new_id
from shared.testing import require
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.recount import recounted, tables, told, untrue_breakdowns
from tests.registration.series import SERIES, a_series
from tests.registration.test_pages_lists import FUNDERS, a_funder, words
from tests.registration.test_pages_scans import a_picture, address_of, send

OF_SERIES = f"/organise/series/{SERIES['series_id']}/attendance"


@dataclass
class Held:
    """A series of two modules: eight people with seats at the first, some of them also at the second, most of whom
    came, one late, one taken back; some wait, one has cancelled."""

    front: Front
    modules: list[UUID]
    sessions: list[UUID]

    def pack(self, path: str = f"{OF_SERIES}/pack.zip", by: str = "alice") -> io.BytesIO:
        browser = Browser(self.front, by)
        with browser.client.get(path, headers=browser.headers) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "application/zip")
            return io.BytesIO(answer.get_data())


PROGRAMME: list[dict[str, Any]] = [
    {
        "starts_at": datetime(2027, 2, 11, 9, tzinfo=UTC),
        "ends_at": None,
        "kind": "keynote",
        "title": {"de": "=Vielfalt", "en": "=Diversity"},
        "speakers": [{"name": "Dr. Mai Tran", "role": "Professor", "organisation": "Uni"}],
    }
]


@pytest.fixture
def held(front: Front) -> Held:
    house = front.house
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        entry = add(uow, Draft("Brücke e. V.", "Dortmund"), ENGINE).id
        uow.commit()
    modules = a_series(house, {"slug": "m1", "capacity": 8, "programme": PROGRAMME}, {"slug": "m2", "capacity": 4})
    with front.core.database.read() as session:
        found = {row.event_id: row.id for row in session.scalars(select(EventSession))}
    sessions = [found[event_id] for event_id in modules]
    for module, session_id, came in zip(modules, sessions, (6, 3), strict=True):
        people = [
            house.register(
                module,
                f"Person {number}",
                organisation="Brücke e. V." if number % 2 else f"Verein {number}",
                organisation_id=entry if number % 2 else None,
                locale="de" if number else "ar",
            ).registration_id
            for number in range(10 if module == modules[0] else 6)
        ]
        attend(front, session_id, people[:came])
    house.clock.moment += timedelta(days=32)
    return Held(front, modules, sessions)


def attend(front: Front, session_id: UUID, people: list[UUID]) -> None:
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        starts_at = uow.session.scalars(select(EventSession.starts_at).where(EventSession.id == session_id)).one()
        late = starts_at + timedelta(minutes=45)
        entries = [Entry(new_id(), one, "scan", uow.now) for one in people]
        entries[0] = Entry(new_id(), people[0], "scan", uow.now, from_at=late)
        entries.append(Entry(new_id(), people[1], "correction", uow.now, present=False, reason="mixed up"))
        assert {answer.status for answer in record(uow, session_id, entries, Recorder(new_id()))} == {"recorded"}
        uow.commit()


def test_an_independent_script_counts_the_same_figures_from_the_rows(held: Held) -> None:
    found = tables(held.pack())
    assert recounted(found) == told(found)
    assert told(found)["", "attended"] == 5 + 2
    assert told(found)["", "reached"] == 1 + 3 + 2
    assert told(found)[str(held.modules[0]), "no_show"] == 3
    assert untrue_breakdowns(found) == []


def test_what_people_said_goes_along_where_it_is_wanted(held: Held) -> None:
    event = held.modules[0]
    with held.front.core.database.unit_of_work(held.front.core.clock()) as uow:
        query = select(Registration, Person).join(Person).where(Registration.event_id == event)
        seated = [one for one in uow.session.execute(query.order_by(Registration.seq)) if one[0].state == "confirmed"]
        about = event_with_sessions(uow.session, event)
        set_up(uow, about, offered=True, days=30, account_id=new_id())
        uow.now = about.ends_at
        for registration, person in seated:
            give(uow, person, registration.id, dict.fromkeys(RATED, "4"), {"helped": "=Beispiele", "improve": ""})
        uow.commit()
    held.front.house.clock.moment += timedelta(days=90)
    assert "feedback" not in tables(held.pack())
    rows = tables(held.pack(f"{OF_SERIES}/pack.zip?feedback=yes"))["feedback"]
    assert {row["Event ID"] for row in rows} == {str(event)}
    assert [row["How many"] for row in rows if row["Answer"] == "4 – good"] == [str(len(seated))] * len(RATED)
    assert [row["Answer"] for row in rows if row["Question"] == "What helped you most?"] == ["'=Beispiele"] * len(
        seated
    )


def test_a_session_that_was_called_off_offered_nobody_hours(front: Front) -> None:
    start = front.house.clock() + timedelta(days=2)
    sessions = [front.house.session(start), front.house.session(start + timedelta(days=1), cancelled=True)]
    event = front.house.event(sessions=sessions)
    found = tables(Held(front, [], []).pack(f"/organise/events/{event}/attendance/lists/pack.zip"))
    assert told(found)[str(event), "minutes_offered"] == 360
    assert recounted(found) == told(found)


def test_each_figure_says_from_which_rows_it_is_counted(held: Held) -> None:
    figures = tables(held.pack())["figures"]
    assert {row["Figure"] for row in figures} == set(FIGURES)
    assert all(row["Counted from"] for row in figures)


def test_every_minute_has_its_evidence(held: Held) -> None:
    found = tables(held.pack())
    proved = {(row["Registration ID"], row["Session ID"]) for row in found["evidence"] if row["Present"] == "yes"}
    assert {(row["Registration ID"], row["Session ID"]) for row in found["presence"]} <= proved


def test_the_manifest_names_each_file_with_its_checksum(held: Held) -> None:
    scan = a_picture(address_of(held.modules[0], held.sessions[0]))
    send(held.front, held.modules[0], scan, "Liste.png")
    with zipfile.ZipFile(held.pack()) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        others = [name for name in archive.namelist() if name != "manifest.json"]
        assert [file["name"] for file in manifest["files"]] == others
        for file in manifest["files"]:
            content = archive.read(file["name"])
            assert (file["size"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert archive.read("scans/001 Liste.png") == scan
    assert (manifest["title"], manifest["funder"], manifest["left_out"]) == ("Foundations", "", [])
    (row,) = tables(held.pack())["scans"]
    assert (row["Session IDs"], row["Checksum (SHA-256)"]) == (str(held.sessions[0]), hashlib.sha256(scan).hexdigest())


def test_the_workbook_has_a_sheet_for_each_table_with_the_same_rows(held: Held) -> None:
    pack = held.pack()
    rows = {name: len(table) for name, table in tables(pack).items()}
    with zipfile.ZipFile(pack) as archive:
        workbook = load_workbook(io.BytesIO(archive.read("tables.xlsx")))
    assert [sheet.max_row - 1 for sheet in workbook.worksheets] == list(rows.values())


def test_the_programme_is_told_and_nothing_in_it_is_a_formula(held: Held) -> None:
    (row,) = tables(held.pack())["programme"]
    assert (row["Title"], row["Speakers"]) == ("'=Diversity", "Dr. Mai Tran, Professor, Uni")


def test_the_record_of_attendance_says_who_was_there_for_how_long(held: Held, tmp_path: Path) -> None:
    require("qpdf")
    adam = Browser(held.front, "adam")
    with zipfile.ZipFile(held.pack(f"{OF_SERIES}/pack.zip?profile_id={a_funder(adam)}")) as archive:
        pdf = archive.read("attendance.pdf")
    text = words(pdf)
    assert "Attendance as recorded" in text
    assert "Gefördert vom Ministerium" in text
    line = next(line for line in text.splitlines() if "0, Person" in line)
    assert line.split()[-2:] == ["315", "315"]
    missed = next(line for line in text.splitlines() if "7, Person" in line)
    assert missed.split()[-2:] == ["–", "–"]
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")
    path = tmp_path / "record.pdf"
    path.write_bytes(pdf)
    check = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (check.returncode, check.stderr) == (0, "")


def test_over_a_series_one_person_signs_on_one_line_where_they_have_a_seat(held: Held) -> None:
    adam = Browser(held.front, "adam")
    profile = a_funder(adam, blank_lines="0")
    browser = Browser(held.front, "alice")
    with browser.client.get(f"{OF_SERIES}/lists.pdf?profile_id={profile}", headers=browser.headers) as answer:
        text = words(answer.get_data())
    lines = [line for line in text.splitlines() if ", Person" in line]
    assert len(lines) == 8
    # Four people have seats at both modules; the others have no place to sign at the second.
    assert [line.count("–") for line in lines] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_name_that_the_fonts_lack_leaves_the_rest_of_the_pack_as_it_is(front: Front) -> None:
    event = front.house.event()
    front.house.register(event, "王 芳")
    with zipfile.ZipFile(Held(front, [], []).pack(f"/organise/events/{event}/attendance/lists/pack.zip")) as archive:
        (left_out,) = json.loads(archive.read("manifest.json"))["left_out"]
        assert "attendance.pdf" not in archive.namelist()
    assert left_out["name"] == "attendance.pdf"
    assert "王" in left_out["why"]


def test_who_takes_a_pack_away(held: Held) -> None:
    paths = (f"{OF_SERIES}/pack.zip", f"/organise/events/{held.modules[0]}/attendance/lists/pack.zip")
    for path in paths:
        statuses = {}
        for name in ("adam", "alice", "audrey", "bob", "charlie"):
            browser = Browser(held.front, name)
            with browser.client.get(path, headers=browser.headers) as answer:
                statuses[name] = answer.status_code
        assert statuses == {"adam": 200, "alice": 200, "audrey": 200, "bob": 403, "charlie": 403}
    assert Browser(held.front, "adam").open(FUNDERS).status == 200
