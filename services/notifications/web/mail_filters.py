"""What of all mails, or of an event's, is looked at: as the form above a list sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from marshmallow import ValidationError, fields

from services.notifications.mail_search import MailFilter
from shared.languages import text as _
from shared.web.schemas import Line, Schema, load
from shared.web.service import this_service


def _is_near(day: date) -> None:
    if not 2000 <= day.year < 3000:
        raise ValidationError([_("This date is too far away.")])


class RoomQuery(Schema):
    """Of an event's mails. Days are those of the installation's clocks, the last one included."""

    registration_id = fields.UUID(load_default=None)
    state = fields.String(load_default="")
    kind = fields.String(load_default="")
    address = Line(longest=254, blank=True, load_default="")
    since = fields.Date(load_default=None, validate=_is_near)
    until = fields.Date(load_default=None, validate=_is_near)
    cursor = Line(longest=1_000, load_default=None)


class HouseQuery(RoomQuery):
    """Of all mails."""

    event_id = fields.UUID(load_default=None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """``fields`` are as they were sent, for the form and the link to the next page."""

    fields: Mapping[str, str]
    mails: MailFilter
    cursor: str | None

    @classmethod
    def in_room(cls, event_id: UUID) -> Self:
        """Raises :class:`InvalidError`."""
        return cls._of(RoomQuery(), event_id)

    @classmethod
    def in_house(cls) -> Self:
        """Raises :class:`InvalidError`."""
        return cls._of(HouseQuery(), None)

    @classmethod
    def _of(cls, schema: Schema, event_id: UUID | None) -> Self:
        sent = {name: value for name, value in request.args.items() if name != "lang" and value}
        query = load(schema, sent)
        return cls(
            {name: value for name, value in sent.items() if name != "cursor"}, _filter(query, event_id), query["cursor"]
        )


def _filter(query: Mapping[str, Any], event_id: UUID | None) -> MailFilter:
    return MailFilter(
        event_id=event_id or query.get("event_id"),
        registration_id=query["registration_id"],
        state=query["state"],
        kind=query["kind"],
        address=query["address"],
        since=_midnight(query["since"]),
        until=_midnight(query["until"], days=1),
    )


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """The beginning of a day, or of one after it, by the clocks of the installation."""
    zone = ZoneInfo(this_service().settings.time_zone)
    return datetime.combine(day + timedelta(days), time(), zone) if day else None
