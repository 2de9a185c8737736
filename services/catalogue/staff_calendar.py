"""The calendar of a member of staff: events with how many seats are taken, for whoever has its address.

The address carries its proof (see :mod:`shared.links`). It is signed with the key of catalogue's cookies, and ends when
its owner renews it, when the account is locked, and when it loses the roles that may see the numbers.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from services.catalogue.accounts import find_account
from services.catalogue.entries import domain_of, session_entry, speaker
from services.catalogue.models import Account, Event
from services.catalogue.models import Session as EventSession
from services.catalogue.settings import CatalogueSettings
from shared.audit import Subject, author_of
from shared.database import UnitOfWork
from shared.errors import NotFoundError
from shared.ical import Entry, entry_bytes, feed
from shared.languages import text as _
from shared.links import Link, Purpose, make_token, read_token

ROLES = ("organiser", "auditor")

_FORMAT = 1
"""Raise it when the same events are written differently, so that nobody keeps the old bytes."""

Shown = Sequence[tuple[EventSession, Event]]


def token_of(account: Account, settings: CatalogueSettings) -> str:
    return make_token(settings.secret_keys, Purpose.STAFF_CALENDAR, Link(account.id, account.calendar_generation))


def owner_of(session: Session, token: str, settings: CatalogueSettings) -> Account:
    """Whose calendar the token opens.

    Raises :class:`NotFoundError` for a token that is not ours, was renewed, or whose owner may not see it any more.
    """
    link = read_token(settings.secret_keys, Purpose.STAFF_CALENDAR, token)
    account = session.get(Account, link.subject) if link else None
    if link is None or account is None or account.calendar_generation != link.generation or not _may_see(account):
        raise NotFoundError("calendar_unknown", _("This calendar does not exist, or its address was renewed."))
    return account


def _may_see(account: Account) -> bool:
    return account.active and account.as_staff().may(*ROLES)


def renew(uow: UnitOfWork, account_id: UUID, actor: str) -> None:
    """Give the account's calendar another address; the one before opens nothing any more."""
    account = find_account(uow.session, account_id)
    account.calendar_generation += 1
    uow.audit("account.calendar_renewed", author_of(actor), Subject("account", account.id))


@dataclass(frozen=True, slots=True)
class StaffCalendar:
    """What the feed shows, known before a byte of it is built. ``source`` is the feed's own address."""

    settings: CatalogueSettings
    source: str
    language: str
    shown: Shown

    @property
    def revision(self) -> str:
        """Differs whenever a byte of the feed may differ."""
        parts = [f"{_FORMAT} {self.language} {self.source} {self.settings.name}"]
        for held, event in self.shown:
            seats = event.seats and (event.seats.capacity, event.seats.confirmed, event.seats.waiting)
            parts.append(f"{held.id} {event.announced_version} {seats}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @property
    def changed_at(self) -> datetime | None:
        return max((_changed_at(held, event) for held, event in self.shown), default=None)

    def content(self) -> bytes:
        """The iCalendar object."""
        return feed(
            [entry_bytes(self._entry(held, event)) for held, event in self.shown],
            {held.time_zone for held, _event in self.shown},
            name=speaker(self.language)(_("%(name)s: events with numbers", name=self.settings.name)),
            url=f"{self.settings.base_url}/organise",
            source=self.source,
            language=self.language,
        )

    def _entry(self, held: EventSession, event: Event) -> Entry:
        """A UID of its own: whoever subscribes to the public feed too has both."""
        public = session_entry(held, event, self.settings, self.language)
        room, numbers = f"{self.settings.base_url}/organise/events/{event.id}", self._numbers(event)
        return replace(
            public,
            uid=f"o-{held.id}@{domain_of(self.settings)}",
            summary=" · ".join(part for part in (public.summary, numbers) if part),
            description="\n\n".join(part for part in (numbers, room, public.description) if part),
            url=room,
            conference_url=held.meeting_url or "",
            last_modified=_changed_at(held, event),
        )

    def _numbers(self, event: Event) -> str:
        if event.seats is None or event.state == "cancelled":
            return ""
        say, seats = speaker(self.language), event.seats
        taken = _("%(confirmed)d of %(capacity)d seats", confirmed=seats.confirmed, capacity=seats.capacity)
        waiting = say(_("%(waiting)d waiting", waiting=seats.waiting)) if seats.waiting else ""
        return ", ".join(part for part in (say(taken), waiting) if part)


def _changed_at(held: EventSession, event: Event) -> datetime:
    """Of the entry: of the session, or of the numbers."""
    return max(held.changed_at, event.seats.counted_at) if event.seats else held.changed_at


def shown_to(session: Session, account: Account, now: datetime, *, only_own: bool) -> Shown:
    """The sessions of announced events, those that the account has made or all; with one query."""
    query = (
        select(EventSession, Event)
        .join(Event, EventSession.event_id == Event.id)
        .options(joinedload(Event.series), joinedload(Event.seats))
        .where(EventSession.shown_until > now)
        .order_by(EventSession.starts_at, EventSession.id)
    )
    if only_own:
        query = query.where(Event.created_by == account.id)
    return [(held, event) for held, event in session.execute(query)]
