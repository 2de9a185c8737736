"""Attendance lists to be signed on paper, as PDF: who stands on them, and for which session they are."""

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
from services.registration.states import State
from shared import formats
from shared.languages import Translator, babel_locale, localised
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
    """Somebody with a seat."""

    registration: Registration
    municipality: str

    def cell(self, column: str) -> str:
        return self.municipality if column == "municipality" else str(getattr(self.registration, column))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list: the sessions for which people sign, and the address that its code leads to."""

    sessions: Sequence[EventSession]
    url: str


def lines_of(session: Session, event: Event) -> list[Line]:
    """Everybody who has a seat, by name."""
    query = (
        select(Registration, Organisation.municipality)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
        .order_by(Registration.sort_key, Registration.id)
    )
    return [Line(registration, municipality or "") for registration, municipality in session.execute(query)]


def sheets_of(event: Event, profile: Profile, base_url: str, session_id: UUID | None = None) -> list[Sheet]:
    """A list for each session that takes place, or as few as have room for all of them; or only that of one."""
    held = [one for one in event.sessions if not one.cancelled and session_id in (None, one.id)]
    size = 1 if profile.per_session or session_id else MOST_ON_ONE_SHEET
    parts = [held[start : start + size] for start in range(0, len(held), size)]
    url = f"{base_url}/organise/events/{event.id}/attendance"
    return [Sheet(part, f"{url}/{part[0].id}") for part in parts]


def compile_lists(
    event: Event,
    sheets: Sequence[Sheet],
    lines: Sequence[Line],
    profile: Profile,
    reading: Reading,
    made_at: datetime,
) -> bytes:
    """The lists as one PDF/A-2a and PDF/UA-1, each beginning on a page of its own.

    Raises :class:`InvalidError` for letters that the fonts lack.
    """
    locale = babel_locale(reading.locale)
    say = {name: sentence.in_language(reading.translator) for name, sentence in _LABELS.items()}
    columns = [column for column in COLUMNS if column in profile.columns]
    words: dict[str, Words] = {
        "language": locale.language,
        "direction": locale.text_direction,
        "labels": say,
        "title": localised(event.title, reading.locale),
        "line": profile.line,
        "columns": [COLUMNS[column].in_language(reading.translator) for column in columns],
        "people": [_person(line, columns) for line in lines],
        "blank": profile.blank_lines,
        "sheets": [_sheet(sheet, reading) for sheet in sheets],
    }
    images = {f"code-{number}": _code(sheet.url) for number, sheet in enumerate(sheets)}
    return typeset(_TEMPLATE, words, images, made_at)


_LABELS = {
    "heading": _("Attendance list"),
    "number": _("No."),
    "name": _("Name"),
    "signature": _("Signature"),
    "page": _("Page %(page)s of %(pages)s"),
    "code": _("Code of this list: leads to the session's attendance"),
}


def _person(line: Line, columns: Sequence[str]) -> Mapping[str, Words]:
    name = f"{line.registration.last_name}, {line.registration.first_name}"
    return {"name": name, "cells": [line.cell(column) for column in columns]}


def _sheet(sheet: Sheet, reading: Reading) -> Mapping[str, Words]:
    first = sheet.sessions[0]
    when = [formats.span(one.starts_at, one.ends_at, reading.locale, one.time_zone) for one in sheet.sessions]
    return {
        "when": when if len(when) == 1 else [],
        "place": _place(first) if len(when) == 1 else "",
        "days": [formats.short_date(one.starts_at, reading.locale, one.time_zone) for one in sheet.sessions],
    }


def _place(held: EventSession) -> str:
    venue = held.venue or {}
    return ", ".join(part for part in (venue.get("name", ""), venue.get("city", "")) if part)


def _code(url: str) -> bytes:
    drawing = io.BytesIO()
    segno.make_qr(url, error="m").save(drawing, kind="svg", border=0, xmldecl=False)
    return drawing.getvalue()
