"""When a reminder is due. Nothing here knows of the database; all moments are aware, and told in UTC."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.snapshot import Session, SessionFacts, Snapshot

LEAST_NOTICE = timedelta(hours=2)
"""A reminder that would come at night waits for the morning if so much time is left until the start."""
EVENING = timedelta(hours=1)
"""Otherwise it comes so long before the night, which leaves time to send it to all."""
LATEST = timedelta(days=1)
"""So long after it was due a mail after the end is still written, if nothing worked meanwhile."""
_NIGHTS = 3
"""More than one, as the clocks may change in it."""


@dataclass(frozen=True, slots=True)
class When:
    """``amount`` of ``unit`` (``hours``, ``days``) ``before_start`` or ``after_end``: of each session, or once.

    Once is before the first session and after the last one. Days are those of the calendar: a day before 9:00 is 9:00,
    also when the clocks change in between.
    """

    timing: str
    amount: int
    unit: str
    each_session: bool

    @property
    def is_before(self) -> bool:
        return self.timing == "before_start"

    def wanted(self, facts: SessionFacts) -> datetime:
        """The moment that the rule names, in UTC."""
        if self.is_before:
            return self._away_from(facts.starts_at, -self.amount, facts.time_zone)
        return self._away_from(facts.ends_at, self.amount, facts.time_zone)

    def _away_from(self, moment: datetime, amount: int, time_zone: str) -> datetime:
        if self.unit == "hours":
            return moment.astimezone(UTC) + timedelta(hours=amount)
        # The same time of day: local arithmetic does not look at the clocks' changes.
        return (moment.astimezone(ZoneInfo(time_zone)) + timedelta(days=amount)).astimezone(UTC)

    def occasions(self, event: Snapshot) -> Sequence[Session]:
        """The sessions about which there is something to say."""
        sessions = () if event.is_cancelled else event.taking_place
        if self.each_session or not sessions:
            return sessions
        if self.is_before:
            return (min(sessions, key=lambda session: session.facts.starts_at),)
        return (max(sessions, key=lambda session: session.facts.ends_at),)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begins`` until ``ends``, by the clocks of ``zone``, no reminder comes; none if both are the same."""

    begins: time
    ends: time
    zone: ZoneInfo

    @classmethod
    def at(cls, event: Snapshot, facts: SessionFacts) -> Self:
        """Those of the event where the session takes place."""
        return cls(event.quiet_from, event.quiet_until, ZoneInfo(facts.time_zone))

    def include(self, moment: datetime) -> bool:
        at = moment.astimezone(self.zone).time()
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def first_from(self, moment: datetime) -> datetime:
        """The moment itself, or when the quiet hours that it lies in are over; in UTC."""
        moment = moment.astimezone(UTC)
        mornings = (self._at(day, self.ends) for day in self._days_around(moment))
        chances = sorted(one for one in mornings if one >= moment and not self.include(one))
        return moment if not self.include(moment) else chances[0]

    def evening_before(self, moment: datetime) -> datetime | None:
        """The last evening before a moment; None where the nights leave none."""
        evenings = (self._at(day, self.begins) - EVENING for day in self._days_around(moment))
        return max((one for one in evenings if one <= moment and not self.include(one)), default=None)

    def _days_around(self, moment: datetime) -> Iterator[date]:
        local = moment.astimezone(self.zone).date()
        return (local + timedelta(days=number) for number in range(-_NIGHTS, _NIGHTS + 1))

    def _at(self, day: date, at: time) -> datetime:
        # An hour that comes twice counts when it comes last; one that is missing is the next.
        return datetime.combine(day, at.replace(fold=1), self.zone).astimezone(UTC)


def due_at(when: When, facts: SessionFacts, quiet: QuietHours) -> datetime | None:
    """When the reminder about a session is due, never in quiet hours; None if no moment is good before the start."""
    wanted = when.wanted(facts)
    morning = quiet.first_from(wanted)
    if morning == wanted or not when.is_before or morning + LEAST_NOTICE <= facts.starts_at:
        return morning
    return quiet.evening_before(wanted)


def plan(when: When, event: Snapshot, now: datetime, standing: Mapping[UUID, datetime]) -> dict[UUID, datetime]:
    """When each session's reminder is due. ``standing`` is what was planned before.

    What is past is not sent afterwards; what had been planned just so, and is only waiting for its turn, stands.
    """
    found = {one.id: due_at(when, one.facts, QuietHours.at(event, one.facts)) for one in when.occasions(event)}
    return {
        session_id: due
        for session_id, due in found.items()
        if due is not None and (due > now or standing.get(session_id) == due)
    }


def next_chance(when: When, facts: SessionFacts, quiet: QuietHours, due: datetime, now: datetime) -> datetime | None:
    """When something that is due can be written: now, or after the quiet hours that it has run into.

    None once it is too late: the session begins before, or the end is long ago.
    """
    latest = facts.starts_at if when.is_before else due + LATEST
    chance = quiet.first_from(now)
    return chance if chance < latest else None
