"""What calendars say of a session, in a reader's language."""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from services.catalogue.models import Event
from services.catalogue.models import Session as EventSession
from services.catalogue.models.base import Facts
from services.catalogue.selection import Selection
from services.catalogue.settings import CatalogueSettings
from shared.ical import Entry
from shared.languages import Text, localised, name_of_language, translations
from shared.languages import text as _

TRANSLATIONS = Path(__file__).parent / "translations"

KINDS = {
    "training": _("Training"),
    "jubilee": _("Jubilee"),
    "conference": _("Conference"),
    "meeting": _("Meeting"),
}

Say = Callable[[Text], str]


def session_entry(held: EventSession, event: Event, settings: CatalogueSettings, language: str) -> Entry:
    """As the public sees it: without the meeting link."""
    say = speaker(language)
    title = localised(event.title, language)
    venue = event.venue_of(held) or {}
    url = f"{settings.base_url}/events/{event.slug}"
    return Entry(
        uid=f"s-{held.id}@{domain_of(settings)}",
        sequence=held.sequence,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        time_zone=held.time_zone,
        summary=say(_("Cancelled: %(title)s", title=title)) if held.cancelled else title,
        last_modified=held.changed_at,
        description=_description(event, url, language),
        location=_location(event.format, venue, say),
        url=url,
        latitude=venue.get("latitude"),
        longitude=venue.get("longitude"),
        categories=(say(KINDS[event.kind]),),
        cancelled=held.cancelled,
        language=language,
    )


def domain_of(settings: CatalogueSettings) -> str:
    """What UIDs end in."""
    return urlsplit(settings.base_url).hostname or ""


def selection_name(selection: Selection, language: str) -> str:
    """The selection in a reader's language, as in “Training · Bochum · Turkish”; empty for everything."""
    kind = speaker(language)(KINDS[selection.kind]) if selection.kind else ""
    held_in = name_of_language(selection.language, language) if selection.language else ""
    return " · ".join(part for part in (kind, selection.city, held_in, selection.speaker) if part)


def speaker(language: str) -> Say:
    """Says sentences in a language, outside of a request."""
    translator = translations(language, TRANSLATIONS)
    return lambda sentence: sentence.in_language(translator)


def _description(event: Event, url: str, language: str) -> str:
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
    return speaker(language)(_("Module %(number)d of the series: %(series)s", number=number, series=title))


def _location(event_format: str, venue: Facts, say: Say) -> str:
    """The venue on one line; of an online event, that it is online."""
    address = ", ".join(part for part in _address(venue) if part) if event_format != "online" else ""
    if event_format == "in_person":
        return address
    return f"{address} · {say(_('Online'))}" if address else say(_("Online"))


def _address(venue: Facts) -> Sequence[str]:
    if not venue:
        return ()
    town = f"{venue['postcode']} {venue['city']}".strip()
    return venue["name"], venue["room"], venue["street"], town
