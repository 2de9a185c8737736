"""The versions of each event's privacy notice: a new one as soon as its words are others (ADR 42)."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Event, PrivacyNotice
from services.registration.privacy.consents import all_asked
from services.registration.privacy.notice_words import House, Section, notice_texts
from services.registration.privacy.processors import all_processors
from services.registration.settings import RegistrationSettings
from shared.database import UnitOfWork, new_id
from shared.errors import NotFoundError
from shared.languages import text as _


def keep_notice(uow: UnitOfWork, settings: RegistrationSettings, event_id: UUID) -> None:
    """Write down how the event's notice reads now, unless that is what its newest version says."""
    _keep(uow, _house(uow.session, settings), uow.session.get_one(Event, event_id))


def keep_notices(uow: UnitOfWork, settings: RegistrationSettings) -> int:
    """The same for all events that are not over; how many there are."""
    house = _house(uow.session, settings)
    events = uow.session.scalars(select(Event).where(Event.ends_at > uow.now).order_by(Event.id)).all()
    for event in events:
        _keep(uow, house, event)
    return len(events)


def _house(session: Session, settings: RegistrationSettings) -> House:
    return House(settings, all_processors(session), all_asked(session))


def _keep(uow: UnitOfWork, house: House, event: Event) -> None:
    texts = notice_texts(house, event)
    digest = _digest(texts)
    newest = _newest(uow.session, event.id)
    if newest is not None and newest.digest == digest:
        return
    version = newest.version + 1 if newest else 1
    notice = PrivacyNotice(id=new_id(), event_id=event.id, version=version, texts=texts, digest=digest, since=uow.now)
    uow.session.add(notice)
    event.notice_version = version


def _digest(texts: dict[str, list[Section]]) -> str:
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _newest(session: Session, event_id: UUID) -> PrivacyNotice | None:
    query = select(PrivacyNotice).where(PrivacyNotice.event_id == event_id)
    return session.scalars(query.order_by(PrivacyNotice.version.desc()).limit(1)).one_or_none()


def notice_of(session: Session, event_id: UUID, version: int | None = None) -> PrivacyNotice:
    """The newest, or that version; raises :class:`NotFoundError` if there is none."""
    if version is None:
        found = _newest(session, event_id)
    else:
        query = select(PrivacyNotice).where(PrivacyNotice.event_id == event_id, PrivacyNotice.version == version)
        found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("notice_not_found", _("There is no such version of the privacy notice."))
    return found


def versions_of(session: Session, event_id: UUID) -> list[tuple[int, datetime]]:
    """Number and beginning of each version, the newest first."""
    query = select(PrivacyNotice.version, PrivacyNotice.since).where(PrivacyNotice.event_id == event_id)
    return [(version, since) for version, since in session.execute(query.order_by(PrivacyNotice.version.desc()))]
