"""The form of an event: its fields as typed, nested by their dotted names.

The shape is one that templates can rely on, whatever was sent; what the values mean is said by ``organise_input``.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from services.catalogue.models.base import Facts
from services.catalogue.web.organise_times import TURN, turn_of, typed_time
from shared.web.schemas import nested

Values = dict[str, Any]

SINGLE = (
    "slug",
    "kind",
    "format",
    "series_id",
    "module_number",
    "capacity",
    "registration_opens_at",
    "registration_opens_at_turn",
    "registration_closes_at",
    "registration_closes_at_turn",
    "waitlist",
    "max_per_organisation",
    "certificate_share",
)
LOCALISED = ("title", "description", "motto", "audience")
VENUE = ("name", "street", "postcode", "city", "country", "room", "latitude", "longitude")
SESSION = ("id", "starts_at", "starts_at_turn", "ends_at", "ends_at_turn", "time_zone", "teaching_units", "meeting_url")
ITEM = ("starts_at", "starts_at_turn", "ends_at", "ends_at_turn", "kind")
SPEAKER = ("name", "role", "organisation")

NO_WAITLIST = "none"
WHOLE_SHARE = 100


def sent(form: MultiDict[str, str]) -> Values:
    """The values of a form that was sent."""
    tree = nested(form)
    venue = _mapping(tree.get("venue"))
    return {
        **texts(tree, SINGLE),
        **{name: all_texts(tree.get(name)) for name in LOCALISED},
        "languages": form.getlist("languages"),
        "venue": {**texts(venue, VENUE), "accessibility": all_texts(venue.get("accessibility"))},
        "sessions": [texts(row, SESSION) for row in _rows(tree.get("sessions"))],
        "programme": [_item(row) for row in _rows(tree.get("programme"))],
    }


def _item(row: Mapping[str, Any]) -> Values:
    return {
        **texts(row, ITEM),
        "title": all_texts(row.get("title")),
        "speakers": [texts(speaker, SPEAKER) for speaker in _rows(row.get("speakers"))],
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [_mapping(row) for row in value] if isinstance(value, list) else []


def texts(tree: Mapping[str, Any], names: tuple[str, ...]) -> Values:
    return {name: value if isinstance(value := tree.get(name, ""), str) else "" for name in names}


def all_texts(value: Any) -> dict[str, str]:
    return {name: text for name, text in _mapping(value).items() if isinstance(text, str)}


def blank(time_zone: str, series_id: str = "") -> Values:
    """The values of an event that is still to be written, with the rows of one session."""
    chosen = {"kind": "training", "format": "in_person", "waitlist": "promote", "series_id": series_id}
    values = sent(MultiDict(chosen))
    values["venue"]["country"] = "DE"
    values["sessions"] = [new_session(time_zone)]
    return values


def new_session(time_zone: str) -> Values:
    return {**texts({}, SESSION), "time_zone": time_zone}


def written(slug: str, content: Facts, time_zone: str) -> Values:
    """The values of an event that is there; ``time_zone`` is where its registration window and programme are typed."""
    rule, waitlist = content["certificate_rule"], content["waitlist"]
    return {
        **{name: content[name] or {} for name in LOCALISED},
        **{name: _typed(content[name]) for name in ("kind", "format", "series_id", "module_number", "capacity")},
        **_typed_times(content, ("registration_opens_at", "registration_closes_at"), time_zone),
        "languages": content["languages"],
        "slug": slug,
        "max_per_organisation": _typed(content["max_per_organisation"]),
        "waitlist": waitlist["policy"] if waitlist["enabled"] else NO_WAITLIST,
        "certificate_share": f"{rule['min_share_of_hours'] * WHOLE_SHARE:g}" if rule else "",
        "venue": written_venue(content["venue"]),
        "sessions": [_written_session(session) for session in content["sessions"]],
        "programme": [_written_item(item, time_zone) for item in content["programme"]],
    }


def written_venue(venue: Facts | None) -> Values:
    facts = venue or {"country": "DE"}
    return {**{name: _typed(facts.get(name)) for name in VENUE}, "accessibility": facts.get("accessibility") or {}}


def _written_session(session: Facts) -> Values:
    kept = {name: _typed(session[name]) for name in ("id", "time_zone", "teaching_units", "meeting_url")}
    return {**kept, **_typed_times(session, ("starts_at", "ends_at"), session["time_zone"])}


def _written_item(item: Facts, time_zone: str) -> Values:
    kept = {"kind": item["kind"], "title": item["title"], "speakers": item["speakers"]}
    return {**kept, **_typed_times(item, ("starts_at", "ends_at"), time_zone)}


def _typed_times(facts: Facts, names: tuple[str, ...], zone: str) -> Values:
    times = {name: typed_time(facts[name], zone) for name in names}
    return {**times, **{name + TURN: turn_of(facts[name], zone) for name in names}}


def _typed(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def zone_of(values: Values, otherwise: str) -> str:
    """Where the event's other times are typed: the zone of its first session."""
    return next((row["time_zone"] for row in values["sessions"] if row["time_zone"]), otherwise)


def without_blank_rows(values: Values) -> Values:
    """Rows that were added and left empty are not meant."""
    programme = [
        {**item, "speakers": [speaker for speaker in item["speakers"] if any(speaker.values())]}
        for item in values["programme"]
    ]
    return {
        **values,
        "sessions": [row for row in values["sessions"] if row["id"] or row["starts_at"] or row["ends_at"]],
        "programme": [item for item in programme if _is_meant(item)],
    }


def _is_meant(item: Values) -> bool:
    return any(item["title"].values()) or bool(item["speakers"]) or bool(item["ends_at"])


def in_order(values: Values) -> Values:
    """Sessions and programme by their typed starts, as they will be kept, so that errors name the right row."""
    ordered = {name: sorted(values[name], key=_typed_start) for name in ("sessions", "programme")}
    return {**values, **ordered}


def _typed_start(row: Values) -> tuple[bool, str]:
    return not row["starts_at"], row["starts_at"]
