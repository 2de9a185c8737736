"""Whom a circular is for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from services.notifications.mailing import MailKind
from services.notifications.models import (
    ACTIVE_STATES,
    Circular,
    CircularRecipient,
    Person,
    Registration,
    table_of,
)
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who would get a draft now: how many read which language, how many of them want no such mails."""

    by_language: Mapping[str, int]
    refusing: int

    @property
    def total(self) -> int:
        return sum(self.by_language.values())


def outlook(session: Session, circular: Circular, settings: NotificationsSettings) -> Outlook:
    """What ordering the draft would do."""
    query = _recipients(circular).outerjoin(Person, Person.id == Registration.person_id)
    rows = session.execute(query.with_only_columns(Registration.locale, Person.refused_news_at)).all()
    willing = [row.locale for row in rows if not (circular.is_news and row.refused_news_at)]
    by_language = Counter(Reader.of(locale, settings).locale for locale in willing)
    return Outlook(dict(by_language.most_common()), len(rows) - len(willing))


def first_of(session: Session, circular: Circular) -> Registration | None:
    """Somebody whom it would go to, for the preview."""
    return session.scalars(_recipients(circular).order_by(Registration.id).limit(1)).first()


def kind_of(circular: Circular) -> MailKind:
    """What its mails are; people may refuse those that go beyond their own places."""
    return MailKind.NEWS if circular.is_news else MailKind.FROM_ORGANISERS


def choose(uow: UnitOfWork, circular: Circular, registration_ids: Sequence[UUID]) -> None:
    """Note those who were chosen one by one."""
    _note(uow, circular, registration_ids)


def settle_on(uow: UnitOfWork, circular: Circular) -> int:
    """Note for whom it is from now on, whoever registers later; how many they are."""
    found = uow.session.scalars(_recipients(circular).with_only_columns(Registration.id)).all()
    if circular.states:
        _note(uow, circular, found)
    return len(found)


def known(session: Session, event_id: UUID, registration_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these ids that are registrations of the event."""
    query = select(Registration.id).where(Registration.event_id == event_id)
    return {found for found in session.scalars(query) if found in set(registration_ids)}


def _note(uow: UnitOfWork, circular: Circular, registration_ids: Sequence[UUID]) -> None:
    rows = [{"circular_id": circular.id, "registration_id": one} for one in dict.fromkeys(registration_ids)]
    if rows:
        uow.session.execute(insert(table_of(CircularRecipient)), rows)


def _recipients(circular: Circular) -> Select[Registration]:
    query = select(Registration).where(Registration.event_id == circular.event_id)
    if circular.states:
        return query.where(Registration.state.in_(circular.states))
    chosen = select(CircularRecipient.registration_id).where(CircularRecipient.circular_id == circular.id)
    return query.where(Registration.id.in_(chosen), Registration.state.in_(ACTIVE_STATES))
