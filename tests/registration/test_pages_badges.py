"""Name badges on sheets of labels, and the programme to hand out."""

import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from services.registration.lists.badges import SHEETS
from shared.testing import require
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.test_pages_lists import a_funder, pages, words

A4 = (210, 297)


def pdf_of(front: Front, event: UUID, name: str, language: str = "de") -> bytes:
    browser = Browser(front, "alice", language=language)
    path = f"/organise/events/{event}/attendance/lists/{name}"
    with browser.client.get(path, headers=browser.headers) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        return answer.get_data()


def check(pdf: bytes, tmp_path: Path, language: str = "de") -> None:
    """Declared as PDF/A-2a and PDF/UA-1, in its language; qpdf finds nothing wrong."""
    require("qpdf")
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")
        assert document.Root.Lang == language
    path = tmp_path / "it.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def event(front: Front) -> UUID:
    found = front.house.event(capacity=11)
    for number in range(10):
        front.house.register(found, f"Person {number}", organisation=f"Verein {number}")
    front.house.register(found, "Bartholomäus Freiherr-von-und-zu-Niederschönhausen-Oberammergau", organisation="")
    front.house.register(found, "Waiting Person")
    return found


@pytest.mark.parametrize("labels", SHEETS)
def test_everybody_with_a_seat_has_a_badge(front: Front, event: UUID, labels: str, tmp_path: Path) -> None:
    pdf = pdf_of(front, event, f"badges.pdf?labels={labels}")
    check(pdf, tmp_path)
    text = words(pdf)
    assert all(f"Verein {number}" in text for number in range(10))
    assert "Bartholomäus" in text
    assert "Waiting" not in text
    sheet = SHEETS[labels]
    assert len(pages(pdf)) == -(-11 // (sheet.columns * sheet.rows))


@pytest.mark.parametrize("labels", SHEETS)
def test_labels_fit_on_a_page(labels: str) -> None:
    sheet = SHEETS[labels]
    assert sheet.width * sheet.columns + sheet.gap_x * (sheet.columns - 1) <= A4[0]
    assert sheet.height * sheet.rows + sheet.gap_y * (sheet.rows - 1) <= A4[1]


def test_badges_of_nobody_are_an_empty_page(front: Front, tmp_path: Path) -> None:
    check(pdf_of(front, front.house.event(), "badges.pdf"), tmp_path)


def test_sheets_that_nobody_sells_are_refused(front: Front, event: UUID) -> None:
    page = Browser(front, "alice").open(f"/organise/events/{event}/attendance/lists/badges.pdf?labels=1x1")
    assert page.status == 422


def test_names_from_right_to_left_are_set(front: Front, tmp_path: Path) -> None:
    event = front.house.event()
    front.house.register(event, "ليلى حداد", organisation="جمعية")
    check(pdf_of(front, event, "badges.pdf"), tmp_path)


def item(hour: int, title: str, *speakers: dict[str, str], day: int = 11) -> dict[str, Any]:
    begin = datetime(2027, 2, day, hour, tzinfo=UTC)
    return {
        "starts_at": begin,
        "ends_at": None,
        "kind": "keynote",
        "title": {"de": title, "en": title},
        "speakers": list(speakers),
    }


MAI = {"name": "Dr. Mai Tran", "role": "Professorin", "organisation": "Universität"}


def test_the_programme_says_what_comes_when_and_who_speaks(front: Front, tmp_path: Path) -> None:
    event = front.house.event(programme=[item(9, "Begrüßung"), item(10, "#Vielfalt *lohnt* sich", MAI)])
    pdf = pdf_of(front, event, f"programme.pdf?profile_id={a_funder(Browser(front, 'adam'))}")
    check(pdf, tmp_path)
    text = words(pdf)
    for said in ("Programm", "Vereinsrecht", "10:00", "Begrüßung", "11:00", "#Vielfalt *lohnt* sich", "Dr. Mai Tran"):
        assert said in text
    assert "Gefördert vom Ministerium" in text


def test_a_programme_of_several_days_names_each_day_once(front: Front) -> None:
    house, start = front.house, datetime(2027, 2, 11, 8, tzinfo=UTC)
    sessions = [house.session(start), house.session(start + timedelta(days=1))]
    programme = [item(9, "Eins"), item(10, "Zwei"), item(9, "Drei", day=12)]
    text = words(pdf_of(front, house.event(sessions=sessions, programme=programme), "programme.pdf"))
    days = [line.strip() for line in text.splitlines() if line.strip() in ("11.02.2027", "12.02.2027")]
    assert days == ["11.02.2027", "12.02.2027"]
