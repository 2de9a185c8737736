"""Mails about certificates, laid down in the transaction of what they tell."""

from services.notifications.letters import certificates as letters
from services.notifications.letters.letter import Context, Letter
from services.notifications.mailing import MailKind, Recipient, queue
from services.notifications.models import Certificate, Event, Mail, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork


def tell_issued(uow: UnitOfWork, settings: NotificationsSettings, certificate: Certificate, replaced: str) -> None:
    """The mail with the link to the document. ``replaced`` is the number of the one before, if there was one."""
    context = _context(uow, settings, certificate)
    mail = _queue(uow, settings, MailKind.CERTIFICATE, context, letters.issued(context, certificate.number, replaced))
    mail.certificate_id = certificate.id


def tell_revoked(uow: UnitOfWork, settings: NotificationsSettings, certificate: Certificate) -> None:
    context = _context(uow, settings, certificate)
    letter = letters.revoked(context, certificate.number, certificate.reason)
    _queue(uow, settings, MailKind.CERTIFICATE_REVOKED, context, letter)


def _context(uow: UnitOfWork, settings: NotificationsSettings, certificate: Certificate) -> Context:
    registration = uow.session.get_one(Registration, certificate.registration_id)
    event = uow.session.get_one(Event, certificate.event_id).told
    if certificate.series_id is not None:
        event = event.as_series()
    return Context(Reader.of(registration.locale, settings), registration, event, settings.base_url, uow.now)


def _queue(uow: UnitOfWork, settings: NotificationsSettings, kind: MailKind, context: Context, letter: Letter) -> Mail:
    to = context.registration
    recipient = Recipient(to.person_id, to.name, to.email, to.event_id, to.id)
    return queue(uow, settings, kind, recipient, letter, context.reader)
