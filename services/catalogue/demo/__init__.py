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

DAYS_OF_A_WEEK = 7
QUOTA_ENDS_DAYS_BEFORE = 14

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
    for given in (*demo["series"], *demo["past"]):
        facts = {name: value for name, value in given.items() if name not in ("modules", "waitlist")}
        series = programme.create_series(uow, load_fields(SeriesSchema(), facts), ACTOR)
        for module in given["modules"]:
            rule = {**given["waitlist"], **module.get("waitlist", {})}
            yield _write_event(uow, calendar.event({**module, "waitlist": rule}, demo["venues"], series.id), issuer)
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
        today = now.astimezone(self._zone).date()
        # From a Monday on, as the file's days are counted so that none falls on a weekend.
        self._first = today + timedelta(days=-today.weekday() % DAYS_OF_A_WEEK)

    def event(self, given: Facts, venues: Facts, series_id: UUID | None) -> Facts:
        """The event as the API takes it."""
        first = self._day(given["sessions"][0])
        return {
            **given,
            "series_id": str(series_id) if series_id else None,
            "venue": venues[given["venue"]] if "venue" in given else None,
            "sessions": [self._session(session) for session in given["sessions"]],
            "programme": [self._item(item, first) for item in given.get("programme", ())],
            "certificate_rule": {"share_of_hours": 0.8} if series_id else None,
            **self._seats(given, first),
        }

    def _seats(self, given: Facts, first: date) -> Facts:
        """The rule of the seats; the file says how many days before the event a quota ends and a pool is released."""
        rule = dict(given.get("waitlist", {}))
        if "pools" in rule:
            rule["pools"] = [self._pool(pool, first) for pool in rule["pools"]]
        quota_ends = self._midnight_before(first, QUOTA_ENDS_DAYS_BEFORE) if "max_per_organisation" in given else None
        return {"waitlist": rule, "max_per_organisation_until": quota_ends}

    def _pool(self, given: Facts, first: date) -> Facts:
        kept = {name: value for name, value in given.items() if name != "released_days_before"}
        return {**kept, "released_at": self._midnight_before(first, given["released_days_before"])}

    def _midnight_before(self, day: date, days: int) -> str:
        return self._instant(day - timedelta(days=days), "00:00")

    def _session(self, given: Facts) -> Facts:
        kept = {name: given[name] for name in _SESSION_FIELDS if name in given}
        return {**kept, **self._times(given, self._day(given)), "time_zone": self._name}

    def _item(self, given: Facts, day: date) -> Facts:
        kept = {name: given[name] for name in _ITEM_FIELDS}
        return {**kept, **self._times(given, day)}

    def _times(self, given: Facts, day: date) -> Facts:
        return {"starts_at": self._instant(day, given["from"]), "ends_at": self._instant(day, given["to"])}

    def _day(self, session: Facts) -> date:
        return self._first + timedelta(days=session["day"])

    def _instant(self, day: date, clock_time: str) -> str:
        return datetime.combine(day, time.fromisoformat(clock_time), self._zone).isoformat()
