"""What a certificate is for: one event, or a series as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.notifications.models import Certificate, Earned, Event, Job
from shared.audit import Subject
from shared.errors import NotFoundError
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class Occasion:
    kind: Literal["event", "series"]
    id: UUID

    @property
    def event_id(self) -> UUID | None:
        return self.id if self.kind == "event" else None

    @property
    def series_id(self) -> UUID | None:
        return self.id if self.kind == "series" else None

    @property
    def subject(self) -> Subject:
        return Subject(self.kind, self.id)

    def has(self, table: type[Earned | Certificate | Job]) -> ColumnElement[bool]:
        """Which rows are of it. Certificates for a whole series belong to none of its events."""
        if self.kind == "series":
            return table.series_id == self.id
        return (table.event_id == self.id) & table.series_id.is_(None)


@dataclass(frozen=True, slots=True)
class Told:
    """What notifications knows of an occasion; of a series by its modules that were published."""

    id: UUID
    slug: str
    title: dict[str, str]
    state: str
    """``published`` or ``cancelled``."""
    starts_at: datetime | None
    ends_at: datetime | None
    city: str


def known(session: Session, occasion: Occasion, *, for_update: bool = False) -> Told:
    """The occasion whose certificates are asked for; ``for_update`` lets one at a time ask for it.

    Raises :class:`NotFoundError` while no event of it has been published.
    """
    events = _events(session, occasion, for_update=for_update)
    if not events:
        raise NotFoundError(
            "event_unknown", _("There are no certificates here yet: they begin when the event has been published.")
        )
    if occasion.kind == "series":
        return _told_series(occasion.id, events)
    (event,) = events
    return Told(event.id, event.slug, event.title, event.state, event.starts_at, event.ends_at, event.city)


def _events(session: Session, occasion: Occasion, *, for_update: bool) -> Sequence[Event]:
    query = select(Event).where((Event.series_id if occasion.kind == "series" else Event.id) == occasion.id)
    query = query.order_by(Event.id)
    return session.scalars(query.with_for_update() if for_update else query).all()


def _told_series(series_id: UUID, events: Sequence[Event]) -> Told:
    newest = max(events, key=lambda event: event.changed_at).snapshot["series"]
    takes_place = [event for event in events if not event.is_cancelled]
    moments = [event for event in takes_place or events if event.starts_at and event.ends_at]
    return Told(
        series_id,
        newest["slug"],
        newest["title"],
        "published" if takes_place else "cancelled",
        min((event.starts_at for event in moments if event.starts_at), default=None),
        max((event.ends_at for event in moments if event.ends_at), default=None),
        "",
    )
