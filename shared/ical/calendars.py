"""Whole iCalendar objects: feeds that are subscribed to, and invitations that go out by mail."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress

from shared.ical.entries import Entry, check, entry_component
from shared.ical.own_lines import Pieces, for_anybody, pieces_of, put_together
from shared.ical.text import common_name, lines_of, mailto, text, uri
from shared.ical.zones import zone_bytes

_PRODUCT = "-//Reihe//Reihe//EN"
_END = b"END:VCALENDAR\r\n"
_ZONE_OF_ENTRY = re.compile(rb"\r\nDTSTART;TZID=([^:]+):")


@dataclass(frozen=True, slots=True)
class Person:
    """Organiser or invited person; ``name`` as people write it, possibly empty."""

    name: str
    email: str


def feed(
    entries: Iterable[bytes],
    zones: Iterable[str],
    *,
    name: str,
    url: str,
    source: str,
    color: str = "steelblue",
    language: str,
) -> bytes:
    """A calendar to subscribe to (RFC 7986), from the results of ``entry_bytes``.

    ``zones`` are the IANA zones of these entries, ``url`` is the page for people, ``source`` the feed's own address,
    ``color`` a colour name of CSS 3. Raises ``ValueError`` if an entry's zone is missing, if ``color`` is no name or a
    URI holds a line end.
    """
    head = _feed_head(name=name, url=url, source=source, color=color, language=language)
    return _joined(head, entries, zones)


def calendar_file(entries: Iterable[bytes], zones: Iterable[str]) -> bytes:
    """A file to import, from the results of ``entry_bytes``: no METHOD, and nothing of a subscription.

    Raises ``ValueError`` if the zone of an entry is not among the IANA ``zones``.
    """
    return _joined(_head(_calendar()), entries, zones)


def invitation(
    entry: Entry,
    *,
    method: Literal["REQUEST", "CANCEL"],
    organizer: Person,
    attendee: Person,
    dtstamp: datetime,
) -> bytes:
    """An iTIP object (RFC 5546, 3.2.2 and 3.2.5) with one VEVENT for one person; a CANCEL is always STATUS:CANCELLED.

    ``dtstamp`` is aware and says when this message was made. Raises ``ValueError`` as ``entry_bytes`` does, for a
    REQUEST of a cancelled entry, and if organiser and attendee are one address.
    """
    _check_invitation(entry, method, organizer, attendee, dtstamp)
    check(entry)
    head, pieces = _invitation_of_anybody(for_anybody(entry), method, organizer.email)
    return _whole(head, put_together(pieces, entry, _attendee(attendee), dtstamp))


@lru_cache(maxsize=256)
def _invitation_of_anybody(entry: Entry, method: str, organizer: str) -> tuple[bytes, Pieces]:
    """What stands before the entry, and the entry but for each one's own lines.

    Many people are invited to one entry, and to write it takes as long as all else that a mail needs.
    """
    event = entry_component(replace(entry, cancelled=method == "CANCEL"), dtstamp=entry.last_modified)
    # Bare, without CN: clients compare the property with the sender.
    event.add("organizer", mailto(organizer))
    calendar = _calendar()
    calendar.add("method", method)
    zone = zone_bytes(entry.time_zone) if _is_in_zone(event) else None
    return _head(calendar) + (zone or b""), pieces_of(event)


def _joined(head: bytes, entries: Iterable[bytes], zones: Iterable[str]) -> bytes:
    body = b"".join(entries)
    definitions = {zone: zone_bytes(zone) for zone in sorted(set(zones))}
    _require_zones(body, definitions)
    return _whole(head, *filter(None, definitions.values()), body)


def _whole(*parts: bytes) -> bytes:
    """Every calendar that leaves this module; tests let strict readers read each."""
    return b"".join((*parts, _END))


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", text(_PRODUCT))
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _head(calendar: Calendar) -> bytes:
    return lines_of(calendar).removesuffix(_END)


def _feed_head(*, name: str, url: str, source: str, color: str, language: str) -> bytes:
    if not (color.isascii() and color.isalpha()):
        raise ValueError(f"COLOR takes a colour name of CSS 3 such as steelblue, not {color!r}.")
    calendar = _calendar()
    calendar.add("name", text(name, language))
    calendar.add("x-wr-calname", text(name))
    calendar.add("color", text(color))
    calendar.add("url", uri(url))
    calendar.add("source", uri(source, VALUE="URI"))
    calendar.add("refresh-interval", text("PT1H"), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", text("PT1H"))
    return _head(calendar)


def _require_zones(body: bytes, definitions: dict[str, bytes | None]) -> None:
    defined = {zone for zone, definition in definitions.items() if definition}
    missing = {zone.decode() for zone in _ZONE_OF_ENTRY.findall(body)} - defined
    if missing:
        raise ValueError(f"Entries are in time zones that are not among zones: {', '.join(sorted(missing))}.")


def _is_in_zone(event: Event) -> bool:
    return "TZID" in event["DTSTART"].params


def _attendee(person: Person) -> vCalAddress:
    return mailto(
        person.email,
        CN=common_name(person.name) or person.email,
        CUTYPE="INDIVIDUAL",
        ROLE="REQ-PARTICIPANT",
        PARTSTAT="NEEDS-ACTION",
        RSVP="TRUE",
    )


def _check_invitation(entry: Entry, method: str, organizer: Person, attendee: Person, dtstamp: datetime) -> None:
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"An invitation is a REQUEST or a CANCEL, not {method!r}.")
    if method == "REQUEST" and entry.cancelled:
        raise ValueError(f"{entry.uid} is cancelled; send CANCEL, for a REQUEST would leave it in calendars.")
    if organizer.email.casefold() == attendee.email.casefold():
        raise ValueError(f"{attendee.email} organises {entry.uid}; clients ignore an invitation to its own organiser.")
    if dtstamp.utcoffset() is None:
        raise ValueError("dtstamp has no time zone; pass an aware datetime.")
