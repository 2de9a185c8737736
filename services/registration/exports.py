"""Who comes to an event, as a table for spreadsheets."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from zoneinfo import ZoneInfo

from services.registration.answer_words import in_words
from services.registration.calendar_answers import WORDS
from services.registration.models import Event, Registration
from services.registration.people import Entrant
from services.registration.questions import Question
from shared.languages import Text, Translator, localised
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
    locale: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of people; ``key`` names it in addresses. ``question`` is that of a column of answers."""

    key: str
    heading: str
    cell: Callable[[Entrant], Cell]
    question: Question | None = None
    words: Callable[[Entrant], str] | None = None
    """The answer as people read it, where the cell is for reckoning."""


Said = Callable[[Registration, Reading], Cell]

OF_REGISTRATIONS: Mapping[str, tuple[Text, Said]] = {
    "number": (_("Number"), lambda r, _reading: r.seq),
    "last_name": (_("Last name"), lambda r, _reading: r.last_name),
    "first_name": (_("First name"), lambda r, _reading: r.first_name),
    "email": (_("E-mail"), lambda r, _reading: r.email),
    "organisation": (_("Organisation"), lambda r, _reading: r.organisation),
    "state": (_("State"), lambda r, reading: STATE_NAMES[r.state].in_language(reading.translator)),
    "locale": (_("Language"), lambda r, _reading: r.locale),
    "submitted_at": (_("Registered at"), lambda r, reading: r.submitted_at.astimezone(reading.zone)),
}
PARTY, THE_PARTY = "party", _("Registered by")
"""The column that says who registered the group."""
ENROLMENT, SERIES_REGISTRATION = "enrolment", _("Series registration")
"""The column that says who is registered for the series, in an event of one."""
CALENDAR, THE_CALENDAR = "calendar", _("Calendar reply")
"""The column that says what the person's calendar has answered."""
NAME_COLUMNS = ("last_name", "first_name")
NO_LONGER_ASKED = _("(no longer asked)")
OF_ANSWERS = "answer."
"""With this begin the keys of columns of answers."""


def columns_of(event: Event, reading: Reading, *, sensitive: bool) -> list[Column]:
    """All columns that the table of the event's people can have; ``sensitive`` answers only for who may see them."""
    columns = [_of_registration(key, heading, said, reading) for key, (heading, said) in OF_REGISTRATIONS.items()]
    if event.largest_party > 1:
        columns.append(
            Column(PARTY, THE_PARTY.in_language(reading.translator), lambda entrant: entrant.registration.contact)
        )
    if event.series:
        columns.append(_of_registration(ENROLMENT, SERIES_REGISTRATION, _enrolment, reading))
    columns.append(_of_calendars(reading))
    return columns + [_of_answers(question, reading) for question in listed_questions(event, sensitive=sensitive)]


def _enrolment(registration: Registration, reading: Reading) -> Cell:
    return _("yes").in_language(reading.translator) if registration.enrolment_id else ""


def _of_calendars(reading: Reading) -> Column:
    def cell(entrant: Entrant) -> Cell:
        return WORDS[entrant.calendar].in_language(reading.translator) if entrant.calendar else ""

    return Column(CALENDAR, THE_CALENDAR.in_language(reading.translator), cell)


def listed_questions(event: Event, *, sensitive: bool) -> list[Question]:
    """Whose answers tables and filters can show: retired ones too, for their answers are kept."""
    questions = [question for question in event.all_questions if question.kind != "info"]
    return [question for question in questions if sensitive or not question.sensitive]


def _of_registration(key: str, heading: Text, said: Said, reading: Reading) -> Column:
    return Column(key, heading.in_language(reading.translator), lambda entrant: said(entrant.registration, reading))


def _of_answers(question: Question, reading: Reading) -> Column:
    heading = localised(question.label, reading.locale)
    if question.retired:
        heading = f"{heading} {NO_LONGER_ASKED.in_language(reading.translator)}"

    def words(entrant: Entrant) -> str:
        return in_words(question, entrant.answers.get(question.key), reading.translator, reading.locale)

    def cell(entrant: Entrant) -> Cell:
        """Numbers and days as such, so that a spreadsheet can reckon with them; of a file its name."""
        value = entrant.answers.get(question.key)
        if value is None or question.kind == "number":
            return cast("Cell", value)
        return date.fromisoformat(value) if question.kind == "date" else words(entrant)

    return Column(OF_ANSWERS + question.key, heading, cell, question, words)


def chosen(columns: Sequence[Column], keys: Collection[str]) -> Sequence[Column]:
    """The names, and the columns with these keys; all columns if none is chosen."""
    return [column for column in columns if not keys or column.key in keys or column.key in NAME_COLUMNS]


def people_table(title: str, entrants: Iterable[Entrant], columns: Sequence[Column]) -> Table:
    """A row for each registration."""
    rows = ([column.cell(entrant) for column in columns] for entrant in entrants)
    return Table(title, [column.heading for column in columns], rows)
