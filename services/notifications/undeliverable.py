"""Addresses that mail cannot reach.

Nothing more is sent to such an address until an organiser says that it works, or has a mail sent again. What people ask
for themselves, their link, is tried all the same: whoever types the address now may know better than a server did long
ago.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.notifications.models import ACTIVE_STATES, Event, Registration, UndeliverableAddress
from shared.audit import Subject, by_account
from shared.database import UnitOfWork
from shared.logs import get_logger
from shared.staff import Staff
from shared.text import normalised_email

log = get_logger(__name__)


_OF_THE_ADDRESS = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1|4\.4)")


def speaks_of_address(status: str) -> bool:
    """Whether an enhanced status code says of the address itself that nothing gets there, now or later.

    That is (RFC 3463, 3.2 to 3.5): unknown mailbox or system, bad syntax, moved, null MX (RFC 7505), disabled, no way
    to the domain. A full mailbox, a mail that is too large or taken for spam say nothing against an address.
    """
    return bool(_OF_THE_ADDRESS.fullmatch(status))


def mark_undeliverable(uow: UnitOfWork, email: str, said: str, mail_id: UUID | None = None) -> None:
    """Stop mails to this address. ``said`` is for organisers: what the mail server wrote, in its words."""
    uow.session.merge(UndeliverableAddress(email=normalised_email(email), said=said, mail_id=mail_id, since=uow.now))
    log.warning("address_undeliverable", mail_id=str(mail_id))


def unmark(uow: UnitOfWork, email: str) -> None:
    """Let mails go to this address again."""
    uow.session.execute(delete(UndeliverableAddress).where(UndeliverableAddress.email == normalised_email(email)))


def what_was_said(session: Session, emails: Iterable[str]) -> dict[str, str]:
    """The server's words for each of these addresses, normalised, that is marked."""
    wanted = {normalised_email(email) for email in emails}
    query = select(UndeliverableAddress.email, UndeliverableAddress.said).where(UndeliverableAddress.email.in_(wanted))
    return {row.email: row.said for row in session.execute(query)}


def clear(uow: UnitOfWork, email: str, event_id: UUID, actor: Staff) -> None:
    """An organiser says that the address works again; ``event_id`` is where they saw it."""
    unmark(uow, email)
    uow.audit("address.cleared", by_account(actor.account_id), Subject("event", event_id), event_id=event_id)


def numbers_by_event(session: Session, now: datetime) -> list[tuple[Event, int]]:
    """Events that are not over, with how many of those who come or wait get no mails; the next event first."""
    query = (
        select(Event, func.count(Registration.email.distinct()))
        .join(Registration, Registration.event_id == Event.id)
        .join(UndeliverableAddress, UndeliverableAddress.email == Registration.email)
        .where(Registration.state.in_(ACTIVE_STATES), Event.ends_at > now)
        .group_by(Event.id)
        .order_by(Event.starts_at, Event.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def marked_at(session: Session, event_id: UUID) -> list[tuple[Registration, UndeliverableAddress]]:
    """Who of those who come or wait gets no mails, by name."""
    query = select(Registration).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE_STATES))
    registrations = {normalised_email(one.email): one for one in session.scalars(query)}
    marks = session.scalars(select(UndeliverableAddress).where(UndeliverableAddress.email.in_(registrations)))
    found = [(registrations[mark.email], mark) for mark in marks]
    return sorted(found, key=lambda pair: (pair[0].last_name, pair[0].first_name))
