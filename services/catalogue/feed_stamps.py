"""How far a public feed has come: read with one query, before anything of the feed is built."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from services.catalogue.models import CatalogueRevision, Event, Series, metadata
from services.catalogue.models import Session as EventSession
from services.catalogue.selection import EVERYTHING, Selection
from shared.database import Database, UtcDateTime
from shared.errors import NotFoundError
from shared.languages import Content
from shared.languages import text as _

_FORMAT = 1
"""Raise it when the same catalogue is written differently, so that nobody keeps the old bytes."""


@dataclass(frozen=True, slots=True)
class FeedStamp:
    """Which feed, and what it shows: the same stamp means the same bytes.

    ``page`` is the path of the page for people, without ``title`` it is the catalogue, or a selection of it.
    ``revision`` counts what was announced, ``dropped_at`` is when the last session became too old to be shown.
    """

    page: str
    title: Content | None = None
    series_id: UUID | None = None
    event_id: UUID | None = None
    revision: int = 0
    revised_at: datetime | None = None
    dropped_at: datetime | None = None
    selection: Selection = EVERYTHING

    @property
    def path(self) -> str:
        """Of the feed, with its selection."""
        return f"/calendar.ics{self.selection.query}" if self.page == "/" else f"{self.page}.ics"

    @property
    def changed_at(self) -> datetime | None:
        return max(filter(None, (self.revised_at, self.dropped_at)), default=None)

    def etag(self, language: str, installation: str) -> str:
        """Strong; ``installation`` is whatever of its settings stands in the feed."""
        parts = (_FORMAT, self.path, self.revision, self.dropped_at, language, installation)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def catalogue_stamp(database: Database, now: datetime, selection: Selection = EVERYTHING) -> FeedStamp:
    """A selection has the stamp of everything: to see whether it has changed would cost more than to build it again."""
    row = database.first_row(_CATALOGUE, {"now": now})
    return FeedStamp("/", selection=selection, **(row._asdict() if row else {}))


def series_stamp(database: Database, slug: str, now: datetime) -> FeedStamp:
    """Raises :class:`NotFoundError` for a series that is unknown or a draft."""
    row = database.first_row(_SERIES, {"slug": slug, "now": now})
    if row is None:
        raise NotFoundError("series_unknown", _("There is no such series."))
    return FeedStamp(f"/series/{slug}", **row._mapping)


def event_stamp(database: Database, slug: str, now: datetime) -> FeedStamp:
    """Raises :class:`NotFoundError` for an event that is unknown or a draft."""
    row = database.first_row(_EVENT, {"slug": slug, "now": now})
    if row is None:
        raise NotFoundError("event_unknown", _("There is no such event."))
    return FeedStamp(f"/events/{slug}", **row._mapping)


# The statements are made once and name tables instead of classes: a feed that has not changed costs little else.


def _last_dropped(*conditions: ColumnElement[bool]) -> Select[Any]:
    too_old = _sessions.c.shown_until <= bindparam("now", type_=UtcDateTime())
    return select(func.max(_sessions.c.shown_until, type_=UtcDateTime())).where(too_old, *conditions)


_revision, _series, _events, _sessions = (
    metadata.tables[model.__tablename__] for model in (CatalogueRevision, Series, Event, EventSession)
)

_CATALOGUE = select(
    _revision.c.number.label("revision"),
    _revision.c.changed_at.label("revised_at"),
    _last_dropped().scalar_subquery().label("dropped_at"),
)

_SERIES = select(
    _series.c.id.label("series_id"),
    _series.c.title,
    _series.c.revision,
    _series.c.revised_at,
    _last_dropped(_sessions.c.event_id == _events.c.id, _events.c.series_id == _series.c.id)
    .correlate(_series)
    .scalar_subquery()
    .label("dropped_at"),
).where(_series.c.slug == bindparam("slug"), _series.c.state != "draft")

_EVENT = select(
    _events.c.id.label("event_id"),
    _events.c.title,
    _events.c.announced_version.label("revision"),
    _events.c.announced_at.label("revised_at"),
    _last_dropped(_sessions.c.event_id == _events.c.id).correlate(_events).scalar_subquery().label("dropped_at"),
).where(_events.c.slug == bindparam("slug"), _events.c.announced_version.is_not(None))
