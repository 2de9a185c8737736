"""An event's programme as PDF: when, where, and what comes one after the other."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from services.registration.lists.signing import Reading, place_of
from services.registration.models import Event
from shared import formats
from shared.languages import babel_locale, localised
from shared.languages import text as _
from shared.typesetting import Words, typeset

_TEMPLATE = Path(__file__).with_name("programme.typ")


def compile_programme(event: Event, line: str, reading: Reading, made_at: datetime) -> bytes:
    """As PDF/A-2a and PDF/UA-1; ``line`` stands at its foot, such as who funds it. The sessions are loaded.

    Raises :class:`InvalidError` for letters that the fonts lack.
    """
    locale = babel_locale(reading.locale)
    held = [one for one in event.sessions if not one.cancelled]
    words: dict[str, Words] = {
        "language": locale.language,
        "direction": locale.text_direction,
        "heading": _("Programme").in_language(reading.translator),
        "title": localised(event.title, reading.locale),
        "sessions": [
            {"when": formats.span(one.starts_at, one.ends_at, reading.locale, one.time_zone), "place": place_of(one)}
            for one in held
        ],
        "items": [_item(item, event, reading) for item in event.programme],
        "line": line,
    }
    return typeset(_TEMPLATE, words, {}, made_at)


def _item(item: Mapping[str, Any], event: Event, reading: Reading) -> Mapping[str, Words]:
    begin = datetime.fromisoformat(item["starts_at"])
    days = {formats.short_date(one.starts_at, reading.locale, one.time_zone) for one in event.sessions}
    day = formats.short_date(begin, reading.locale, event.time_zone)
    return {
        # Where all is on one day, the head has said which.
        "day": day if len(days) > 1 else "",
        "time": formats.time(begin, reading.locale, event.time_zone),
        "title": localised(item["title"], reading.locale),
        "speakers": [
            ", ".join(part for part in (one["name"], one["role"], one["organisation"]) if part)
            for one in item["speakers"]
        ],
    }
