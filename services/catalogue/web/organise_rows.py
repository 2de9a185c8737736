"""The buttons of an event's form that change its rows: the form is shown again, nothing is saved."""

from collections.abc import Mapping, Sequence

from services.catalogue.models.base import Facts
from services.catalogue.web import organise_seats
from services.catalogue.web.organise_typed import Values
from services.catalogue.web.organise_values import ITEM, SPEAKER, new_session, written_venue, zone_of


def changed_rows(values: Values, form: Mapping[str, str], venues: Sequence[Facts], time_zone: str) -> Values | None:
    """What the pressed button makes of the values; None if it was none of theirs."""
    if "add" in form:
        return _added(values, form["add"], time_zone)
    if "remove" in form:
        return _removed(values, form["remove"])
    if "take_venue" in form:
        return _with_venue(values, form["take_venue"], form, venues)
    return None


def _added(values: Values, wanted: str, time_zone: str) -> Values:
    match wanted.split("."):
        case ["sessions"]:
            return {**values, "sessions": [*values["sessions"], new_session(zone_of(values, time_zone))]}
        case ["programme"]:
            return {**values, "programme": [*values["programme"], _next_item(values)]}
        case ["waitlist", name] if name in organise_seats.ROWS:
            values["waitlist"][name].append(organise_seats.new_row(name))
        case ["programme", number, "speakers"] if item := _row(values["programme"], number):
            item["speakers"].append(dict.fromkeys(SPEAKER, ""))
    return values


def _next_item(values: Values) -> Values:
    """Begins where the last one ended, or with the first session."""
    starts_at = ""
    if values["programme"]:
        last = values["programme"][-1]
        starts_at = last["ends_at"] or last["starts_at"]
    elif values["sessions"]:
        starts_at = values["sessions"][0]["starts_at"]
    return {**dict.fromkeys(ITEM, ""), "starts_at": starts_at, "kind": "talk", "title": {}, "speakers": []}


def _removed(values: Values, wanted: str) -> Values:
    match wanted.split("."):
        case [("sessions" | "programme") as name, number]:
            return {**values, name: _without(values[name], number)}
        case ["waitlist", name, number] if name in organise_seats.ROWS:
            values["waitlist"][name] = _without(values["waitlist"][name], number)
        case ["programme", number, "speakers", person] if item := _row(values["programme"], number):
            item["speakers"] = _without(item["speakers"], person)
    return values


def _with_venue(values: Values, path: str, form: Mapping[str, str], venues: Sequence[Facts]) -> Values:
    """With the chosen venue in the fields that begin with the path: the event's own, or those of a session."""
    place = values
    match path.split("."):
        case ["sessions", number, "venue"] if session := _row(values["sessions"], number):
            place = session
    if venue := _row(venues, form.get(f"{path}.known", "")):
        place["venue"] = written_venue(venue)
    return values


def _row(rows: Sequence[Facts], number: str) -> Facts | None:
    return next((row for position, row in enumerate(rows) if str(position) == number), None)


def _without(rows: list[Values], number: str) -> list[Values]:
    return [row for position, row in enumerate(rows) if str(position) != number]
