"""The demo programme: read from a file, dated from today, and loaded through the same use cases as the interface's."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from services.catalogue import programme, publishing
from services.catalogue.announcements import Issuer
from services.catalogue.models import Event, Series
from services.catalogue.web.schemas import EventSchema, SeriesSchema
from shared.database import Database, UnitOfWork
from shared.web.schemas import load as load_fields

PROGRAMME = Path(__file__).parent / "programme.json"
ACTOR = "demo"

Facts = dict[str, Any]

_SESSION_FIELDS = ("teaching_units", "meeting_url")
_ITEM_FIELDS = ("kind", "title", "speakers")


def load(database: Database, issuer: Issuer, now: datetime) -> list[str]:
    """Load and publish the demo if the catalogue is empty; lines that say what was done."""
    demo = json.loads(PROGRAMME.read_text())
    with database.unit_of_work(now) as uow:
        if _has_content(uow):
            return []
        written = sum(1 for _event in _write(uow, demo, issuer))
        uow.commit()
    return [f"Loaded the demo programme: {written} events"]


def _has_content(uow: UnitOfWork) -> bool:
    return any(uow.session.scalar(select(func.count()).select_from(model)) for model in (Series, Event))


def _write(uow: UnitOfWork, demo: Facts, issuer: Issuer) -> Iterator[Event]:
    calendar = _Calendar(demo["time_zone"], uow.now)
    for given in demo["series"]:
        facts = {name: value for name, value in given.items() if name != "modules"}
        series = programme.create_series(uow, load_fields(SeriesSchema(), facts), ACTOR)
        for module in given["modules"]:
            yield _write_event(uow, calendar.event(module, demo["venues"], series.id), issuer)
        publishing.publish_series(uow, series.id, ACTOR)
    for given in demo["events"]:
        yield _write_event(uow, calendar.event(given, demo["venues"], None), issuer)


def _write_event(uow: UnitOfWork, facts: Facts, issuer: Issuer) -> Event:
    event = programme.create_event(uow, load_fields(EventSchema(), facts), ACTOR)
    return publishing.publish_event(uow, event.id, ACTOR, issuer)


class _Calendar:
    """Turns the file's days, counted from today, into dates."""

    def __init__(self, time_zone: str, now: datetime) -> None:
        self._name = time_zone
        self._zone = ZoneInfo(time_zone)
        self._today = now.astimezone(self._zone).date()

    def event(self, given: Facts, venues: Facts, series_id: UUID | None) -> Facts:
        """The event as the API takes it."""
        first = self._day(given["sessions"][0])
        return {
            **given,
            "series_id": str(series_id) if series_id else None,
            "venue": venues[given["venue"]] if "venue" in given else None,
            "sessions": [self._session(session) for session in given["sessions"]],
            "programme": [self._item(item, first) for item in given.get("programme", ())],
            "certificate_rule": {"min_share_of_hours": 0.8} if series_id else None,
        }

    def _session(self, given: Facts) -> Facts:
        kept = {name: given[name] for name in _SESSION_FIELDS if name in given}
        return {**kept, **self._times(given, self._day(given)), "time_zone": self._name}

    def _item(self, given: Facts, day: date) -> Facts:
        kept = {name: given[name] for name in _ITEM_FIELDS}
        return {**kept, **self._times(given, day)}

    def _times(self, given: Facts, day: date) -> Facts:
        return {"starts_at": self._instant(day, given["from"]), "ends_at": self._instant(day, given["to"])}

    def _day(self, session: Facts) -> date:
        return self._today + timedelta(days=session["day"])

    def _instant(self, day: date, clock_time: str) -> str:
        return datetime.combine(day, time.fromisoformat(clock_time), self._zone).isoformat()
