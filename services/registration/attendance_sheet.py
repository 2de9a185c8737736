"""A session's list with ticks, as organisers keep it: what it shows, and what a changed one adds to the ledger.

The sheet says which ticks it showed, so that one that was open for long takes back nothing that others recorded.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.attendance import Answer, Entry, Recorder, record
from services.registration.attendance_list import Attendee
from services.registration.models import Attendance, EventSession, Registration
from services.registration.presence import evidence, ledger
from services.registration.states import State
from shared.database import UnitOfWork, new_id
from shared.errors import FieldErrors, InvalidError
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class Sheet:
    """Whose tick was there when the sheet was made, and whose is there now; ``only`` these are to be saved, if any."""

    shown: frozenset[UUID]
    ticked: frozenset[UUID]
    only: frozenset[UUID] = frozenset()
    reason: str = ""

    @property
    def added(self) -> frozenset[UUID]:
        return self._within(self.ticked - self.shown)

    @property
    def removed(self) -> frozenset[UUID]:
        return self._within(self.shown - self.ticked)

    def _within(self, changed: frozenset[UUID]) -> frozenset[UUID]:
        return changed & self.only if self.only else changed


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the list. ``recorded_at`` is there if the ledger says that they were present."""

    attendee: Attendee
    recorded_at: datetime | None
    ticked: bool

    @property
    def registration(self) -> Registration:
        return self.attendee.registration

    @property
    def can_be_ticked(self) -> bool:
        return self.recorded_at is not None or self.registration.state == State.CONFIRMED

    @property
    def share(self) -> int:
        """Of the event's hours, in per cent."""
        return int(self.attendee.share * 100)


def lines_of(
    session: Session, held: EventSession, attendees: Sequence[Attendee], sheet: Sheet | None = None
) -> list[Line]:
    """The list as it stands, or with the ticks of a sheet that could not be saved."""
    recorded = _standing(session, held, [attendee.registration.id for attendee in attendees])
    return [_line(attendee, recorded.get(attendee.registration.id), sheet) for attendee in attendees]


def _line(attendee: Attendee, row: Attendance | None, sheet: Sheet | None) -> Line:
    ticked = attendee.registration.id in sheet.ticked if sheet else row is not None
    return Line(attendee, row.at if row else None, ticked)


def _standing(session: Session, held: EventSession, ids: Collection[UUID]) -> Mapping[UUID, Attendance]:
    """Of everybody whom the ledger says was at the session, the newest row that says so."""
    rows = ledger(session, ids)
    standing = {one: evidence(rows.get((one, held.id), ())) for one in ids}
    return {one: found[-1] for one, found in standing.items() if found}


def save(uow: UnitOfWork, held: EventSession, sheet: Sheet, account_id: UUID) -> None:
    """Record what the sheet changes; raises :class:`InvalidError` if not all of it can be, and then nothing is."""
    recorded = _standing(uow.session, held, sheet.added | sheet.removed).keys()
    removed = sorted(sheet.removed & recorded)
    if removed and not sheet.reason:
        raise _invalid({"reason": [_("Please say why a tick was taken away.")]})
    entries = [_entry(one, uow.now) for one in sorted(sheet.added - recorded)]
    entries += [_correction(one, uow.now, sheet.reason) for one in removed]
    if entries:
        _refuse_unless_all(record(uow, held.id, entries, Recorder(account_id)))


def _entry(registration_id: UUID, now: datetime) -> Entry:
    return Entry(new_id(), registration_id, "door", now)


def _correction(registration_id: UUID, now: datetime, reason: str) -> Entry:
    return Entry(new_id(), registration_id, "correction", now, present=False, reason=reason)


def _refuse_unless_all(answers: Sequence[Answer]) -> None:
    refused: dict[str, Any] = {answer.code: answer.text for answer in answers if answer.status == "refused"}
    if refused:
        raise _invalid({"": list(refused.values())})


def _invalid(errors: FieldErrors) -> InvalidError:
    return InvalidError("sheet_invalid", _("The attendance was not saved."), errors=errors)
