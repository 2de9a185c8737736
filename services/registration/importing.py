"""People from a spreadsheet: which columns it has, and adding them by hand, tried out first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registration.answer_columns import answer_in, question_named
from services.registration.booking import Outcome, Wish, book
from services.registration.questions import Question, field_of
from shared.clock import Clock
from shared.database import Database
from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _
from shared.spreadsheets import read_cells
from shared.text import search_key

HEADINGS: Mapping[str, Collection[str]] = {
    "last_name": ("nachname", "familienname", "last name", "surname"),
    "first_name": ("vorname", "first name", "given name"),
    "email": ("e-mail", "email", "e-mail-adresse", "e-mail address"),
    "organisation": ("organisation", "verein", "organization", "association"),
    "locale": ("sprache", "language"),
    "code": ("code",),
}
"""What may stand above a column, as people write it in German and English."""
REQUIRED = ("last_name", "first_name", "email")

MOST_ROWS = 500
IN_ONE_TRANSACTION = 20
"""So that others who want a seat at the event need not wait long."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """What one row says, by field, answers by ``answers.<key>``; ``number`` is the spreadsheet's own: the headings
    are row 1.
    """

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows, and the headings of the columns that are not taken."""

    rows: Sequence[SheetRow]
    ignored: Sequence[str]


def read_people(content: bytes, questions: Sequence[Question]) -> Sheet:
    """The people of a CSV or XLSX file, with columns for the questions of their event.

    Raises :class:`InvalidError` for a file that is neither, holds nobody or too many, or lacks a column.
    """
    header, *lines = read_cells(content, most_rows=MOST_ROWS + 1) or [[]]
    fields = [_field(heading, questions) for heading in header]
    if not set(REQUIRED) <= set(fields):
        raise _refused(_("The first row must name the columns, among them last name, first name and e-mail."))
    rows = [
        SheetRow(number, {field: cell for field, cell in zip(fields, cells, strict=False) if field and cell})
        for number, cells in enumerate(lines, start=2)
        if any(cells)
    ]
    if not rows:
        raise _refused(_("There is nobody in this file."))
    return Sheet(rows, [heading for heading, field in zip(header, fields, strict=True) if heading and not field])


def _field(heading: str, questions: Sequence[Question]) -> str:
    folded = search_key(heading)
    if known := next((field for field, names in HEADINGS.items() if folded in map(search_key, names)), ""):
        return known
    question = question_named(heading, questions) if folded else None
    return field_of(question.key) if question else ""


def answers_in(row: SheetRow, questions: Sequence[Question]) -> dict[str, Any]:
    """The answers of the row, as they are sent."""
    return {one.key: answer_in(one, cell) for one in questions if (cell := row.values.get(field_of(one.key)))}


def _refused(text: Text) -> InvalidError:
    return InvalidError("file_refused", text, errors={"file": [text]})


def try_out(database: Database, clock: Clock, event_id: UUID, wishes: Sequence[Wish]) -> list[Outcome]:
    """What would become of the wishes now: they are answered, and then all of it is taken back."""
    with database.unit_of_work(clock()) as uow:
        return book(uow, event_id, wishes)


def carry_out(database: Database, clock: Clock, event_id: UUID, wishes: Sequence[Wish]) -> list[Outcome]:
    """Add them, in small transactions. What was done stays done; the same wishes again go on with the rest."""
    outcomes: list[Outcome] = []
    for first in range(0, len(wishes), IN_ONE_TRANSACTION):
        with database.unit_of_work(clock()) as uow:
            outcomes += book(uow, event_id, wishes[first : first + IN_ONE_TRANSACTION])
            uow.commit()
    return outcomes
