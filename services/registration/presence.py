"""What the ledger of attendance says: who was at which session, for how many minutes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Attendance, EventSession

Span = tuple[datetime, datetime]

MinutesBySession = Mapping[UUID, int]

Ledger = Mapping[tuple[UUID, UUID], Sequence[Attendance]]
"""Rows by (registration id, session id)."""


def evidence(entries: Sequence[Attendance]) -> list[Attendance]:
    """What counts of one registration's rows at one session, in the order of the ledger, whichever came first.

    Whoever joined online through their own page is taken to have stayed, for nobody saw them leave. What staff recorded
    of them online, such as a meeting's report, is known better and stands instead.
    """
    standing = not_corrected(entries)
    if any(entry.kind == "online" and not has_joined(entry) for entry in standing):
        return [entry for entry in standing if not has_joined(entry)]
    return standing


def has_joined(entry: Attendance) -> bool:
    """Whether it says that the person joined the meeting through their own page."""
    return entry.kind == "online" and entry.account_id is None


def not_corrected(entries: Sequence[Attendance]) -> list[Attendance]:
    """The rows that say that somebody was present, and that nobody took back.

    A row that another names as corrected no longer counts; a correction that names none stands for all before it.
    """
    corrected = {entry.corrects for entry in entries}
    standing: list[Attendance] = []
    for entry in in_order(entries):
        if entry.kind == "correction" and entry.corrects is None:
            standing = []
        standing.append(entry)
    return [entry for entry in standing if entry.present and entry.id not in corrected]


def in_order(entries: Iterable[Attendance]) -> list[Attendance]:
    return sorted(entries, key=lambda entry: entry.order)


def minutes_present(session: EventSession, entries: Sequence[Attendance]) -> int:
    """Whole minutes within the session; overlapping evidence counts once."""
    spans = sorted(_within(session, entry) for entry in evidence(entries))
    seconds, reached = 0.0, session.starts_at
    for begin, end in spans:
        if end > max(begin, reached):
            seconds += (end - max(begin, reached)).total_seconds()
            reached = end
    return int(seconds) // 60


def _within(session: EventSession, entry: Attendance) -> Span:
    begin = max(entry.from_at or session.starts_at, session.starts_at)
    return begin, min(entry.until_at or session.ends_at, session.ends_at)


def ledger(session: Session, registration_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], list[Attendance]]:
    """All rows of these registrations by (registration id, session id), in the order of the ledger."""
    query = select(Attendance).where(Attendance.registration_id.in_(registration_ids))
    found: dict[tuple[UUID, UUID], list[Attendance]] = defaultdict(list)
    for entry in in_order(session.scalars(query)):
        found[entry.registration_id, entry.session_id].append(entry)
    return found


def minutes_of(registration_id: UUID, sessions: Iterable[EventSession], rows: Ledger) -> dict[UUID, int]:
    """Minutes at each session, for the sessions at which there are any."""
    counted = {s.id: minutes_present(s, rows.get((registration_id, s.id), ())) for s in sessions}
    return {session_id: minutes for session_id, minutes in counted.items() if minutes}
