"""The door: who is expected, who has come, and what devices recorded there, some of it while they had no network."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only, selectinload

from services.registration.attendance import Answer, Entry, Recorder, record
from services.registration.booking import Registered, Wish, book
from services.registration.manner import Manner
from services.registration.models import Attendance, Event, EventSession, Registration, organiser
from services.registration.presence import evidence
from services.registration.states import State
from shared.clock import Clock
from shared.database import Database, UnitOfWork
from shared.errors import ConflictError, NotFoundError, ReiheError
from shared.languages import text as _

AT_THE_DOOR = "at the door"
"""The reason that the log of decisions has for a seat given there."""
EARLIER = timedelta(days=1)
LATER = timedelta(days=14)
"""Events are offered at the door so long after they ended, and before they begin."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody was at a session: the row of the ledger that says so, and when it was recorded."""

    row_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who registered, in whatever state, and at which sessions they were."""

    registration: Registration
    arrivals: Mapping[UUID, Arrival]


def events_at_the_door(session: Session, now: datetime) -> Sequence[Event]:
    """Those that take place about now, with their sessions, by their beginning."""
    query = (
        select(Event)
        .where(Event.ends_at > now - EARLIER, Event.starts_at < now + LATER, Event.state != "cancelled")
        .order_by(Event.starts_at, Event.id)
        .options(selectinload(Event.sessions))
    )
    return session.scalars(query).all()


def expected_at(session: Session, event_id: UUID) -> list[Expected]:
    """Everybody who registered, by name; whoever gave their seat up too, so that a door can say what became of it."""
    shown = (Registration.first_name, Registration.last_name, Registration.organisation, Registration.state)
    query = (
        select(Registration)
        .where(Registration.event_id == event_id)
        .order_by(Registration.sort_key, Registration.id)
        .options(load_only(*shown, raiseload=True))
    )
    arrivals = _arrivals(session, event_id)
    return [Expected(registration, arrivals[registration.id]) for registration in session.scalars(query)]


def _arrivals(session: Session, event_id: UUID) -> Mapping[UUID, dict[UUID, Arrival]]:
    query = select(Attendance).where(Attendance.event_id == event_id)
    rows: dict[tuple[UUID, UUID], list[Attendance]] = defaultdict(list)
    for row in session.scalars(query):
        rows[row.registration_id, row.session_id].append(row)
    found: dict[UUID, dict[UUID, Arrival]] = defaultdict(dict)
    for (registration_id, session_id), recorded in rows.items():
        if standing := evidence(recorded):
            found[registration_id][session_id] = Arrival(standing[-1].id, standing[-1].at)
    return found


def record_at_door(
    database: Database, clock: Clock, event_id: UUID, rows: Iterable[tuple[UUID, Entry]], recorder: Recorder
) -> list[Answer]:
    """Record rows of several sessions of one event, each with its session's id; the answers are in no order.

    Each session is a transaction of its own. Where one is not there or does not take place, its rows are refused with
    that reason, and the others are recorded. Raises :class:`BusyError` as :func:`record` does; what was recorded before
    is answered as known when the rows come again.
    """
    by_session: dict[UUID, list[Entry]] = defaultdict(list)
    for session_id, entry in rows:
        by_session[session_id].append(entry)
    answers: list[Answer] = []
    for session_id, entries in by_session.items():
        answers += _record(database, clock, event_id, session_id, entries, recorder)
    return answers


def _record(
    database: Database, clock: Clock, event_id: UUID, session_id: UUID, entries: Sequence[Entry], recorder: Recorder
) -> list[Answer]:
    try:
        with database.unit_of_work(clock()) as uow:
            _refuse_other_events(uow.session, event_id, session_id)
            answers = record(uow, session_id, entries, recorder)
            uow.commit()
    except (NotFoundError, ConflictError) as error:
        return [_refused(entry, error) for entry in entries]
    return answers


def _refused(entry: Entry, error: ReiheError) -> Answer:
    return Answer(entry.id, "refused", error.code, error.text)


def _refuse_other_events(session: Session, event_id: UUID, session_id: UUID) -> None:
    query = select(EventSession.id).where(EventSession.id == session_id, EventSession.event_id == event_id)
    if session.execute(query).first() is None:
        raise NotFoundError("session_not_found", _("This session does not exist."))


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who came without being registered. ``id`` is the device's, so that a second copy is recognised."""

    id: UUID
    first_name: str
    last_name: str
    email: str
    organisation: str
    locale: str
    at: datetime
    device: str = ""


def let_in(uow: UnitOfWork, event_id: UUID, session_id: UUID, person: WalkIn, recorder: Recorder) -> Registered:
    """Give somebody at the door a free seat that nobody who waits may have first, and record that they are there.

    Raises :class:`NotFoundError` for a session of another event, and :class:`ConflictError`: ``no_seat_at_the_door``,
    or what :func:`services.registration.booking.book` refuses with; nothing is kept then. Whoever has come before with
    the same id is answered with the same registration.
    """
    _refuse_other_events(uow.session, event_id, session_id)
    manner = Manner(organiser(recorder.account_id), reason=recorder.link.name if recorder.link else AT_THE_DOOR)
    wish = Wish(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        locale=person.locale,
        organisation=person.organisation,
        idempotency_key=str(person.id),
        body_digest=str(person.id),
        address_confirmed=True,
        manner=manner,
    )
    (outcome,) = book(uow, event_id, [wish])
    if isinstance(outcome, ReiheError):
        raise outcome
    if outcome.state is not State.CONFIRMED:
        raise ConflictError("no_seat_at_the_door", _("No seat is free: all are taken, or others wait for them."))
    entry = Entry(person.id, outcome.registration_id, "door", person.at, device=person.device)
    (answer,) = record(uow, session_id, [entry], recorder)
    if answer.status == "refused" and answer.text is not None:
        raise ConflictError(answer.code, answer.text)
    return outcome
