"""Whether one may register for an event now, and if not, why not: what its page says beside the one button."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.catalogue.models import Event

State = Literal["open", "waitlist", "full", "not_open_yet", "closed", "over", "cancelled"]


@dataclass(frozen=True, slots=True)
class Door:
    """``full`` means that all seats are taken and nobody can wait; ``closes_at`` is null while no session is fixed.

    ``reserved`` is how many seats are meant for groups now, be they taken by them or not.
    """

    state: State
    opens_at: datetime | None
    closes_at: datetime | None
    reserved: int

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "waitlist")


def door_of(event: Event, now: datetime) -> Door:
    sessions = event.sessions
    closes_at = event.registration_closes_at or (sessions[0].starts_at if sessions else None)
    return Door(_state(event, closes_at, now), event.registration_opens_at, closes_at, _reserved(event, now))


def _reserved(event: Event, now: datetime) -> int:
    pools = event.waitlist["pools"]
    return sum(pool["seats"] for pool in pools if pool["released_at"] is None or now < pool["released_at"])


def _state(event: Event, closes_at: datetime | None, now: datetime) -> State:
    if event.state == "cancelled":
        return "cancelled"
    if event.last_ends_at and event.last_ends_at <= now:
        return "over"
    if closes_at and closes_at <= now:
        return "closed"
    if event.registration_opens_at and now < event.registration_opens_at:
        return "not_open_yet"
    if free_seats(event):
        return "open"
    return "waitlist" if event.waitlist["enabled"] else "full"


def free_seats(event: Event) -> int:
    """Seats that nobody has; all of them until registration has counted."""
    return event.seats.free if event.seats else event.capacity
