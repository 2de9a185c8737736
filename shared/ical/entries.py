"""One session as one VEVENT."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Event
from icalendar.prop import vCategory

from shared.ical.text import lines_of, position, printable, text, uri
from shared.ical.zones import in_written_zone, zone_named
from shared.languages import language_tag


@dataclass(frozen=True, slots=True)
class Entry:
    """A session as calendars show it; the texts are in the reader's language, a cancellation's prefix included.

    ``uid`` never changes, ``sequence`` counts the published changes. ``starts_at``, ``ends_at``, ``last_modified`` and
    ``created_at`` are aware; ``time_zone`` is the IANA zone in which the times are shown. An ``all_day`` entry covers
    the days of that zone which it touches. ``conference_url`` is also written below the description, because Outlook
    and Google ignore CONFERENCE. Coordinates are degrees, north and east positive.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    summary: str
    last_modified: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    latitude: float | None = None
    longitude: float | None = None
    categories: tuple[str, ...] = ()
    cancelled: bool = False
    transparent: bool = False
    conference_url: str = ""
    language: str = ""
    created_at: datetime | None = None
    all_day: bool = False


def entry_bytes(entry: Entry) -> bytes:
    """The VEVENT (RFC 5545, 3.6.1) as a feed holds it: equal bytes as long as the entry is equal.

    Raises ``ValueError`` for times without a zone or in the wrong order, an unknown zone, a negative sequence, a line
    end in a URI and half a position.
    """
    return lines_of(entry_component(entry, dtstamp=entry.last_modified))


def entry_component(entry: Entry, *, dtstamp: datetime) -> Event:
    """The VEVENT without people. Raises as ``entry_bytes`` does."""
    check(entry)
    event = Event()
    event.add("uid", text(entry.uid))
    event.add("sequence", entry.sequence)
    _add_times(event, entry)
    _add_stamps(event, entry, dtstamp)
    _add_texts(event, entry)
    _add_places(event, entry)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.transparent or entry.cancelled else "OPAQUE")
    return event


def check(entry: Entry) -> None:
    """Raises ``ValueError`` for times, a sequence or a uid that no calendar can carry."""
    for field, instant in _instants(entry):
        if instant.utcoffset() is None:
            raise ValueError(f"{field} of {entry.uid} has no time zone; pass an aware datetime.")
    if entry.ends_at < entry.starts_at or (entry.ends_at == entry.starts_at and not entry.all_day):
        raise ValueError(f"{entry.uid} ends at {entry.ends_at}, which is not after its start at {entry.starts_at}.")
    if entry.sequence < 0:
        raise ValueError(f"The sequence of {entry.uid} counts from 0; {entry.sequence} is too low.")
    if not entry.uid:
        raise ValueError("An entry needs a uid.")


def _instants(entry: Entry) -> Iterator[tuple[str, datetime]]:
    yield from (("starts_at", entry.starts_at), ("ends_at", entry.ends_at), ("last_modified", entry.last_modified))
    if entry.created_at is not None:
        yield "created_at", entry.created_at


def _add_times(event: Event, entry: Entry) -> None:
    if entry.all_day:
        first, behind_last = _days(entry)
        event.add("dtstart", first)
        event.add("dtend", behind_last)
        return
    times = in_written_zone(entry.time_zone, entry.starts_at, entry.ends_at)
    for name, instant in zip(("dtstart", "dtend"), times, strict=True):
        if instant.tzinfo is UTC:
            event.add(name, instant)
        else:
            # Without tzinfo, for icalendar 7.3 takes Africa/Abidjan and its like for UTC and would add a Z.
            event.add(name, instant.replace(tzinfo=None), parameters={"TZID": entry.time_zone})


def _days(entry: Entry) -> tuple[date, date]:
    """The first day and the day behind the last; an end at midnight does not touch the day that begins there."""
    zone = zone_named(entry.time_zone)
    first = entry.starts_at.astimezone(zone).date()
    last = (entry.ends_at.astimezone(zone) - timedelta(microseconds=1)).date()
    return first, max(first, last) + timedelta(days=1)


def _add_stamps(event: Event, entry: Entry, dtstamp: datetime) -> None:
    event.add("dtstamp", dtstamp)
    event.add("last-modified", entry.last_modified)
    if entry.created_at is not None:
        event.add("created", entry.created_at)


def _add_texts(event: Event, entry: Entry) -> None:
    texts = {"summary": entry.summary, "description": _description(entry), "location": entry.location}
    for name, value in texts.items():
        # libical refuses a property that is blank.
        if printable(value).strip():
            event.add(name, text(value, entry.language))
    if entry.categories:
        categories = vCategory([], params={"LANGUAGE": language_tag(entry.language)} if entry.language else {})
        categories.cats = [text(category) for category in entry.categories]
        event.add("categories", categories)


def _description(entry: Entry) -> str:
    if not entry.conference_url or entry.conference_url in entry.description:
        return entry.description
    return "\n\n".join(part for part in (entry.description, entry.conference_url) if part)


def _add_places(event: Event, entry: Entry) -> None:
    if geo := position(entry.latitude, entry.longitude):
        event.add("geo", geo)
    if entry.url:
        event.add("url", uri(entry.url))
    if entry.conference_url:
        event.add("conference", uri(entry.conference_url, VALUE="URI", FEATURE="VIDEO"))
