"""Use cases: publish, change, cancel; and what the other services are told.

``actor`` is an account's id, or the name of the command that acts; ``issuer`` is ``CatalogueSettings.issuer``.
"""

from uuid import UUID

from sqlalchemy import select

from services.catalogue.accounts import announce_account
from services.catalogue.announcements import (
    Issuer,
    announce,
    announce_cancelled,
    former_series,
    publish_again,
    revise_series,
    tell_series,
    tell_series_again,
)
from services.catalogue.listing import find_event, find_series
from services.catalogue.models import Account, CatalogueRevision, Event, Series
from services.catalogue.programme import check_place_in_series, check_version, note_event, note_series
from services.catalogue.rules import check_event, check_publishable
from services.catalogue.turns import take_turn
from shared.database import UnitOfWork
from shared.logs import get_logger
from shared.messages.catalogue import EventChangedV1, EventPublishedV1

log = get_logger(__name__)


def publish_event(uow: UnitOfWork, event_id: UUID, actor: str, issuer: Issuer, if_version: int | None = None) -> Event:
    """Make a draft public, or the pending revision of what is public; if neither waits, nothing happens.

    A draft of a series becomes public with the first of its events, for they name it and link to its page.
    Raises :class:`InvalidError` for what cannot be published yet, :class:`StaleError`, and :class:`ConflictError` for
    a cancelled event.
    """
    revision = take_turn(uow)
    event = find_event(uow.session, event_id)
    event.refuse_if_cancelled()
    check_version(event, if_version)
    if event.state == "draft":
        _publish_draft(uow, revision, event, issuer)
    elif event.pending is not None:
        _publish_pending(uow, revision, event, issuer)
    else:
        return event
    note_event(uow, "event.published", event, actor)
    log.info("event_published", event_id=str(event.id), version=event.version, actor=actor)
    return find_event(uow.session, event_id)


def _publish_draft(uow: UnitOfWork, revision: CatalogueRevision, event: Event, issuer: Issuer) -> None:
    content = event.content
    check_event(content)
    check_publishable(content)
    check_place_in_series(uow, content, event.id)
    event.publish()
    _show_series(uow, revision, event)
    announce(uow, revision, event, EventPublishedV1, issuer)


def _publish_pending(uow: UnitOfWork, revision: CatalogueRevision, event: Event, issuer: Issuer) -> None:
    content = event.pending or {}
    check_event(content)
    check_publishable(content)
    check_place_in_series(uow, content, event.id)
    left = former_series(uow, event)
    changes = event.publish_pending(uow.now)
    uow.session.flush()
    event = find_event(uow.session, event.id)
    _show_series(uow, revision, event)
    announce(uow, revision, event, EventChangedV1, issuer, changes=changes)
    if left is not None:
        revise_series(uow, revision, left)
    if "series" in changes:
        tell_series(uow, left.id if left else None, event.series_id)


def _show_series(uow: UnitOfWork, revision: CatalogueRevision, event: Event) -> None:
    if event.series is not None and event.series.publish():
        revise_series(uow, revision, event.series)
        tell_series(uow, event.series.id)


def cancel_event(
    uow: UnitOfWork, event_id: UUID, reason: dict[str, str], actor: str, issuer: Issuer, if_version: int | None = None
) -> Event:
    """The event will not take place; its pending revision is dropped.

    Raises :class:`ConflictError` for a draft or an event that is cancelled already, and :class:`StaleError`.
    """
    revision = take_turn(uow)
    event = find_event(uow.session, event_id)
    check_version(event, if_version)
    _cancel(uow, revision, event, reason, issuer, actor)
    tell_series(uow, event.series_id)
    log.info("event_cancelled", event_id=str(event.id), version=event.version, actor=actor)
    return find_event(uow.session, event_id)


def _cancel(
    uow: UnitOfWork, revision: CatalogueRevision, event: Event, reason: dict[str, str], issuer: Issuer, actor: str
) -> None:
    event.cancel(reason, uow.now)
    note_event(uow, "event.cancelled", event, actor)
    announce_cancelled(uow, revision, event, issuer)


def publish_series(uow: UnitOfWork, series_id: UUID, actor: str, if_version: int | None = None) -> Series:
    """Make the series' page public. Its events are published one by one, each when its dates stand.

    Raises :class:`ConflictError` for a cancelled series, and :class:`StaleError`.
    """
    revision = take_turn(uow)
    series = find_series(uow.session, series_id)
    check_version(series, if_version)
    if series.publish():
        revise_series(uow, revision, series)
        tell_series(uow, series.id)
        note_series(uow, "series.published", series, actor)
        log.info("series_published", series_id=str(series.id), actor=actor)
    return series


def cancel_series(
    uow: UnitOfWork, series_id: UUID, reason: dict[str, str], actor: str, issuer: Issuer, if_version: int | None = None
) -> Series:
    """The rest of the series will not take place: its published events that are not over are cancelled with it.

    Events that are over stay as they were, for people took part; drafts stay drafts, which can be moved elsewhere.
    Raises :class:`ConflictError` for a draft or a series that is cancelled already, and :class:`StaleError`.
    """
    revision = take_turn(uow)
    series = find_series(uow.session, series_id)
    check_version(series, if_version)
    series.cancel(reason, uow.now)
    revise_series(uow, revision, series)
    for event in series.events:
        if event.state == "published" and not event.is_over(uow.now):
            _cancel(uow, revision, event, reason, issuer, actor)
    tell_series(uow, series_id)
    note_series(uow, "series.cancelled", series, actor)
    log.info("series_cancelled", series_id=str(series.id), actor=actor)
    return find_series(uow.session, series_id)


def republish(uow: UnitOfWork, issuer: Issuer) -> int:
    """Send every account, every public series and every announced event again as it stands; how many."""
    take_turn(uow)
    accounts = list(uow.session.scalars(select(Account)))
    for account in accounts:
        announce_account(uow, account)
    told = list(uow.session.scalars(select(Series.id).where(Series.state != "draft").order_by(Series.id)))
    for series_id in told:
        tell_series_again(uow, find_series(uow.session, series_id))
    ids = list(uow.session.scalars(select(Event.id).where(Event.announced_version.is_not(None)).order_by(Event.id)))
    for event_id in ids:
        publish_again(uow, find_event(uow.session, event_id), issuer)
    return len(accounts) + len(told) + len(ids)
