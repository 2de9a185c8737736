"""What becomes of a meeting's report: whom its rows mean, and what they add to the ledger."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from services.registration.attendance import Entry, Recorder, record
from services.registration.meeting_reports import Stretch
from services.registration.models import EventSession, Registration
from services.registration.presence import Span
from services.registration.states import State
from shared.database import UnitOfWork
from shared.text import normalised_email, search_key

Becomes = Literal["matched", "ambiguous", "unknown", "outside", "unreadable"]

_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One row and what becomes of it; ``registration`` is there if it is matched."""

    stretch: Stretch
    becomes: Becomes
    registration: Registration | None = None


def look_through(session: Session, held: EventSession, stretches: Sequence[Stretch]) -> list[Line]:
    """Whom each row means: by address, else by name. Only whoever has a seat is meant."""
    query = select(Registration).where(Registration.event_id == held.event_id, Registration.state == State.CONFIRMED)
    people = session.scalars(query.options(joinedload(Registration.person))).all()
    by_address: dict[str, list[Registration]] = defaultdict(list)
    by_name: dict[str, list[Registration]] = defaultdict(list)
    for one in people:
        by_address[normalised_email(one.person.email)].append(one)
        by_name[_name_key(one.name)].append(one)
    lines = []
    for stretch in stretches:
        named = by_name.get(_name_key(stretch.name), [])
        addressed = by_address.get(normalised_email(stretch.email), [])
        # People of one party may have the same address.
        meant = [one for one in addressed if one in named] or addressed or named
        lines.append(_line(held, stretch, meant))
    return lines


def _name_key(name: str) -> str:
    """The same for “Novak, Ana (Guest)” and “Ana Novak”."""
    return " ".join(sorted(_NO_WORD.sub(" ", search_key(_IN_BRACKETS.sub(" ", name))).split()))


def _line(held: EventSession, stretch: Stretch, meant: Sequence[Registration]) -> Line:
    if not meant:
        return Line(stretch, "unknown")
    if len(meant) > 1:
        return Line(stretch, "ambiguous")
    if stretch.from_at is None or stretch.until_at is None or stretch.until_at <= stretch.from_at:
        return Line(stretch, "unreadable")
    if stretch.until_at <= held.starts_at or stretch.from_at >= held.ends_at:
        return Line(stretch, "outside")
    return Line(stretch, "matched", meant[0])


def store(uow: UnitOfWork, held: EventSession, lines: Sequence[Line], account_id: UUID) -> int:
    """Record what matched, the stretches of one person joined; how many rows of the ledger are new.

    The rows' ids follow from what they say, so that the same report again adds nothing. Raises what
    :func:`services.registration.attendance.record` does.
    """
    entries = [
        # Recorded now: what was taken back before this report came does not take the report back.
        Entry(
            _row_id(held, registration_id, span), registration_id, "online", uow.now, from_at=span[0], until_at=span[1]
        )
        for registration_id, spans in _by_person(held, lines).items()
        for span in spans
    ]
    answers = record(uow, held.id, entries, Recorder(account_id)) if entries else []
    return sum(answer.status == "recorded" for answer in answers)


def _row_id(held: EventSession, registration_id: UUID, span: Span) -> UUID:
    return uuid5(held.id, f"{registration_id} {span[0].isoformat()} {span[1].isoformat()}")


def _by_person(held: EventSession, lines: Sequence[Line]) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = defaultdict(list)
    for line in lines:
        begin, end = line.stretch.from_at, line.stretch.until_at
        if line.registration is not None and begin is not None and end is not None:
            found[line.registration.id].append((max(begin, held.starts_at), min(end, held.ends_at)))
    return {registration_id: _joined(spans) for registration_id, spans in found.items()}


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Stretches that overlap or touch are one."""
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
