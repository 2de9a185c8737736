"""Recording attendance: rows of evidence from a door, answered one by one, harmless when they come twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from services.registration.attendance_told import tell_presence
from services.registration.certificates import judge, locked_registrations
from services.registration.events import event_with_sessions
from services.registration.models import Attendance, DoorLink, EventSession, Registration, row, table, unkept
from services.registration.presence import ledger as rows_of
from services.registration.refusals import event_frozen
from services.registration.states import State
from shared.audit import Author, Subject, added, by_account, by_link, by_person
from shared.database import UnitOfWork
from shared.errors import BusyError, ConflictError, NotFoundError
from shared.languages import Text
from shared.languages import text as _
from shared.rows import insert_rows

ATTENDANCE = table(Attendance)

KINDS = ("scan", "door", "self", "online", "paper", "correction")


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records: a member of staff, or somebody with a link for the door that the member of staff made."""

    account_id: UUID
    link: DoorLink | None = None

    @property
    def author(self) -> Author:
        return by_link(self.link.id, self.link.name) if self.link else by_account(self.account_id)


@dataclass(frozen=True, slots=True)
class Themselves:
    """The person whose registrations these are records them, on their own page."""

    person_id: UUID
    account_id: ClassVar[None] = None
    link: ClassVar[None] = None

    @property
    def author(self) -> Author:
        return by_person(self.person_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as a device sends it; ``id`` is the device's. Without ``from_at`` and ``until_at``: the whole session.

    It corrects what was recorded before if it says so, or says that somebody was not present, and then needs a reason.
    """

    id: UUID
    registration_id: UUID
    kind: str
    at: datetime
    present: bool = True
    from_at: datetime | None = None
    until_at: datetime | None = None
    corrects: UUID | None = None
    reason: str = ""
    device: str = ""

    @property
    def is_correction(self) -> bool:
        return self.kind == "correction" or self.corrects is not None or not self.present


Status = Literal["recorded", "known", "refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row; ``known``: the same was recorded before. ``code`` and ``text`` say why it is refused."""

    id: UUID
    status: Status
    code: str = ""
    text: Text | None = None


REFUSALS: Mapping[str, Text] = {
    "registration_unknown": _("This registration does not exist at this event."),
    "not_confirmed": _("This person has no seat at this event."),
    "id_reused": _("This id was used for another row. Every row needs an id of its own."),
    "reason_required": _("A correction needs a reason."),
    "corrects_unknown": _("The row that this one corrects does not exist for this person and session."),
    "span_empty": _("The end must be later than the beginning."),
}


def record(
    uow: UnitOfWork, session_id: UUID, entries: Sequence[Entry], recorder: Recorder | Themselves
) -> list[Answer]:
    """Add the rows to the ledger, and judge who has earned a certificate now; the answers are in the rows' order.

    Raises :class:`NotFoundError` for an unknown session, :class:`ConflictError` if it does not take place,
    :class:`BusyError` if a row of somebody else took one of the ids at the same moment.
    """
    held = _held_session(uow.session, session_id)
    registrations = _registrations(uow.session, held, entries)
    ledger = _Ledger(uow, held, registrations, entries, recorder)
    answers = [ledger.answer(entry) for entry in entries]
    ledger.store()
    if ledger.changed:
        concerned = [registrations[one] for one in sorted(ledger.changed)]
        rows_of_all = rows_of(uow.session, ledger.changed)
        tell_presence(uow, ledger.new_ids, concerned, rows_of_all)
        event = event_with_sessions(uow.session, held.event_id)
        rows = added(rows=sum(answer.status == "recorded" for answer in answers))
        subject = Subject("session", held.id)
        uow.audit("attendance.recorded", recorder.author, subject, event_id=event.id, changes=rows)
        judge(uow, event, concerned, rows_of_all)
    return answers


def _held_session(session: Session, session_id: UUID) -> EventSession:
    held = session.get(EventSession, session_id, options=[joinedload(EventSession.event)])
    if held is None:
        raise NotFoundError("session_not_found", _("This session does not exist."))
    if held.event.is_cancelled:
        raise event_frozen()
    if held.cancelled:
        raise ConflictError("session_cancelled", _("This session does not take place."))
    return held


def _registrations(session: Session, held: EventSession, entries: Iterable[Entry]) -> dict[UUID, Registration]:
    ids = {entry.registration_id for entry in entries}
    which = Registration.id.in_(ids) & (Registration.event_id == held.event_id)
    return {registration.id: registration for registration in locked_registrations(session, which)}


class _Ledger:
    """The rows of one session while new ones join; the registrations concerned are locked."""

    def __init__(
        self,
        uow: UnitOfWork,
        held: EventSession,
        registrations: Mapping[UUID, Registration],
        entries: Sequence[Entry],
        recorder: Recorder | Themselves,
    ) -> None:
        self._uow = uow
        self._held = held
        self._registrations = registrations
        self._recorder = recorder
        self._known = self._rows([entry.id for entry in entries] + [e.corrects for e in entries if e.corrects])
        self._new: list[Attendance] = []
        self.changed: set[UUID] = set()

    @property
    def new_ids(self) -> set[UUID]:
        return {added.id for added in self._new}

    def _rows(self, ids: Sequence[UUID]) -> dict[UUID, Attendance]:
        query = select(Attendance).where(Attendance.id.in_(ids))
        return {known.id: known for known in self._uow.session.scalars(query)}

    def answer(self, entry: Entry) -> Answer:
        known = self._known.get(entry.id)
        if known is not None and self._is_same(known, entry):
            return Answer(entry.id, "known")
        code = "id_reused" if known is not None else self._objection(entry)
        if code:
            return Answer(entry.id, "refused", code, REFUSALS[code])
        self._add(entry)
        return Answer(entry.id, "recorded")

    def _is_same(self, known: Attendance, entry: Entry) -> bool:
        names = ("registration_id", "kind", "present", "from_at", "until_at", "corrects", "reason")
        return known.session_id == self._held.id and all(getattr(known, name) == getattr(entry, name) for name in names)

    def _objection(self, entry: Entry) -> str:
        """The code of what is wrong with a new row; empty if nothing is."""
        registration = self._registrations.get(entry.registration_id)
        if registration is None:
            return "registration_unknown"
        if entry.is_correction and not entry.reason:
            return "reason_required"
        if not entry.is_correction and registration.state != State.CONFIRMED:
            return "not_confirmed"
        if entry.corrects is not None and not self._corrects_own(entry):
            return "corrects_unknown"
        begin, end = entry.from_at or self._held.starts_at, entry.until_at or self._held.ends_at
        return "span_empty" if end <= begin else ""

    def _corrects_own(self, entry: Entry) -> bool:
        corrected = self._known.get(entry.corrects) if entry.corrects else None
        return (
            corrected is not None
            and corrected.session_id == self._held.id
            and corrected.registration_id == entry.registration_id
        )

    def _add(self, entry: Entry) -> None:
        added = unkept(
            Attendance,
            id=entry.id,
            event_id=self._held.event_id,
            session_id=self._held.id,
            registration_id=entry.registration_id,
            kind=entry.kind,
            present=entry.present,
            from_at=entry.from_at,
            until_at=entry.until_at,
            at=entry.at,
            corrects=entry.corrects,
            reason=entry.reason,
            account_id=self._recorder.account_id,
            door_link_id=self._recorder.link.id if self._recorder.link else None,
            device=entry.device,
            recorded_at=self._uow.now,
        )
        self._known[entry.id] = added
        self._new.append(added)
        self.changed.add(entry.registration_id)

    def store(self) -> None:
        """Raises :class:`BusyError` if one of the ids came for somebody else at the same moment."""
        try:
            if self._new:
                insert_rows(self._uow.session, ATTENDANCE, [row(added) for added in self._new])
        except IntegrityError as error:
            # The other row is committed, so that the same rows sent again get an answer for each.
            raise BusyError(
                "busy", _("One of these ids was used at the same moment. Please send the rows again.")
            ) from error
