"""Lists for spreadsheets."""

import csv
import io
from datetime import UTC, datetime

import pytest

from services.registration.exports import STATE_NAMES, neutralised, people_csv
from services.registration.models import Registration
from services.registration.states import State
from shared.languages import translations


def registration(**changes: str) -> Registration:
    values = {
        "seq": 1,
        "first_name": "Ana",
        "last_name": "Müller",
        "email": "ana@example.org",
        "organisation": 'Verein; für "Alle"',
        "state": "confirmed",
        "locale": "de",
        "submitted_at": datetime(2027, 1, 31, 23, 30, tzinfo=UTC),
    }
    return Registration(**{**values, **changes})


def exported(*registrations: Registration) -> bytes:
    return b"".join(people_csv(registrations, translations("en"), "Europe/Berlin"))


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_file_is_what_excel_takes_for_utf8() -> None:
    assert exported().startswith(b"\xef\xbb\xbf")
    assert exported(registration()).count(b"\r\n") == 2


def test_everybody_is_a_row_with_local_times() -> None:
    header, row = rows(exported(registration()))
    assert header[1:4] == ["Last name", "First name", "E-mail"]
    assert row == [
        "1",
        "Müller",
        "Ana",
        "ana@example.org",
        'Verein; für "Alle"',
        "confirmed",
        "de",
        "2027-02-01 00:30",
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+49 123", "-2", "@SUM(A1)", "  =1", "\t=1", "\u00a0=1", "|calc", "%0A"])
def test_nothing_in_it_is_computed(cell: str) -> None:
    assert neutralised(cell) == f"'{cell}"
    assert rows(exported(registration(organisation=cell)))[1][4] == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ana", "1", "a=b", "Ünlü", "'quoted'"])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    assert neutralised(cell) == cell


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
