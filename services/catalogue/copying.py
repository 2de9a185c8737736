"""Use cases: copy an event or a series to other dates, as drafts that nobody has registered for."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.catalogue.listing import find_event, find_series
from services.catalogue.models import Event, Series
from services.catalogue.models.base import Facts
from services.catalogue.programme import create_event, create_series
from services.catalogue.rules import refuse
from services.catalogue.turns import take_turn
from shared.database import UnitOfWork
from shared.languages import text as _
from shared.logs import get_logger

log = get_logger(__name__)

MOST_DAYS = 20 * 366
"""How far dates are moved at most, so that calendars can be sure of them."""

Move = Callable[[datetime], datetime]


def copy_event(uow: UnitOfWork, event_id: UUID, starts_on: date, actor: str) -> Event:
    """A draft whose first session is on that day; all else is moved by as many days, at the same times by the clock.

    What is pending is copied as it would be published. The copy stands alone: it belongs to no series.
    Raises :class:`InvalidError` for an event without sessions and for a date that is too far away.
    """
    take_turn(uow)
    event = find_event(uow.session, event_id)
    copy = _copy(uow, event, _days(event, starts_on), {"series_id": None, "module_number": None}, actor)
    log.info("event_copied", event_id=str(event_id), copy_id=str(copy.id), actor=actor)
    return copy


def copy_series(uow: UnitOfWork, series_id: UUID, starts_on: date, actor: str) -> Series:
    """A draft of the series with drafts of its events, the first of which begins on that day; cancelled ones stay out.

    Raises :class:`InvalidError` if none of its events has a date, and for a date that is too far away.
    """
    take_turn(uow)
    series = find_series(uow.session, series_id)
    events = [find_event(uow.session, event.id) for event in series.events if event.state != "cancelled"]
    dated = sorted((event for event in events if _content(event)["sessions"]), key=_begins)
    if not dated:
        refuse([("starts_on", _("None of the events has a session that could be moved."))])
    days = _days(dated[0], starts_on)
    fields = {name: getattr(series, name) for name in ("title", "description", "certificate_rule")}
    copy = create_series(uow, fields, actor)
    for event in events:
        place = {"series_id": copy.id, "module_number": _content(event)["module_number"]}
        _copy(uow, event, days, place, actor)
    log.info("series_copied", series_id=str(series_id), copy_id=str(copy.id), actor=actor)
    return find_series(uow.session, copy.id)


def _content(event: Event) -> Facts:
    content: Facts = event.pending or event.content
    return content


def _begins(event: Event) -> datetime:
    starts: list[datetime] = [session["starts_at"] for session in _content(event)["sessions"]]
    return min(starts)


def _days(event: Event, starts_on: date) -> int:
    """By how many days everything is moved, as clocks at the first session's place count days."""
    sessions = _content(event)["sessions"]
    if not sessions:
        refuse([("starts_on", _("The event has no session that could be moved."))])
    first = min(sessions, key=lambda session: session["starts_at"])
    starts_at: datetime = first["starts_at"]
    days = (starts_on - starts_at.astimezone(ZoneInfo(first["time_zone"])).date()).days
    if abs(days) > MOST_DAYS:
        refuse([("starts_on", _("This date is too far away."))])
    return days


def _copy(uow: UnitOfWork, event: Event, days: int, place: Facts, actor: str) -> Event:
    content = {**_content(event), **place}
    zone = content["sessions"][0]["time_zone"] if content["sessions"] else "UTC"
    sessions = [_moved(session, _mover(days, session["time_zone"])) for session in content["sessions"]]
    moved = _moved({name: value for name, value in content.items() if name != "sessions"}, _mover(days, zone))
    return create_event(uow, {**moved, "sessions": [{**session, "id": None} for session in sessions]}, actor)


def _mover(days: int, zone_name: str) -> Move:
    """Moves an instant by days, at the same time by the clock there, whether or not clocks were changed between."""
    zone = ZoneInfo(zone_name)

    def moved(moment: datetime) -> datetime:
        local = moment.astimezone(zone)
        # A time that clocks skip becomes what they show then: by way of UTC.
        return (local + timedelta(days=days)).astimezone(UTC).astimezone(zone)

    return moved


def _moved(value: Any, move: Move) -> Any:
    """The same with every instant moved, at any depth."""
    if isinstance(value, datetime):
        return move(value)
    if isinstance(value, dict):
        return {name: _moved(inner, move) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, move) for inner in value]
    return value
