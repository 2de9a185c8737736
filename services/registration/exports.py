"""Who comes to an event, as a table for spreadsheets."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.registration.models import Registration
from shared.languages import Text, Translator
from shared.languages import text as _
from shared.spreadsheets import Cell, Table

STATE_NAMES: dict[str, Text] = {
    "pending": _("to be confirmed"),
    "confirmed": _("confirmed"),
    "waitlisted": _("on the waitlist"),
    "offered": _("seat offered"),
    "cancelled": _("cancelled"),
    "lapsed": _("lapsed"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom a table is written: in which language, with the clock of which place."""

    translator: Translator
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of people; ``key`` names it in addresses."""

    key: str
    heading: Text
    cell: Callable[[Registration, Reading], Cell]


COLUMNS: Sequence[Column] = (
    Column("number", _("Number"), lambda r, _reading: r.seq),
    Column("last_name", _("Last name"), lambda r, _reading: r.last_name),
    Column("first_name", _("First name"), lambda r, _reading: r.first_name),
    Column("email", _("E-mail"), lambda r, _reading: r.email),
    Column("organisation", _("Organisation"), lambda r, _reading: r.organisation),
    Column("state", _("State"), lambda r, reading: STATE_NAMES[r.state].in_language(reading.translator)),
    Column("locale", _("Language"), lambda r, _reading: r.locale),
    Column("submitted_at", _("Registered at"), lambda r, reading: r.submitted_at.astimezone(reading.zone)),
)


NAME_COLUMNS = ("last_name", "first_name")
CHOSEN_COLUMNS: Sequence[Column] = [column for column in COLUMNS if column.key not in NAME_COLUMNS]


def chosen(keys: Collection[str]) -> Sequence[Column]:
    """The names, and the columns with these keys; all columns if none is chosen."""
    return [column for column in COLUMNS if not keys or column.key in keys or column.key in NAME_COLUMNS]


def people_table(
    title: str, registrations: Iterable[Registration], reading: Reading, columns: Sequence[Column] = COLUMNS
) -> Table:
    """A row for each registration; times are the wall clock of ``reading.zone``."""
    header = [column.heading.in_language(reading.translator) for column in columns]
    return Table(title, header, ([column.cell(r, reading) for column in columns] for r in registrations))
