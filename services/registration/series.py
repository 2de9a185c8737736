"""Series as registration knows them: the events that catalogue says belong together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from services.registration.models import Event
from shared.errors import NotFoundError
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class Series:
    """``modules`` are its events with their sessions, cancelled ones included, by their beginning."""

    id: UUID
    slug: str
    title: Mapping[str, str]
    modules: Sequence[Event]


def series_of(session: Session, series_id: UUID) -> Series:
    """Raises :class:`NotFoundError` for a series of which no event was published."""
    return _series(session, Event.series_id == series_id)


def series_with_slug(session: Session, slug: str) -> Series:
    """The same by its name in addresses."""
    return _series(session, Event.series_id.is_not(None), Event.series["slug"].as_string() == slug)


def modules_among(session: Session, event_ids: Iterable[UUID]) -> list[Event]:
    """These events with their sessions, by their beginning."""
    return _events(session, Event.id.in_(sorted(event_ids)))


def _series(session: Session, *which: ColumnElement[bool]) -> Series:
    modules = _events(session, *which)
    if not modules:
        raise NotFoundError("series_not_found", _("This series does not exist, or is not open to the public."))
    named: Mapping[str, Any] = max(modules, key=lambda event: event.version).series or {}
    return Series(UUID(named["series_id"]), named["slug"], named["title"], modules)


def _events(session: Session, *which: ColumnElement[bool]) -> list[Event]:
    query = select(Event).where(*which).order_by(Event.starts_at, Event.id).options(selectinload(Event.sessions))
    return list(session.scalars(query.execution_options(populate_existing=True)))
