"""The directory as a table, written and read, with the columns ``name``, ``aliases``, ``municipality`` and ``member``.

A row whose name and municipality are in the directory already changes that entry: the membership is taken over, aliases
are added. So the same table can be read again and again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration import directory
from services.registration.directory import MOST_ALIASES, Draft, draft_of
from services.registration.models import ORGANISATION_NAME_LENGTH, Organisation, OrganisationName
from services.registration.spelling import spelling_key
from shared.audit import Author
from shared.clock import Clock
from shared.database import Database, UnitOfWork
from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _
from shared.spreadsheets import Table
from shared.text import has_control_characters, one_line

COLUMNS = ("name", "aliases", "municipality", "member")
BETWEEN_ALIASES = "|"
IN_ONE_TRANSACTION = 100
"""So that nobody who registers meanwhile waits long."""

_HEADINGS = {
    "name": "name",
    "aliases": "aliases",
    "andere namen": "aliases",
    "municipality": "municipality",
    "ort": "municipality",
    "gemeinde": "municipality",
    "member": "member",
    "mitglied": "member",
}
_YES = frozenset({"yes", "true", "1", "x", "ja", "wahr"})
_NO = frozenset({"", "no", "false", "0", "nein", "falsch"})

Place = tuple[str, str]
"""The key of an entry's name, and its municipality: no two entries have both alike."""


@dataclass(frozen=True, slots=True)
class Row:
    """A good row. ``number`` counts from 1, the heading included; ``entry_id`` is of the entry that it changes."""

    number: int
    draft: Draft
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    errors: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do."""

    rows: Sequence[Row]
    bad: Sequence[BadRow]

    @property
    def new(self) -> int:
        return sum(row.entry_id is None for row in self.rows)

    @property
    def known(self) -> int:
        return len(self.rows) - self.new


def plan(session: Session, table: Sequence[Sequence[str]]) -> Plan:
    """Look through the table, the heading first, and change nothing.

    Raises :class:`InvalidError` (``column_missing``) for a table without names.
    """
    columns = _columns(table[0] if table else ())
    known = _entries_by_place(session)
    seen: dict[Place, int] = {}
    rows: list[Row] = []
    bad: list[BadRow] = []
    for number, cells in enumerate(table[1:], start=2):
        if not any(cells):
            continue
        values = {name: cells[index] if index < len(cells) else "" for name, index in columns.items()}
        draft, errors = _draft(values)
        place = (spelling_key(draft.name), draft.municipality)
        first = seen.setdefault(place, number)
        if first != number:
            errors.append(_("The same organisation stands in row %(number)d already.", number=first))
        if errors:
            bad.append(BadRow(number, errors))
        else:
            rows.append(Row(number, draft, known.get(place)))
    return Plan(rows, bad)


def carry_out(database: Database, clock: Clock, rows: Iterable[Row], author: Author) -> None:
    """Write the rows of a plan, in small transactions. What is interrupted can be read once more from the beginning.

    Registrations follow by the worker. Raises :class:`InvalidError` as :mod:`directory` does.
    """
    # Ascending ids are the order in which everybody locks several entries.
    ordered = sorted(rows, key=lambda row: (row.entry_id is None, str(row.entry_id)))
    for first in range(0, len(ordered), IN_ONE_TRANSACTION):
        with database.unit_of_work(clock()) as uow:
            for row in ordered[first : first + IN_ONE_TRANSACTION]:
                _write(uow, row, author)
            uow.commit()


def table_of(organisations: Iterable[Organisation]) -> Table:
    """The entries, with their names loaded, as :func:`plan` reads them."""
    return Table("organisations", COLUMNS, (_cells(organisation) for organisation in organisations))


def _cells(organisation: Organisation) -> Sequence[str]:
    aliases = f" {BETWEEN_ALIASES} ".join(organisation.aliases)
    return (organisation.name, aliases, organisation.municipality, "yes" if organisation.member else "no")


def _write(uow: UnitOfWork, row: Row, author: Author) -> None:
    if row.entry_id is None:
        directory.add(uow, row.draft, author)
        return
    now = draft_of(directory.entry(uow.session, row.entry_id))
    keys = {spelling_key(name) for name in (now.name, *now.aliases)}
    added = [alias for alias in row.draft.aliases if spelling_key(alias) not in keys]
    if added or row.draft.member != now.member:
        both = Draft(now.name, now.municipality, row.draft.member, [*now.aliases, *added])
        directory.change(uow, row.entry_id, both, author)


def _columns(heading: Sequence[str]) -> Mapping[str, int]:
    found = {_HEADINGS[cell.casefold()]: index for index, cell in enumerate(heading) if cell.casefold() in _HEADINGS}
    if "name" not in found:
        text = _("The first row must name the columns: %(columns)s.", columns=", ".join(COLUMNS))
        raise InvalidError("column_missing", text, errors={"file": [text]})
    return found


def _draft(values: Mapping[str, str]) -> tuple[Draft, list[Text]]:
    errors: list[Text] = []
    names = [one_line(alias) for alias in values.get("aliases", "").split(BETWEEN_ALIASES)]
    name, municipality = one_line(values["name"]), one_line(values.get("municipality", ""))
    aliases = [alias for alias in names if alias]
    member = values.get("member", "").casefold()
    if not name:
        errors.append(_("The name is missing."))
    if any(len(text) > ORGANISATION_NAME_LENGTH for text in (name, municipality, *aliases)):
        errors.append(_("Please use at most %(longest)d characters.", longest=ORGANISATION_NAME_LENGTH))
    if any(map(has_control_characters, (name, municipality, *aliases))):
        errors.append(_("This contains characters that cannot be shown or printed."))
    if len(aliases) > MOST_ALIASES:
        errors.append(_("An organisation can have at most %(most)d other names.", most=MOST_ALIASES))
    if member not in _YES | _NO:
        errors.append(_("Whether it is a member must be yes or no."))
    return Draft(name, municipality, member in _YES, aliases), errors


def _entries_by_place(session: Session) -> Mapping[Place, UUID]:
    query = select(OrganisationName.key, Organisation.municipality, Organisation.id).join(
        Organisation, Organisation.id == OrganisationName.organisation_id
    )
    return {(key, municipality): organisation_id for key, municipality, organisation_id in session.execute(query)}
