"""The form of an event: its fields as typed, nested by their dotted names.

The shape is one that templates can rely on, whatever was sent; what the values mean is said by ``organise_input``.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from services.catalogue.models.base import Facts
from services.catalogue.web import organise_seats
from services.catalogue.web.organise_typed import Values, all_texts, mapping, rows, texts, typed, typed_times
from shared.web.schemas import nested

SINGLE = (
    "slug",
    "kind",
    "format",
    "invite",
    "series_id",
    "module_number",
    "capacity",
    "registration_opens_at",
    "registration_opens_at_turn",
    "registration_closes_at",
    "registration_closes_at_turn",
    "max_per_organisation",
    "max_per_organisation_until",
    "max_per_organisation_until_turn",
    "largest_party",
    "confirm_address_minutes",
    "on_declined",
    "reply_to",
    "certificate_share",
    "certificate_sessions",
)
TIMES = ("registration_opens_at", "registration_closes_at", "max_per_organisation_until")
CHOSEN = ("kind", "format", "invite", "series_id", "module_number", "capacity", "on_declined", "reply_to")
NUMBERS_OF_SEATS = ("max_per_organisation", "largest_party", "confirm_address_minutes")
LOCALISED = ("title", "description", "motto", "audience")
VENUE = ("name", "street", "postcode", "city", "country", "room", "latitude", "longitude")
SESSION = (
    "id",
    "starts_at",
    "starts_at_turn",
    "ends_at",
    "ends_at_turn",
    "time_zone",
    "teaching_units",
    "meeting_url",
    "required",
)
ITEM = ("starts_at", "starts_at_turn", "ends_at", "ends_at_turn", "kind")
SPEAKER = ("name", "role", "organisation")

WHOLE_SHARE = 100


def sent(form: MultiDict[str, str]) -> Values:
    """The values of a form that was sent."""
    tree = nested(form)
    return {
        **texts(tree, SINGLE),
        **{name: all_texts(tree.get(name)) for name in LOCALISED},
        "languages": form.getlist("languages"),
        "needs": form.getlist("needs"),
        "waitlist": organise_seats.sent(tree.get("waitlist")),
        "venue": _sent_venue(tree.get("venue")),
        "sessions": [_session(row) for row in rows(tree.get("sessions"))],
        "programme": [_item(row) for row in rows(tree.get("programme"))],
    }


def _session(row: Mapping[str, Any]) -> Values:
    return {**texts(row, SESSION), "venue": _sent_venue(row.get("venue"))}


def _sent_venue(tree: Any) -> Values:
    venue = mapping(tree)
    return {**texts(venue, VENUE), "accessibility": all_texts(venue.get("accessibility"))}


def _item(row: Mapping[str, Any]) -> Values:
    return {
        **texts(row, ITEM),
        "title": all_texts(row.get("title")),
        "speakers": [texts(speaker, SPEAKER) for speaker in rows(row.get("speakers"))],
    }


def blank(series_id: str = "") -> Values:
    """The values of an event that is still to be written."""
    chosen = {
        "kind": "training",
        "format": "in_person",
        "invite": "request",
        "largest_party": "1",
        "on_declined": "ask",
        "series_id": series_id,
    }
    values = sent(MultiDict(chosen))
    values["waitlist"] = organise_seats.as_usual()
    values["venue"]["country"] = "DE"
    return values


def new_session(time_zone: str) -> Values:
    return {**texts({}, SESSION), "time_zone": time_zone, "venue": written_venue(None)}


def written(slug: str, content: Facts, time_zone: str) -> Values:
    """The values of an event that is there; ``time_zone`` is where its registration window and programme are typed."""
    return {
        **{name: content[name] or {} for name in LOCALISED},
        **{name: typed(content[name]) for name in CHOSEN},
        **typed_times(content, TIMES, time_zone),
        "languages": content["languages"],
        "needs": content["needs"],
        "slug": slug,
        **{name: typed(content[name]) for name in NUMBERS_OF_SEATS},
        "waitlist": organise_seats.written(content["waitlist"], time_zone),
        **written_rule(content["certificate_rule"]),
        "venue": written_venue(content["venue"]),
        "sessions": [_written_session(session) for session in content["sessions"]],
        "programme": [_written_item(item, time_zone) for item in content["programme"]],
    }


def written_rule(rule: Facts | None) -> Values:
    """What a certificate needs; a rule that asks for nothing is a share of 0."""
    share, sessions = (rule.get("share_of_hours"), rule.get("sessions")) if rule else (None, None)
    if rule is not None and not any(rule.values()):
        share = 0
    return {
        "certificate_share": "" if share is None else f"{share * WHOLE_SHARE:g}",
        "certificate_sessions": typed(sessions),
    }


def written_venue(venue: Facts | None) -> Values:
    facts = venue or {"country": "DE"}
    return {**{name: typed(facts.get(name)) for name in VENUE}, "accessibility": facts.get("accessibility") or {}}


def _written_session(session: Facts) -> Values:
    kept = {name: typed(session[name]) for name in ("id", "time_zone", "teaching_units", "meeting_url")}
    times = typed_times(session, ("starts_at", "ends_at"), session["time_zone"])
    required = "yes" if session["required"] else ""
    return {**kept, **times, "required": required, "venue": written_venue(session["venue"])}


def _written_item(item: Facts, time_zone: str) -> Values:
    kept = {"kind": item["kind"], "title": item["title"], "speakers": item["speakers"]}
    return {**kept, **typed_times(item, ("starts_at", "ends_at"), time_zone)}


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
        "waitlist": organise_seats.without_blank_rows(values["waitlist"]),
        "sessions": [row for row in values["sessions"] if _is_session(row)],
        "programme": [item for item in programme if _is_meant(item)],
    }


def with_a_session(values: Values, time_zone: str) -> Values:
    """With the row of one session at least, as every event has one in the end."""
    return values if values["sessions"] else {**values, "sessions": [new_session(time_zone)]}


def _is_session(row: Values) -> bool:
    return any(row[name] for name in SESSION if name != "time_zone") or not is_blank_venue(row["venue"])


def is_blank_venue(venue: Values) -> bool:
    """Whether nothing was typed but the country, which is there already."""
    words = {**venue, **venue["accessibility"], "country": "", "accessibility": ""}
    return not any(words.values())


def _is_meant(item: Values) -> bool:
    return any(item["title"].values()) or bool(item["speakers"]) or bool(item["ends_at"])


def in_order(values: Values) -> Values:
    """Sessions and programme by their typed starts, as they will be kept, so that errors name the right row."""
    ordered = {name: sorted(values[name], key=_typed_start) for name in ("sessions", "programme")}
    return {**values, **ordered}


def _typed_start(row: Values) -> tuple[bool, str]:
    return not row["starts_at"], row["starts_at"]
