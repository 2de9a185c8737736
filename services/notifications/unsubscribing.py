"""People who want no mails beyond those about their own places, and who want them again."""

from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from services.notifications.mailing import REFUSABLE, is_still_here
from services.notifications.models import Mail, Person
from services.notifications.personal_links import unsubscribing_person
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_person
from shared.database import UnitOfWork
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.messaging.lease import database_clock


def owner_of(session: Session, token: str, settings: NotificationsSettings, *, for_update: bool = False) -> Person:
    """Whose mails the link is about; it holds as long as the person is known. Raises :class:`NotFoundError`."""
    person_id: UUID | None = unsubscribing_person(token, settings)
    person = session.get(Person, person_id, with_for_update=for_update or None) if person_id else None
    if person is None:
        raise NotFoundError("link_unknown", _("This link is not valid, or not any more."))
    return person


def refuse_news(uow: UnitOfWork, token: str, settings: NotificationsSettings) -> None:
    """No such mail from now on; one that is just being handed over may still arrive. Raises as :func:`owner_of`."""
    person = owner_of(uow.session, token, settings, for_update=True)
    if person.refused_news_at is None:
        person.refused_news_at = uow.now
        uow.session.execute(update(Mail).where(*_not_yet_sent(uow, person)).values(state="stopped"))
        _note(uow, "person.refused_news", person)


def allow_news(uow: UnitOfWork, token: str, settings: NotificationsSettings) -> None:
    """These mails again. Raises as :func:`owner_of`."""
    person = owner_of(uow.session, token, settings, for_update=True)
    if person.refused_news_at is not None:
        person.refused_news_at = None
        _note(uow, "person.allowed_news", person)


def _not_yet_sent(uow: UnitOfWork, person: Person) -> tuple[ColumnElement[bool], ...]:
    return (
        Mail.person_id == person.id,
        Mail.kind.in_(REFUSABLE),
        is_still_here(database_clock(uow.session)),
    )


def _note(uow: UnitOfWork, action: str, person: Person) -> None:
    uow.audit(action, by_person(person.id), Subject("person", person.id))
