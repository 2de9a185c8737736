"""A session to start from; tests say only what differs."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.ical import Entry, Person, entry_bytes, feed

LAST_CHANGE = datetime(2026, 2, 3, 10, 11, 12, tzinfo=UTC)

SESSION = Entry(
    uid="s-0198c1d2-7a40-7cc2-9b7e-0d7d2f6b8a11@reihe.example",
    sequence=0,
    starts_at=datetime(2026, 5, 12, 12, 0, tzinfo=UTC),
    ends_at=datetime(2026, 5, 12, 14, 30, tzinfo=UTC),
    time_zone="Europe/Berlin",
    summary="Protokolle, die gelesen werden",
    last_modified=LAST_CHANGE,
)

ORGANIZER = Person("Jugendbildung", "reihe@verband.example")
ATTENDEE = Person("Şirin Öztürk-Müller", "sirin@verein.example")


def session(**changes: Any) -> Entry:
    return replace(SESSION, **changes)


def feed_of(*entries: Entry) -> bytes:
    return feed(
        [entry_bytes(entry) for entry in entries],
        {entry.time_zone for entry in entries},
        name="Modul-Reihe",
        url="https://reihe.example/series/modul-reihe",
        source="https://reihe.example/series/modul-reihe.ics",
        language="de",
    )
