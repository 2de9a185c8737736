"""What registration knows of events: catalogue's snapshots, and what follows from a change of them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from services.registration import seats as event_seats
from services.registration.certificates import judge_all
from services.registration.missing_answers import note_missing_answers
from services.registration.models import Event, EventSession, SeatCounter, table
from services.registration.regrouping import regroup
from services.registration.rule import Group
from services.registration.seats import COUNTERS, event_not_found
from services.registration.series_certificates import ensure_series, judge_all_in
from services.registration.waitlist import settle
from shared.database import UnitOfWork
from shared.messages.catalogue import CertificateRulePart, ProgrammeItemPart, WaitlistPart
from shared.messaging.inbox import insert_for

EVENTS = table(Event)
SESSIONS = table(EventSession)

_SEAT_FIELDS = ("max_per_organisation", "max_per_organisation_until", "largest_party", "confirm_address_minutes")

Snapshot = Mapping[str, Any]
"""The body of an ``event.*`` message."""


def take_over(uow: UnitOfWork, snapshot: Snapshot, version: int, *, cancelled: bool) -> None:
    """Make the snapshot what registration knows of the event.

    A higher capacity, another quota or window gives seats at once; a lower capacity takes none away; a cancelled event
    freezes. Certificates are judged anew, for sessions or the rule may be others.
    """
    event_id = snapshot["event_id"]
    _ensure_counter(uow, event_id)
    # The counters come first: whoever registers meanwhile waits, and decides by the new rule.
    uow.session.execute(select(COUNTERS.c.event_id).where(COUNTERS.c.event_id == event_id).with_for_update())
    groups_before, questions_before = _groups(uow.session, event_id), _questions(uow.session, event_id)
    left = uow.session.scalars(select(Event.series_id).where(Event.id == event_id)).one_or_none()
    if snapshot["series"]:
        ensure_series(uow, snapshot["series"])
    _store_event(uow, snapshot, version, "cancelled" if cancelled else "published")
    _store_sessions(uow, event_id, snapshot["sessions"])
    with event_seats.opened(uow, event_id) as seats:
        seats.capacity = snapshot["capacity"]
        if groups_before not in (None, _groups(uow.session, event_id)):
            regroup(uow, seats, "rule_changed")
        if questions_before not in (None, snapshot["questions"]):
            note_missing_answers(uow, seats.event)
        # The new rule may have other times at which something is due.
        seats.due_at = uow.now
        settle(uow, seats)
    event = event_with_sessions(uow.session, event_id)
    if not cancelled:
        judge_all(uow, event)
    judge_all_in(uow, left, event.series_id)


def _groups(session: Session, event_id: UUID) -> list[list[Group]] | None:
    """Those of the classes and of the pools; None if the event is new."""
    event = session.get(Event, event_id, populate_existing=True)
    if event is None:
        return None
    return [list(event.rule.classes), [pool.group for pool in event.rule.pools]]


def _questions(session: Session, event_id: UUID) -> list[dict[str, Any]] | None:
    """As the event asked them so far; None if it is new."""
    return session.scalars(select(Event.questions).where(Event.id == event_id)).one_or_none()


def _ensure_counter(uow: UnitOfWork, event_id: UUID) -> None:
    values = {"event_id": event_id, "capacity": 0, "confirmed": 0, "waiting": 0, "series_waiting": 0}
    values |= {"next_seq": 1, "version": 0}
    insert = insert_for(uow.session.get_bind().dialect.name, table(SeatCounter))
    uow.session.execute(insert.on_conflict_do_nothing(), [values])


def _store_event(uow: UnitOfWork, snapshot: Snapshot, version: int, state: str) -> None:
    held = [session for session in snapshot["sessions"] if not session["cancelled"]] or snapshot["sessions"]
    first = min(held, key=lambda session: session["starts_at"])
    rule = snapshot["certificate_rule"]
    values = {
        "slug": snapshot["slug"],
        "title": snapshot["title"],
        "kind": snapshot["kind"],
        "format": snapshot["format"],
        "series": _as_json(snapshot["series"]),
        "series_id": snapshot["series"]["series_id"] if snapshot["series"] else None,
        "module_number": snapshot["module_number"],
        "venue": snapshot["venue"],
        "issuer": snapshot["issuer"],
        "state": state,
        "cancellation_reason": snapshot.get("reason"),
        "starts_at": first["starts_at"],
        "ends_at": max(session["ends_at"] for session in held),
        "time_zone": first["time_zone"],
        "registration_opens_at": snapshot["registration_opens_at"],
        "registration_closes_at": snapshot["registration_closes_at"],
        "waitlist": WaitlistPart().dump(snapshot["waitlist"]),
        **{name: snapshot[name] for name in _SEAT_FIELDS},
        "certificate_rule": CertificateRulePart().dump(rule) if rule else None,
        "questions": snapshot["questions"],
        "needs": snapshot["needs"],
        "programme": ProgrammeItemPart(many=True).dump(snapshot["programme"]),
        "version": version,
    }
    insert = insert_for(uow.session.get_bind().dialect.name, EVENTS)
    uow.session.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=values), [{"id": snapshot["event_id"], **values}]
    )


def _as_json(part: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in part.items()} if part else None


def _store_sessions(uow: UnitOfWork, event_id: UUID, sessions: list[dict[str, Any]]) -> None:
    # What the snapshot does not name any more does not take place; its attendance stays evidence.
    uow.session.execute(update(SESSIONS).where(SESSIONS.c.event_id == event_id).values(cancelled=True))
    columns = ("starts_at", "ends_at", "time_zone", "teaching_units", "meeting_url", "venue", "required", "cancelled")
    rows = [
        {"id": session["session_id"], "event_id": event_id, **{c: session[c] for c in columns}} for session in sessions
    ]
    insert = insert_for(uow.session.get_bind().dialect.name, SESSIONS)
    replaced = {column: insert.excluded[column] for column in columns}
    uow.session.execute(insert.on_conflict_do_update(index_elements=["id"], set_=replaced), rows)


def event_with_sessions(session: Session, event_id: UUID) -> Event:
    """The event, its sessions in order; raises :class:`NotFoundError` if it was never published."""
    query = select(Event).where(Event.id == event_id).options(selectinload(Event.sessions))
    return _one(session.scalars(query.execution_options(populate_existing=True)).one_or_none())


def event_with_slug(session: Session, slug: str) -> Event:
    """The same by its name in addresses."""
    query = select(Event).where(Event.slug == slug).options(selectinload(Event.sessions))
    return _one(session.scalars(query).one_or_none())


def event_and_seats(session: Session, event_id: UUID) -> tuple[Event, SeatCounter]:
    """The event without its sessions, and its counters without a lock, by one statement.

    Raises :class:`NotFoundError` if it was never published.
    """
    query = select(Event, SeatCounter).join(SeatCounter, SeatCounter.event_id == Event.id).where(Event.id == event_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise event_not_found()
    event, counter = found
    return event, counter


def seats_of(session: Session, event_id: UUID) -> SeatCounter:
    """The counters, without a lock; raises :class:`NotFoundError` for an unknown event."""
    counter = session.get(SeatCounter, event_id)
    if counter is None:
        raise event_not_found()
    return counter


def seats_by_event(session: Session, event_ids: Iterable[UUID]) -> dict[UUID, SeatCounter]:
    """The counters of several events, without a lock."""
    found = session.scalars(select(SeatCounter).where(SeatCounter.event_id.in_(sorted(event_ids))))
    return {counter.event_id: counter for counter in found}


def _one(event: Event | None) -> Event:
    if event is None:
        raise event_not_found()
    return event
