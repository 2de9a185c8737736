"""What the organisers' pages of one event have in common: who may see them, and the header of the event's room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from services.registration.models import Actor, Event, Registration, SeatCounter, organiser
from services.registration.seats import event_not_found, registration_not_found
from shared.languages import Content
from shared.web.service import now
from shared.web.sign_in import current_staff, required_staff


@dataclass(frozen=True, slots=True)
class Room:
    """The header of an event's room."""

    id: UUID
    title: Content
    state: str
    starts_at: datetime
    city: str
    slug: str


def room_of(event: Event) -> Room:
    city = (event.venue or {}).get("city", "")
    return Room(event.id, event.title, event.state, event.starts_at, city, event.slug)


def known_event(session: Session, event_id: UUID) -> Event:
    """The event without its sessions; raises :class:`NotFoundError` if it was never published."""
    event = session.get(Event, event_id)
    if event is None:
        raise event_not_found()
    return event


def registration_at(session: Session, event_id: UUID, registration_id: UUID) -> Registration:
    """Raises :class:`NotFoundError` for a registration that is not of this event."""
    registration = session.get(Registration, registration_id)
    if registration is None or registration.event_id != event_id:
        raise registration_not_found()
    return registration


def guard(*, readers: tuple[str, ...], writers: tuple[str, ...]) -> Callable[[], None]:
    """For ``before_request``: who may look, and who may change something."""

    def check() -> None:
        required_staff(*(readers if request.method in ("GET", "HEAD") else writers))

    return check


def may(*roles: str) -> bool:
    """Whether whoever is signed in may do what these roles may."""
    staff = current_staff()
    return staff is not None and staff.may(*roles)


def may_give_seats(event: Event, seats: SeatCounter) -> bool:
    """Whether whoever is signed in can give a free seat out of order now."""
    return may_move(event) and seats.confirmed < seats.capacity


def may_offer(event: Event, seats: SeatCounter) -> bool:
    """Whether whoever is signed in can offer a free seat out of order now."""
    offers = event.rule.offers
    return offers is not None and offers.halt(now()) != "too_late_to_offer" and may_give_seats(event, seats)


def may_move(event: Event) -> bool:
    """Whether whoever is signed in can move people in line now."""
    return may("organiser") and not event.is_cancelled and now() < event.ends_at


def acting() -> Actor:
    return organiser(required_staff().account_id)
