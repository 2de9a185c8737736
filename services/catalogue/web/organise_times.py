"""Local times of forms: what people type in the event's zone, and the instants it means.

Where clocks are changed, an hour of the year does not exist and another comes twice. The first is refused with a
reason, the second needs a decision, which travels in a field of its own: ``<name>_turn``, ``first`` or ``second``.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_time

from shared.languages import Text, babel_locale
from shared.languages import text as _
from shared.web import language

TURN = "_turn"
"""What the name of the deciding field adds to the name of the time's field."""


EARLIEST_YEAR, LATEST_YEAR = 2000, 2200
"""What calendars can be sure of; also keeps conversions from leaving what Python can count."""

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{3})?)?")


class LocalTimeError(Exception):
    """The local time names no instant, or two."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


def instant(typed: str, zone: str, turn: str = "") -> datetime:
    """The instant of ``2027-03-28T10:00`` in the zone.

    Raises :class:`LocalTimeError` for what is no date and time, for a time that the zone skips, and for one that comes
    twice while ``turn`` is neither ``first`` nor ``second``.
    """
    local = _parsed(typed)
    candidates = _instants(local, zone)
    if not candidates:
        raise LocalTimeError(_("This time does not exist: clocks are put forward then. Please choose another time."))
    if len(candidates) == 1:
        return candidates[0]
    if turn not in ("first", "second"):
        raise LocalTimeError(_("This time comes twice: clocks are put back then. Please choose which one you mean."))
    return candidates[0] if turn == "first" else candidates[1]


def typed_time(moment: datetime | None, zone: str) -> str:
    """The instant as an input of type ``datetime-local`` holds it."""
    return moment.astimezone(known_zone(zone)).strftime("%Y-%m-%dT%H:%M") if moment else ""


def turn_of(moment: datetime | None, zone: str) -> str:
    """Which of two instants with the same local time this is; empty if there is only this one."""
    if moment is None:
        return ""
    candidates = _instants(moment.astimezone(known_zone(zone)).replace(tzinfo=None, fold=0), zone)
    return ("first", "second")[candidates.index(moment)] if len(candidates) == 2 else ""


def choices(typed: str, zone: str) -> list[tuple[str, str]]:
    """For a local time that comes twice: both, as options of a choice; otherwise nothing."""
    try:
        candidates = _instants(_parsed(typed), zone)
    except LocalTimeError:
        return []
    return list(zip(("first", "second"), map(_named(zone), candidates), strict=True)) if len(candidates) > 1 else []


def _named(zone: str) -> Callable[[datetime], str]:
    clock = known_zone(zone)

    def named(moment: datetime) -> str:
        return str(format_time(moment, "HH:mm (zzzz)", tzinfo=clock, locale=babel_locale(language.locale())))

    return named


def _parsed(typed: str) -> datetime:
    try:
        if not _LOCAL.fullmatch(typed.strip()):
            raise ValueError("no date and time")
        local = datetime.fromisoformat(typed.strip())
    except ValueError as error:
        raise LocalTimeError(_("Please enter a date and a time, such as 2027-03-28 10:00.")) from error
    if not EARLIEST_YEAR <= local.year < LATEST_YEAR:
        raise LocalTimeError(_("This date is too far away."))
    return local


def _instants(local: datetime, zone: str) -> list[datetime]:
    """All instants that a clock in the zone shows as this local time, in order: none, one or two."""
    clock = known_zone(zone)
    both = {local.replace(tzinfo=clock, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(moment for moment in both if moment.astimezone(clock).replace(tzinfo=None, fold=0) == local)


def known_zone(name: str) -> tzinfo:
    """The zone; UTC for a name that is none, which is refused elsewhere."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
