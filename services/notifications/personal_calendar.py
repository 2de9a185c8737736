"""The personal calendar: a person's invitations as a feed, with the same UIDs and SEQUENCEs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications import personal_links
from services.notifications.entries import EntrySource
from services.notifications.models import Event, Invitation, Person
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.errors import NotFoundError
from shared.ical import entry_bytes, feed
from shared.languages import text as _

CANCELLED_FOR = timedelta(days=30)
"""So long after its end a cancelled session is still shown as cancelled."""

Shown = Sequence[tuple[Invitation, Event]]


@dataclass(frozen=True, slots=True)
class PersonalCalendar:
    """What the feed shows, known before a byte of it is built."""

    reader: Reader
    source: str
    base_url: str
    shown: Shown
    changed_at: datetime

    @property
    def revision(self) -> str:
        """Differs whenever a byte of the feed may differ."""
        parts = [self.reader.locale, self.source]
        parts += [f"{row.id}/{row.sequence}/{event.version}" for row, event in self.shown]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def content(self) -> bytes:
        """The iCalendar object."""
        entries, zones = [], set()
        for invitation, event in self.shown:
            facts = invitation.told
            source = EntrySource(event.told, self.reader, self.base_url)
            last_modified = max(invitation.changed_at, event.changed_at)
            entries.append(entry_bytes(source.entry(invitation, facts, last_modified)))
            zones.add(facts.time_zone)
        return feed(
            entries,
            zones,
            name=self.reader.say(_("My dates")),
            url=self.base_url,
            source=self.source,
            language=self.reader.locale,
        )


def personal_calendar(
    session: Session, token: str, settings: NotificationsSettings, now: datetime, language: str | None
) -> PersonalCalendar:
    """The calendar that a token opens, in a language or else in the person's.

    Raises :class:`NotFoundError` for a token that is not ours, serves another purpose or was revoked.
    """
    person = owner_of(session, token, settings)
    shown = _shown(session, person, now)
    changes = [moment for row, event in shown for moment in (row.changed_at, event.changed_at)]
    return PersonalCalendar(
        reader=Reader.of(language if language in settings.locales else person.locale, settings),
        source=personal_links.calendar_feed(settings.base_url, token),
        base_url=settings.base_url,
        shown=shown,
        changed_at=max([person.changed_at, *changes]),
    )


def owner_of(session: Session, token: str, settings: NotificationsSettings, *, for_update: bool = False) -> Person:
    """Whose calendar the token opens. Raises :class:`NotFoundError` as :func:`personal_calendar` does."""
    owner = personal_links.owner_of_calendar(token, settings)
    person = session.get(Person, owner[0], with_for_update=for_update or None) if owner else None
    if owner is None or person is None or person.link_generation != owner[1]:
        raise NotFoundError(
            "calendar_unknown", _("This calendar does not exist, or its address was renewed. Please ask for a new one.")
        )
    return person


def _shown(session: Session, person: Person, now: datetime) -> Shown:
    query = (
        select(Invitation, Event)
        .join(Event, Event.id == Invitation.event_id)
        .where(Invitation.person_id == person.id)
        .order_by(Invitation.id)
    )
    rows = [(row, event) for row, event in session.execute(query)]
    return [(row, event) for row, event in rows if row.is_requested or row.told.ends_at > now - CANCELLED_FOR]
