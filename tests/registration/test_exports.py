"""The table of an event's people, for spreadsheets."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.registration.exports import STATE_NAMES, Reading, chosen, columns_of, people_table
from services.registration.models import Event, Registration
from services.registration.people import Entrant
from services.registration.states import State
from shared.languages import translations
from tests.registration.asking import MEAL, SEATS_AT_TABLE, a_question

READING = Reading(translations("en"), "en", ZoneInfo("Europe/Berlin"))
EVENT = Event(
    questions=[MEAL, SEATS_AT_TABLE, a_question("day", "date"), a_question("secret", sensitive=True)], largest_party=2
)
ANSWERS = {"meal": "vegan", "table": 4, "day": "2027-03-28", "secret": "x"}

ANA = Registration(
    seq=1,
    first_name="Ana",
    last_name="Müller",
    email="ana@example.org",
    organisation="Verein",
    state="confirmed",
    contact="Bo Berg",
    locale="de",
    submitted_at=datetime(2027, 1, 31, 23, 30, tzinfo=UTC),
)


def test_everybody_is_a_row_with_local_times_the_group_and_the_answers() -> None:
    table = people_table(
        "Recht", [Entrant(ANA, answers=ANSWERS, calendar="declined")], columns_of(EVENT, READING, sensitive=False)
    )
    assert list(table.header[1:4]) == ["Last name", "First name", "E-mail"]
    assert list(table.header[8:]) == ["Registered by", "Calendar reply", "Meal", "Table", "Day"]
    [row] = table.rows
    assert list(row[:7]) == [1, "Müller", "Ana", "ana@example.org", "Verein", "confirmed", "de"]
    assert str(row[7]) == "2027-02-01 00:30:00+01:00"
    assert list(row[8:]) == ["Bo Berg", "declined", "Vegan", 4, date(2027, 3, 28)]


def test_sensitive_answers_are_left_out_unless_the_reader_may_see_them() -> None:
    assert "answer.secret" not in [column.key for column in columns_of(EVENT, READING, sensitive=False)]
    assert columns_of(EVENT, READING, sensitive=True)[-1].cell(Entrant(ANA, answers=ANSWERS)) == "x"


def test_chosen_columns_come_with_the_names() -> None:
    columns = columns_of(EVENT, READING, sensitive=False)
    chosen_keys = [column.key for column in chosen(columns, ["state", "answer.meal"])]
    assert chosen_keys == ["last_name", "first_name", "state", "answer.meal"]
    assert chosen(columns, []) == columns


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
