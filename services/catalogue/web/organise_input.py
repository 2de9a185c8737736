"""What the form of an event means: as :class:`EventSchema` loads it, so that form and API share one set of rules."""

import re
from decimal import Decimal, InvalidOperation

from services.catalogue.models.base import Facts
from services.catalogue.web import organise_seats
from services.catalogue.web.organise_times import TURN, LocalTimeError, instant
from services.catalogue.web.organise_typed import Values
from services.catalogue.web.organise_values import LOCALISED, TIMES, WHOLE_SHARE, is_blank_venue, zone_of
from services.catalogue.web.schemas import EventSchema
from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _
from shared.web.schemas import invalid, load

WRONG_SHARE = _("Please enter a share between 0 and 100 %.")

Errors = dict[str, list[Text | str]]


def loaded(values: Values, time_zone: str) -> Facts:
    """What the values mean, as the use cases take it.

    Raises :class:`InvalidError` with the errors of all fields, by the names that the form gives them.
    """
    given, errors = _Input(zone_of(values, time_zone)).of_event(values)
    try:
        fields = load(EventSchema(), given)
    except InvalidError as error:
        raise invalid({**in_form(error), **errors}) from error
    if errors:
        raise invalid(errors)
    return fields


_NAMES_IN_FORM = (
    (re.compile(r"^certificate_rule\.sessions$"), "certificate_sessions"),
    (re.compile(r"^certificate_rule(\..*)?$"), "certificate_share"),
    (re.compile(r"^waitlist\.enabled$"), "waitlist.policy"),
    (re.compile(r"^(waitlist\.\w+\.\d+)\.(question|answers)(\..*)?$"), r"\1.given"),
    (re.compile(r"^languages\..*$"), "languages"),
    (re.compile(r"^needs\..*$"), "needs"),
    (re.compile(r"^(sessions\.\d+)\.id$"), r"\1"),
)


def in_form(error: InvalidError) -> Errors:
    """The error's fields by the names that the form gives them; the error itself if it names no field."""
    if not error.errors:
        return {"": [error.text]}
    named: Errors = {}
    for field, messages in error.errors.items():
        named.setdefault(_name_in_form(field), []).extend(messages)
    return named


def _name_in_form(field: str) -> str:
    for pattern, name in _NAMES_IN_FORM:
        field = pattern.sub(name, field)
    return field


_OPTIONAL = ("series_id", "module_number", "max_per_organisation", "confirm_address_minutes", "reply_to")


class _Input:
    """Turns values into what the schema loads, and gathers what is wrong with times and shares."""

    def __init__(self, time_zone: str) -> None:
        self._time_zone = time_zone
        self._errors: Errors = {}

    def of_event(self, values: Values) -> tuple[Facts, Errors]:
        same = {name: values[name] for name in (*LOCALISED, "languages", "needs", "kind", "format")}
        given = {
            **same,
            **_present(values, "slug", "capacity", "invite", "largest_party", "on_declined"),
            **{name: values[name] or None for name in _OPTIONAL},
            **self._times(values, "", TIMES, self._time_zone),
            "venue": _venue(values["venue"]),
            "sessions": [self._session(row, number) for number, row in enumerate(values["sessions"])],
            "programme": [self._item(row, number) for number, row in enumerate(values["programme"])],
            "waitlist": organise_seats.given(values["waitlist"], self._released_at),
            "certificate_rule": self._certificate_rule(values),
        }
        return given, self._errors

    def _session(self, row: Values, number: int) -> Facts:
        zone = row["time_zone"] or self._time_zone
        optional = {name: row[name] or None for name in ("id", "meeting_url")}
        times = self._times(row, f"sessions.{number}.", ("starts_at", "ends_at"), zone)
        same = {"time_zone": zone, "teaching_units": _figure(row["teaching_units"]), "venue": _venue(row["venue"])}
        return {**_given(times), **optional, **same, "required": bool(row["required"])}

    def _item(self, row: Values, number: int) -> Facts:
        times = self._times(row, f"programme.{number}.", ("starts_at", "ends_at"), self._time_zone)
        return {**_given(times), **{name: row[name] for name in ("kind", "title", "speakers")}}

    def _released_at(self, row: Values, prefix: str) -> str | None:
        return self._time(row, prefix, "released_at", self._time_zone)

    def _times(self, row: Values, prefix: str, names: tuple[str, ...], zone: str) -> Facts:
        return {name: self._time(row, prefix, name, zone) for name in names}

    def _time(self, row: Values, prefix: str, name: str, zone: str) -> str | None:
        if not row[name]:
            return None
        try:
            return instant(row[name], zone, row[name + TURN]).isoformat()
        except LocalTimeError as error:
            self._errors[prefix + name] = [error.text]
            return None

    def _certificate_rule(self, values: Values) -> Facts | None:
        """A session that is required is a rule too."""
        share, sessions = values["certificate_share"], values["certificate_sessions"]
        if not (share or sessions or any(row["required"] for row in values["sessions"])):
            return None
        part = share_of(share) if share else None
        if share and part is None:
            self._errors["certificate_share"] = [WRONG_SHARE]
        return {"share_of_hours": part, "sessions": sessions or None}


def share_of(typed: str) -> float | None:
    """``80`` or ``80,5`` as a share of one; None if it is no share."""
    try:
        number = Decimal(str(_figure(typed)).removesuffix("%").strip())
    except InvalidOperation:
        return None
    return float(number / WHOLE_SHARE) if number.is_finite() and 0 <= number <= WHOLE_SHARE else None


def _present(values: Values, *names: str) -> Facts:
    return {name: values[name] for name in names if values[name]}


def _given(times: Facts) -> Facts:
    return {name: time for name, time in times.items() if time is not None}


def _figure(typed: str) -> str | None:
    """A number with a decimal comma, as people write it, with a point."""
    return typed.strip().replace(",", ".") or None


def _venue(values: Values) -> Facts | None:
    if is_blank_venue(values):
        return None
    position = {name: _figure(values[name]) for name in ("latitude", "longitude")}
    return {**values, **position, "country": values["country"] or "DE"}
