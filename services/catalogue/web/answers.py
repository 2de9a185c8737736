"""What the API answers: events and series as they were written, with what the catalogue knows besides."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema as AnswerSchema
from marshmallow import fields

from services.catalogue.models import Event, Series
from services.catalogue.models.base import Facts
from services.catalogue.web.fields import Slug
from services.catalogue.web.schemas import EventSchema, SeriesSchema
from shared.staff import Staff
from shared.web.service import this_service
from shared.web.sign_in import current_staff

STATES = ("draft", "published", "cancelled")


class EventAnswer(EventSchema):
    """Times have the offset of their session's zone.

    ``meeting_url``, ``reply_to`` and codes are null for everybody but staff.
    """

    id = fields.UUID(required=True)
    slug = Slug(required=True)
    state = fields.String(required=True, metadata={"enum": STATES})
    version = fields.Integer(required=True)
    has_pending_revision = fields.Boolean(required=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)
    cancel_reason = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)


class EventInSeries(AnswerSchema):
    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": STATES})
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    module_number = fields.Integer(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True, allow_none=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)


class SeriesAnswer(SeriesSchema):
    id = fields.UUID(required=True)
    slug = Slug(required=True)
    state = fields.String(required=True, metadata={"enum": STATES})
    version = fields.Integer(required=True)
    events = fields.List(fields.Nested(EventInSeries), required=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)
    cancel_reason = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)


class EventPage(AnswerSchema):
    items = fields.List(fields.Nested(EventAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SeriesPage(AnswerSchema):
    items = fields.List(fields.Nested(SeriesAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AccountAnswer(AnswerSchema):
    """``scopes`` are those of the API token; empty means all that the roles allow."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    scopes = fields.List(fields.String(), required=True)


def is_for_staff() -> bool:
    """Whether the reader holds an API token."""
    return current_staff() is not None


def event_for_reader(event: Event) -> Facts:
    return event_answer(event, this_service().settings.time_zone, for_staff=is_for_staff())


def series_for_reader(series: Series) -> Facts:
    return series_answer(series, this_service().settings.time_zone, for_staff=is_for_staff())


def tagged(schema: type[EventAnswer] | type[SeriesAnswer], answer: Facts) -> tuple[Facts, dict[str, str]]:
    """With an ETag: the version, which If-Match looks at, and a digest, for two readers may get different answers."""
    digest = hashlib.sha256(schema().dumps(answer).encode()).hexdigest()[:16]
    return answer, {"ETag": f'"{answer["version"]}-{digest}"'}


def event_answer(event: Event, zone: str, *, for_staff: bool) -> Facts:
    """``zone`` is the installation's, for an event without sessions."""
    zone = event.time_zone or zone
    answer = {name: _in_zone(value, zone) for name, value in event.content.items() if name != "sessions"}
    return {
        **answer,
        "waitlist": answer["waitlist"] if for_staff else _without_codes(answer["waitlist"]),
        "reply_to": answer["reply_to"] if for_staff else None,
        "sessions": [_session(facts, for_staff=for_staff) for facts in event.content["sessions"]],
        "id": event.id,
        "slug": event.slug,
        "state": event.state,
        "version": event.version,
        "has_pending_revision": for_staff and event.has_pending_revision,
        "cancelled_at": _in_zone(event.cancelled_at, zone),
        "cancel_reason": event.cancel_reason,
    }


def series_answer(series: Series, zone: str, *, for_staff: bool) -> Facts:
    """Without the drafts among its events, unless it is for staff."""
    return {
        "id": series.id,
        "slug": series.slug,
        "state": series.state,
        "version": series.version,
        "title": series.title,
        "description": series.description,
        "certificate_rule": series.certificate_rule,
        "events": list(_events(series.events, zone, for_staff=for_staff)),
        "cancelled_at": _in_zone(series.cancelled_at, zone),
        "cancel_reason": series.cancel_reason,
    }


def account_answer(staff: Staff) -> Facts:
    return {
        "id": staff.account_id,
        "name": staff.name,
        "email": staff.email,
        "roles": sorted(staff.roles),
        "scopes": sorted(staff.scopes),
    }


def _events(events: Iterable[Event], zone: str, *, for_staff: bool) -> Iterable[Facts]:
    for event in events:
        if for_staff or event.state != "draft":
            own_zone = event.time_zone or zone
            yield {
                "id": event.id,
                "slug": event.slug,
                "state": event.state,
                "title": event.title,
                "module_number": event.module_number,
                "starts_at": _in_zone(event.listed_at if event.sessions else None, own_zone),
                "ends_at": _in_zone(event.last_ends_at, own_zone),
            }


def _session(facts: Facts, *, for_staff: bool) -> Facts:
    shown = {name: _in_zone(value, facts["time_zone"]) for name, value in facts.items()}
    return shown if for_staff else {**shown, "meeting_url": None}


def _without_codes(waitlist: Facts) -> Facts:
    """Whoever has a code comes first, or has a reserved seat: it is not for everybody."""
    groups = ("priority_classes", "pools")
    return {**waitlist, **{name: [{**group, "code": None} for group in waitlist[name]] for name in groups}}


def _in_zone(value: Any, zone: str) -> Any:
    """Instants with the offset of the zone, at any depth."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone))
    if isinstance(value, list):
        return [_in_zone(inner, zone) for inner in value]
    if isinstance(value, dict):
        return {name: _in_zone(inner, zone) for name, inner in value.items()}
    return value
