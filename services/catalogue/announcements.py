"""What the other services and the feeds are told of an event."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.catalogue.listing import find_series
from services.catalogue.models import CatalogueRevision, Event, Series, Session
from services.catalogue.models.base import Facts
from services.catalogue.models.events import OWN_FIELDS
from shared.database import UnitOfWork
from shared.messages.catalogue import (
    EventCancelledV1,
    EventChangedV1,
    EventPublishedV1,
    EventSnapshot,
    SeriesChangedV1,
)

Issuer = Mapping[str, str]
"""Who invites and signs: ``CatalogueSettings.issuer``."""


_TOLD_OTHERWISE = OWN_FIELDS | {"series_id", "sessions"}


def snapshot(event: Event, issuer: Issuer) -> Facts:
    """All that the other services may know of a published event, as the messages hold it; cancelled sessions too."""
    content = event.content
    series = event.series
    return {
        **{name: value for name, value in content.items() if name not in _TOLD_OTHERWISE},
        "event_id": event.id,
        "slug": event.slug,
        "series": {"series_id": series.id, "slug": series.slug, "title": series.title} if series else None,
        "sessions": [_session(event, session) for session in event.all_sessions],
        "issuer": dict(issuer),
    }


def _session(event: Event, session: Session) -> Facts:
    facts = session.facts
    del facts["id"]
    return {
        **facts,
        "venue": event.venue_of(session),
        "session_id": session.id,
        "sequence": session.sequence,
        "cancelled": session.cancelled,
        "changed_at": session.changed_at,
    }


def announce(
    uow: UnitOfWork,
    revision: CatalogueRevision,
    event: Event,
    schema: type[EventSnapshot],
    issuer: Issuer,
    **more: Any,
) -> None:
    """Tell the other services, and let the feeds of the event, its series and the catalogue have a new revision."""
    event.mark_announced(uow.now)
    revision.number += 1
    revision.changed_at = uow.now
    if event.series is not None:
        event.series.revise(uow.now)
    uow.session.flush()
    uow.publish(schema, event.id, event.version, {**snapshot(event, issuer), **more})


def announce_cancelled(uow: UnitOfWork, revision: CatalogueRevision, event: Event, issuer: Issuer) -> None:
    announce(uow, revision, event, EventCancelledV1, issuer, **_cancellation(event))


def announce_changed_series(
    uow: UnitOfWork, revision: CatalogueRevision, events: Iterable[Event], issuer: Issuer
) -> None:
    """Tell of the new title or address of the series that these events belong to."""
    for event in events:
        event.note_changed_series(uow.now)
        announce(uow, revision, event, EventChangedV1, issuer, changes=["series"])


def publish_again(uow: UnitOfWork, event: Event, issuer: Issuer) -> None:
    """The event as it was announced last, with the same version: for a service that lost its messages."""
    body, version = snapshot(event, issuer), event.announced_version or 0
    if event.state == "cancelled":
        uow.publish(EventCancelledV1, event.id, version, {**body, **_cancellation(event)})
    else:
        uow.publish(EventPublishedV1, event.id, version, body)


def _cancellation(event: Event) -> Facts:
    return {"reason": event.cancel_reason, "cancelled_at": event.cancelled_at}


def tell_series(uow: UnitOfWork, *series_ids: UUID | None) -> None:
    """Tell what certificates for these series ask for, and of which modules; drafts of series are told to nobody."""
    uow.session.flush()
    for series_id in sorted({one for one in series_ids if one is not None}):
        series = find_series(uow.session, series_id)
        if series.state != "draft":
            series.told_version += 1
            _tell_series(uow, series)


def tell_series_again(uow: UnitOfWork, series: Series) -> None:
    """The same with the version as it was: for a service that lost its messages."""
    _tell_series(uow, series)


def _tell_series(uow: UnitOfWork, series: Series) -> None:
    body = {
        "series_id": series.id,
        "slug": series.slug,
        "title": series.title,
        "certificate_rule": series.certificate_rule,
        "event_ids": [event.id for event in series.events if _is_to_come(series, event)],
    }
    uow.publish(SeriesChangedV1, series.id, series.told_version, body)


def _is_to_come(series: Series, event: Event) -> bool:
    """Whether it takes place, or is a draft that still may."""
    return event.state == "published" or (event.state == "draft" and series.state != "cancelled")


def revise_series(uow: UnitOfWork, revision: CatalogueRevision, series: Series) -> None:
    """The series itself has changed in what feeds show."""
    series.revise(uow.now)
    revision.number += 1
    revision.changed_at = uow.now


def former_series(uow: UnitOfWork, event: Event) -> Series | None:
    """The series that the event will leave when its pending revision is published."""
    if event.pending is None or event.pending["series_id"] == event.series_id:
        return None
    return uow.session.scalars(select(Series).where(Series.id == event.series_id)).first()
