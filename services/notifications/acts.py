"""Who took what away that was written to people, for the audit log."""

from services.notifications.certificates.occasions import Occasion
from services.notifications.models import Certificate, Mail
from shared.audit import Subject, by_account
from shared.database import UnitOfWork
from shared.staff import Staff


def note_mail_fetched(uow: UnitOfWork, mail: Mail, actor: Staff) -> None:
    """Write down that somebody took a mail away as a file."""
    uow.audit("mail.fetched", by_account(actor.account_id), Subject("mail", mail.id), event_id=mail.event_id)


def note_certificates_fetched(uow: UnitOfWork, occasion: Occasion, actor: Staff) -> None:
    """Write down that somebody took all certificates of an event, or for a series, away."""
    author = by_account(actor.account_id)
    uow.audit("certificates.fetched", author, occasion.subject, event_id=occasion.event_id)


def note_certificate_fetched(uow: UnitOfWork, certificate: Certificate, actor: Staff) -> None:
    """Write down that somebody took somebody's certificate away."""
    subject = Subject("certificate", certificate.id)
    uow.audit("certificate.fetched", by_account(actor.account_id), subject, event_id=certificate.event_id)
