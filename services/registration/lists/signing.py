"""Attendance lists as PDF, to be signed on paper or as recorded: who stands on them, and for which sessions."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.lists.profiles import COLUMNS, Profile
from services.registration.models import Event, EventSession, Organisation, Registration
from services.registration.presence import MinutesBySession
from services.registration.states import State
from shared import formats
from shared.languages import Content, Translator, babel_locale, localised
from shared.languages import text as _
from shared.typesetting import Words, typeset

_TEMPLATE = Path(__file__).with_name("signing.typ")
MOST_ON_ONE_SHEET = 6
"""Sessions that one list has room for, each with a place to sign."""


@dataclass(frozen=True, slots=True)
class Reading:
    """In whose language a list is printed."""

    translator: Translator
    locale: str


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody with a seat at one event at least; ``registrations`` are by event."""

    registrations: Mapping[UUID, Registration]
    municipality: str

    @property
    def registration(self) -> Registration:
        """What says how they are called."""
        return next(iter(self.registrations.values()))

    def cell(self, column: str) -> str:
        return self.municipality if column == "municipality" else str(getattr(self.registration, column))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list: the sessions for which people sign, and the address that its code leads to.

    ``modules`` are the titles of their events, where the lists are for several.
    """

    sessions: Sequence[EventSession]
    url: str
    modules: Sequence[Content] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed of an event or a series. ``minutes`` are of who was at a session; without them people sign."""

    title: Content
    profile: Profile
    reading: Reading
    made_at: datetime
    minutes: Mapping[UUID, MinutesBySession] | None = None


def lines_of(session: Session, events: Sequence[Event]) -> list[Line]:
    """Everybody who has a seat at one of the events, by name; one person stands on one line."""
    query = (
        select(Registration, Organisation.municipality)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Registration.event_id.in_([event.id for event in events]), Registration.state == State.CONFIRMED)
        .order_by(Registration.sort_key, Registration.id)
    )
    found: dict[tuple[UUID, str], dict[UUID, Registration]] = {}
    places: dict[tuple[UUID, str], str] = {}
    for registration, municipality in session.execute(query):
        # Under one address several people may have been registered, who have different names.
        who = (registration.person_id, registration.sort_key)
        found.setdefault(who, {})[registration.event_id] = registration
        places[who] = places.get(who) or municipality or ""
    return [Line(registrations, places[who]) for who, registrations in found.items()]


def sheets_of(events: Sequence[Event], profile: Profile, base_url: str, session_id: UUID | None = None) -> list[Sheet]:
    """A list for each session that takes place, or as few as have room for all of them; or only that of one."""
    sessions = [one for event in events if not event.is_cancelled or len(events) == 1 for one in event.sessions]
    held = [one for one in sessions if not one.cancelled and session_id in (None, one.id)]
    held.sort(key=lambda one: (one.starts_at, one.id))
    size = 1 if profile.per_session or session_id else MOST_ON_ONE_SHEET
    parts = [held[start : start + size] for start in range(0, len(held), size)]
    titles = {event.id: event.title for event in events}
    return [
        Sheet(
            part,
            f"{base_url}/organise/events/{part[0].event_id}/attendance/{part[0].id}",
            [titles[one] for one in dict.fromkeys(held.event_id for held in part)] if len(events) > 1 else (),
        )
        for part in parts
    ]


def compile_lists(printed: Printed, sheets: Sequence[Sheet], lines: Sequence[Line]) -> bytes:
    """The lists as one PDF/A-2a and PDF/UA-1, each beginning on a page of its own.

    Raises :class:`InvalidError` for letters that the fonts lack.
    """
    reading, profile = printed.reading, printed.profile
    locale = babel_locale(reading.locale)
    labels = _LABELS if printed.minutes is None else {**_LABELS, **_LABELS_OF_RECORDS}
    columns = [column for column in COLUMNS if column in profile.columns]
    words: dict[str, Words] = {
        "language": locale.language,
        "direction": locale.text_direction,
        "labels": {name: sentence.in_language(reading.translator) for name, sentence in labels.items()},
        "title": localised(printed.title, reading.locale),
        "line": profile.line,
        "columns": [COLUMNS[column].in_language(reading.translator) for column in columns],
        "blank": profile.blank_lines if printed.minutes is None else 0,
        "sheets": [_sheet(sheet, reading, _people(printed, sheet, lines, columns)) for sheet in sheets],
    }
    images = {f"code-{number}": _code(sheet.url) for number, sheet in enumerate(sheets)}
    return typeset(_TEMPLATE, words, images, printed.made_at)


_LABELS = {
    "heading": _("Attendance list"),
    "number": _("No."),
    "name": _("Name"),
    "signature": _("Signature"),
    "page": _("Page %(page)s of %(pages)s"),
    "code": _("Code of this list: leads to the session's attendance"),
}
_LABELS_OF_RECORDS = {"heading": _("Attendance as recorded"), "signature": _("Minutes present")}
_NOBODYS_PLACE = "–"


def _people(printed: Printed, sheet: Sheet, lines: Sequence[Line], columns: Sequence[str]) -> list[Words]:
    """Whoever has a seat at one of its events."""
    events = {held.event_id for held in sheet.sessions}
    here = [line for line in lines if not events.isdisjoint(line.registrations)]
    return [_person(line, columns, [_mark(printed, line, held) for held in sheet.sessions]) for line in here]


def _person(line: Line, columns: Sequence[str], marks: Sequence[str]) -> Mapping[str, Words]:
    name = f"{line.registration.last_name}, {line.registration.first_name}"
    return {"name": name, "cells": [line.cell(column) for column in columns], "marks": marks}


def _mark(printed: Printed, line: Line, held: EventSession) -> str:
    """What stands where somebody would sign: nothing, or the minutes; who has no seat there has no place to sign."""
    registration = line.registrations.get(held.event_id)
    if registration is None:
        return _NOBODYS_PLACE
    if printed.minutes is None:
        return ""
    return str(printed.minutes.get(registration.id, {}).get(held.id) or _NOBODYS_PLACE)


def _sheet(sheet: Sheet, reading: Reading, people: list[Words]) -> Mapping[str, Words]:
    first = sheet.sessions[0]
    when = [formats.span(one.starts_at, one.ends_at, reading.locale, one.time_zone) for one in sheet.sessions]
    return {
        "modules": [localised(title, reading.locale) for title in sheet.modules],
        "when": when if len(when) == 1 else [],
        "place": place_of(first) if len(when) == 1 else "",
        "days": [formats.short_date(one.starts_at, reading.locale, one.time_zone) for one in sheet.sessions],
        "people": people,
    }


def place_of(held: EventSession) -> str:
    """The venue and its city; empty for what is only online."""
    venue = held.venue or {}
    return ", ".join(part for part in (venue.get("name", ""), venue.get("city", "")) if part)


def _code(url: str) -> bytes:
    drawing = io.BytesIO()
    segno.make_qr(url, error="m").save(drawing, kind="svg", border=0, xmldecl=False)
    return drawing.getvalue()
