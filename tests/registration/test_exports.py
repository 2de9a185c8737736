"""The table of an event's people, for spreadsheets."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.registration.exports import COLUMNS, STATE_NAMES, Reading, chosen, people_table
from services.registration.models import Registration
from services.registration.states import State
from shared.languages import translations

READING = Reading(translations("en"), ZoneInfo("Europe/Berlin"))

ANA = Registration(
    seq=1,
    first_name="Ana",
    last_name="Müller",
    email="ana@example.org",
    organisation="Verein",
    state="confirmed",
    locale="de",
    submitted_at=datetime(2027, 1, 31, 23, 30, tzinfo=UTC),
)


def test_everybody_is_a_row_with_local_times() -> None:
    table = people_table("Recht", [ANA], READING)
    assert list(table.header[1:4]) == ["Last name", "First name", "E-mail"]
    [row] = table.rows
    assert list(row[:-1]) == [1, "Müller", "Ana", "ana@example.org", "Verein", "confirmed", "de"]
    assert str(row[-1]) == "2027-02-01 00:30:00+01:00"


def test_chosen_columns_come_with_the_names() -> None:
    assert [column.key for column in chosen(["state"])] == ["last_name", "first_name", "state"]
    assert chosen([]) == list(COLUMNS)


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
