"""The public feeds as bytes: one entry per session, each written once per announcement and language, then kept."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVarTuple
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from services.catalogue.cache import Cache
from services.catalogue.feed_stamps import FeedStamp
from services.catalogue.models import Event
from services.catalogue.models import Session as EventSession
from services.catalogue.settings import CatalogueSettings
from shared.ical import Entry, entry_bytes
from shared.ical import feed as feed_bytes
from shared.languages import Text, localised, translations
from shared.languages import text as _

TRANSLATIONS = Path(__file__).parent / "translations"

MOST_ENTRIES = 5_000
"""Kept in memory, about 1 KB each."""
MOST_FEEDS = 200

KINDS = {
    "training": _("Training"),
    "jubilee": _("Jubilee"),
    "conference": _("Conference"),
    "meeting": _("Meeting"),
}

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
        self._base_url = settings.base_url
        self._name = settings.name
        self._domain = urlsplit(settings.base_url).hostname or ""
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
            name=localised(stamp.title, language) or self._name,
            url=f"{self._base_url}{stamp.page}",
            source=f"{self._base_url}{stamp.path}",
            language=language,
        )
        return Feed(content)

    def _write(
        self, session: Session, query: Select[EventSession, Event], missing: set[UUID], language: str
    ) -> dict[UUID, bytes]:
        written: dict[UUID, bytes] = {}
        for held, event in session.execute(query):
            if held.id in missing:
                written[held.id] = entry_bytes(self._entry(held, event, language))
                self._entries.keep((held.id, event.announced_version, language), written[held.id])
        return written

    def _entry(self, held: EventSession, event: Event, language: str) -> Entry:
        say = _speaker(language)
        title = localised(event.title, language)
        venue = event.venue or {}
        url = f"{self._base_url}/events/{event.slug}"
        return Entry(
            uid=f"s-{held.id}@{self._domain}",
            sequence=held.sequence,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            time_zone=held.time_zone,
            summary=say(_("Cancelled: %(title)s", title=title)) if held.cancelled else title,
            last_modified=held.changed_at,
            description=_description(event, url, language),
            location=_location(event, say),
            url=url,
            latitude=venue.get("latitude"),
            longitude=venue.get("longitude"),
            categories=(say(KINDS[event.kind]),),
            cancelled=held.cancelled,
            language=language,
        )


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
    return query.order_by(EventSession.starts_at, EventSession.id)


def _speaker(language: str) -> Callable[[Text], str]:
    translator = translations(language, TRANSLATIONS)
    return lambda sentence: sentence.in_language(translator)


def _description(event: Event, url: str, language: str) -> str:
    """Without the meeting link, which only people with a seat get."""
    parts = (
        localised(event.motto, language),
        localised(event.description, language),
        _place_in_series(event, language),
        url,
    )
    return "\n\n".join(part for part in parts if part)


def _place_in_series(event: Event, language: str) -> str:
    if event.series is None:
        return ""
    title, number = localised(event.series.title, language), event.module_number
    if number is None:
        return title
    return _speaker(language)(_("Module %(number)d of the series: %(series)s", number=number, series=title))


def _location(event: Event, say: Callable[[Text], str]) -> str:
    """The venue on one line; of an online event, that it is online."""
    address = ", ".join(part for part in _address(event.venue) if part) if event.format != "online" else ""
    if event.format == "in_person":
        return address
    return f"{address} · {say(_('Online'))}" if address else say(_("Online"))


def _address(venue: dict[str, Any] | None) -> Sequence[str]:
    if not venue:
        return ()
    town = f"{venue['postcode']} {venue['city']}".strip()
    return venue["name"], venue["room"], venue["street"], town
