"""The public feeds as bytes: one entry per session, each written once per announcement and language, then kept."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from services.catalogue.cache import Cache
from services.catalogue.entries import selection_name, session_entry
from services.catalogue.feed_stamps import FeedStamp
from services.catalogue.models import Event
from services.catalogue.models import Session as EventSession
from services.catalogue.settings import CatalogueSettings
from shared.ical import entry_bytes
from shared.ical import feed as feed_bytes
from shared.languages import localised

MOST_ENTRIES = 5_000
"""Kept in memory, about 1 KB each."""
MOST_FEEDS = 200

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Feed:
    content: bytes

    @cached_property
    def compressed(self) -> bytes:
        """The same bytes each time: no time stands in the header."""
        return gzip.compress(self.content, mtime=0)


class Calendars:
    """Builds feeds and keeps what it built. One for each process."""

    def __init__(self, settings: CatalogueSettings) -> None:
        self._settings = settings
        self._base_url = settings.base_url
        self._name = settings.name
        self._entries: Cache[bytes] = Cache(MOST_ENTRIES)
        self._feeds: Cache[Feed] = Cache(MOST_FEEDS)

    def etag(self, stamp: FeedStamp, language: str) -> str:
        return stamp.etag(language, f"{self._name} {self._base_url}")

    def feed(self, session: Session, stamp: FeedStamp, language: str, now: datetime) -> Feed:
        """The whole feed, built only if nobody asked for it since it changed."""
        return self._feeds.get_or_make(self.etag(stamp, language), lambda: self._build(session, stamp, language, now))

    def _build(self, session: Session, stamp: FeedStamp, language: str, now: datetime) -> Feed:
        rows = session.execute(_shown(stamp, now)).all()
        written = {row.id: self._entries.get((row.id, row.announced_version, language)) for row in rows}
        missing = [session_id for session_id, entry in written.items() if entry is None]
        if missing:
            written |= self._write(session, _shown_whole(stamp, now), set(missing), language)
        content = feed_bytes(
            [entry for entry in written.values() if entry is not None],
            {row.time_zone for row in rows},
            name=self._name_of(stamp, language),
            url=f"{self._base_url}{stamp.page}{stamp.selection.query}",
            source=f"{self._base_url}{stamp.path}",
            language=language,
        )
        return Feed(content)

    def _name_of(self, stamp: FeedStamp, language: str) -> str:
        if stamp.title is not None:
            return localised(stamp.title, language)
        return ": ".join(part for part in (self._name, selection_name(stamp.selection, language)) if part)

    def _write(
        self, session: Session, query: Select[EventSession, Event], missing: set[UUID], language: str
    ) -> dict[UUID, bytes]:
        written: dict[UUID, bytes] = {}
        for held, event in session.execute(query):
            if held.id in missing:
                written[held.id] = entry_bytes(session_entry(held, event, self._settings, language))
                self._entries.keep((held.id, event.announced_version, language), written[held.id])
        return written


def _shown(stamp: FeedStamp, now: datetime) -> Select[UUID, str, int | None]:
    query = select(EventSession.id, EventSession.time_zone, Event.announced_version)
    return _narrowed(query, stamp, now)


def _shown_whole(stamp: FeedStamp, now: datetime) -> Select[EventSession, Event]:
    query = select(EventSession, Event).options(joinedload(Event.series))
    return _narrowed(query, stamp, now)


def _narrowed(query: Select[*Columns], stamp: FeedStamp, now: datetime) -> Select[*Columns]:
    query = query.join(Event, EventSession.event_id == Event.id).where(EventSession.shown_until > now)
    if stamp.series_id is not None:
        query = query.where(Event.series_id == stamp.series_id)
    if stamp.event_id is not None:
        query = query.where(Event.id == stamp.event_id)
    query = query.where(*stamp.selection.of_sessions())
    return query.order_by(EventSession.starts_at, EventSession.id)
