"""Circulars that are ordered and stopped, and tried out on oneself."""

from uuid import UUID

from sqlalchemy import func, select, update

from services.notifications.circulars import recipients
from services.notifications.circulars.drafts import circular_with_id, note
from services.notifications.letters import circulars as letters
from services.notifications.mailing import Recipient, is_still_here, known_event, queue
from services.notifications.models import Circular, CircularRecipient, Mail
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _
from shared.messaging.lease import database_clock
from shared.staff import Staff


def order(uow: UnitOfWork, circular_id: UUID, version: int, actor: Staff) -> Circular:
    """Have it sent to all whom it is for, in the ``version`` that was looked at; once, however often it is asked for.

    Raises :class:`ConflictError` if the draft has another version by now, or nobody would get it.
    """
    circular = circular_with_id(uow.session, circular_id, for_update=True)
    if not circular.is_draft:
        return circular
    if circular.version != version:
        raise ConflictError(
            "circular_changed",
            _("This circular was changed after you looked at it. Please look at it once more before it goes out."),
        )
    people = recipients.settle_on(uow, circular)
    if not people:
        raise ConflictError("nobody_to_write_to", _("Nobody would get this circular. Please choose others."))
    circular.ordered_at = uow.now
    uow.wake("circulars")
    note(uow, "circular.ordered", circular, actor, {}, {"people": people})
    return circular


def stop(uow: UnitOfWork, circular_id: UUID, actor: Staff) -> Circular:
    """Nobody gets it from now on but those whose mail is just being handed over. A second time changes nothing.

    Raises :class:`ConflictError` for a draft.
    """
    circular = circular_with_id(uow.session, circular_id, for_update=True)
    if circular.is_draft:
        raise ConflictError("circular_not_ordered", _("This circular has not been sent to anybody yet."))
    if circular.is_stopped:
        return circular
    circular.stopped_at = uow.now
    waiting = (CircularRecipient.circular_id == circular.id) & CircularRecipient.outcome.is_(None)
    uow.session.execute(update(CircularRecipient).where(waiting).values(outcome="stopped"))
    of_circular = Mail.circular_id == circular.id
    still_here = is_still_here(database_clock(uow.session))
    uow.session.execute(update(Mail).where(of_circular, still_here).values(state="stopped"))
    note(uow, "circular.stopped", circular, actor, {}, {"people": _got_it(uow, circular)})
    return circular


def _got_it(uow: UnitOfWork, circular: Circular) -> int:
    query = select(func.count()).where(Mail.circular_id == circular.id, Mail.state != "stopped")
    return uow.session.execute(query).scalar_one()


def try_out(uow: UnitOfWork, settings: NotificationsSettings, circular_id: UUID, locale: str, actor: Staff) -> Mail:
    """To whoever asks, as somebody who reads this language would get it; their links lead to nobody's page.

    Raises :class:`ConflictError` for an account without an address.
    """
    circular = circular_with_id(uow.session, circular_id)
    if not actor.email:
        raise ConflictError("no_address", _("Your account has no e-mail address that a test could go to."))
    event, reader = known_event(uow.session, circular.event_id), Reader.of(locale, settings)
    letter = letters.written(reader, letters.To(actor.name), event, circular, settings.base_url)
    recipient = Recipient(actor.account_id, actor.name, actor.email, event.id)
    mail = queue(uow, settings, recipients.kind_of(circular), recipient, letters.as_test(reader, letter), reader)
    note(uow, "circular.tried_out", circular, actor)
    return mail
