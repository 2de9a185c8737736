"""Letters as somebody would get them, for previews: about a real registration, with its person's name masked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.composing import Composed, compose
from services.notifications.letters import (
    answers,
    calendar,
    certificates,
    enrolments,
    events,
    links,
    offers,
    parties,
    places,
    reminders,
)
from services.notifications.letters.changes import changes_between
from services.notifications.letters.enrolments import EnrolmentContext, Module
from services.notifications.letters.letter import Context, Enclosed, Letter
from services.notifications.letters.templates import Template
from services.notifications.models import Event, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import SessionFacts
from services.notifications.wordings import Parts, Place, words_at
from shared.audit import masked_name
from shared.database import new_id
from shared.errors import NotFoundError
from shared.languages import text as _

_TIME_TO_ANSWER = timedelta(days=2)
_NUMBER = "2027-0042"
_POSITION = 3
_STATES = {
    "waitlisted": "waitlisted",
    "reminder_waiting": "waitlisted",
    "offered": "offered",
    "series_offered": "offered",
    "pending": "pending",
}
"""Letters that go to those who have no seat."""
_INVITED = Enclosed(requests=1)
_WITHDRAWN = Enclosed(cancellations=1)


@dataclass(frozen=True, slots=True)
class Preview:
    locale: str
    subject: str
    content: Composed


@dataclass(frozen=True, slots=True)
class _Sample:
    """``context`` is about a masked copy of somebody's registration, which is never stored."""

    event: Event
    context: Context

    @property
    def first_session(self) -> SessionFacts:
        return self.context.event.worth_telling(self.context.now)[0]

    @property
    def enrolment(self) -> EnrolmentContext:
        context, registration = self.context, self.context.registration
        series = {"title": context.event.series_title or context.event.title, "slug": context.event.slug}
        modules = (Module(self.event, registration, position=registration.position),)
        return EnrolmentContext(
            context.reader, registration.name, series, "each", modules, context.base_url, context.now
        )


def preview(
    session: Session,
    settings: NotificationsSettings,
    place: Place,
    locale: str,
    now: datetime,
    words: Parts | None = None,
) -> Preview:
    """A letter in a language, in these words, or in those that hold there.

    Raises :class:`NotFoundError` while there is no event that it could be about.
    """
    reader = Reader.of(locale, settings)
    letter = _WRITERS[place.template.key](_sample(session, settings, place, reader, now))
    shown = words_at(session, place, settings) if words is None else words
    patterns = {part: content[reader.locale] for part, content in shown.items() if content.get(reader.locale)}
    letter = letter.worded(patterns)
    return Preview(reader.locale, letter.subject, compose(letter, reader, settings))


def _sample(session: Session, settings: NotificationsSettings, place: Place, reader: Reader, now: datetime) -> _Sample:
    event = _event(session, place.event_id)
    state = _STATES.get(place.template.key, "confirmed")
    registration = masked(_somebody(session, event.id), event.id, state, now)
    return _Sample(event, Context(reader, registration, event.told, settings.base_url, now))


def _event(session: Session, event_id: UUID | None) -> Event:
    """This one, or for the house the newest."""
    query = select(Event).order_by(Event.id.desc()).limit(1)
    event = session.get(Event, event_id) if event_id else session.scalars(query).first()
    if event is None:
        raise NotFoundError(
            "event_unknown", _("There is nothing to look at yet: mails begin when an event is published.")
        )
    return event


def _somebody(session: Session, event_id: UUID) -> Registration | None:
    query = select(Registration).where(Registration.event_id == event_id).order_by(Registration.id).limit(1)
    return session.scalars(query).first()


def masked(somebody: Registration | None, event_id: UUID, state: str, now: datetime) -> Registration:
    """A copy of somebody's registration for a preview, or one of nobody; never stored."""
    return Registration(
        id=new_id(),
        event_id=event_id,
        person_id=new_id(),
        state=state,
        position=_POSITION if state == "waitlisted" else None,
        first_name=masked_name(somebody.first_name) if somebody else "A…",
        last_name=masked_name(somebody.last_name) if somebody else "B…",
        deadline=now + _TIME_TO_ANSWER if state in ("offered", "pending") else None,
    )


def _link(sample: _Sample) -> Letter:
    context = sample.context
    told = [{"title": context.event.title, "state": context.registration.state}]
    return links.link(context.reader, context.registration.name, told, context.base_url)


def _party(sample: _Sample) -> Letter:
    context = sample.context
    people = [{"name": context.registration.name, "state": "confirmed", "position": None}]
    return parties.registered(context.reader, context.registration.name, sample.event, people, context.base_url)


def _by_rule(template: Template, *, is_before: bool) -> Callable[[_Sample], Letter]:
    """As a rule about the whole event would have it written."""
    return lambda sample: reminders.letter_by(
        sample.context, template, sample.first_session, each_session=False, is_before=is_before
    )


def _changed(sample: _Sample) -> Letter:
    """As if a session had been added."""
    context = sample.context
    changes = changes_between(replace(context.event, sessions=()), context.event, context.reader, context.now)
    return events.changed(context, Enclosed(requests=1), changes)


_WRITERS: Mapping[str, Callable[[_Sample], Letter]] = {
    "confirmed": lambda sample: places.confirmed(sample.context, _INVITED),
    "taken_over": lambda sample: places.taken_over(sample.context, _INVITED),
    "promoted": lambda sample: places.promoted(sample.context, _INVITED),
    "waitlisted": lambda sample: places.waitlisted(sample.context, Enclosed()),
    "cancelled_by_person": lambda sample: places.cancelled_by_person(sample.context, _WITHDRAWN),
    "given_away": lambda sample: places.given_away(sample.context, _WITHDRAWN),
    "cancelled_by_organiser": lambda sample: places.cancelled_by_organiser(sample.context, _WITHDRAWN),
    "declined_in_calendar": lambda sample: answers.declined_in_calendar(
        sample.context, sample.first_session, is_all=True
    ),
    "cancelled_by_calendar": lambda sample: places.cancelled_by_calendar(sample.context, _WITHDRAWN),
    "offered": lambda sample: offers.offered(sample.context, Enclosed()),
    "accepted": lambda sample: offers.accepted(sample.context, _INVITED),
    "declined": lambda sample: offers.declined(sample.context, Enclosed()),
    "offer_lapsed": lambda sample: offers.offer_lapsed(sample.context, Enclosed()),
    "pending_lapsed": lambda sample: offers.pending_lapsed(sample.context, Enclosed()),
    "pending": lambda sample: offers.pending(sample.context, Enclosed()),
    "party": _party,
    "event_changed": _changed,
    "event_cancelled": lambda sample: events.cancelled(sample.context, _WITHDRAWN, None),
    "invitation": lambda sample: calendar.invitation(sample.context, sample.first_session, is_update=False),
    "updated_invitation": lambda sample: calendar.invitation(sample.context, sample.first_session, is_update=True),
    "calendar_file": lambda sample: calendar.file(sample.context, [sample.first_session]),
    "invitation_cancelled": lambda sample: calendar.cancellation(sample.context, [sample.first_session]),
    "invitations_cancelled": lambda sample: calendar.cancellation(sample.context, [sample.first_session] * 2),
    "reminder": _by_rule(reminders.REMINDER, is_before=True),
    "reminder_waiting": _by_rule(reminders.WAITING_REMINDER, is_before=True),
    "thanks": _by_rule(reminders.THANKS, is_before=False),
    "afterwards": _by_rule(reminders.AFTERWARDS, is_before=False),
    "certificate": lambda sample: certificates.issued(sample.context, _NUMBER, ""),
    "certificate_revoked": lambda sample: certificates.revoked(sample.context, _NUMBER, None),
    "enrolled": lambda sample: enrolments.enrolled(sample.enrolment, _INVITED),
    "series_seats": lambda sample: enrolments.completed(sample.enrolment, _INVITED),
    "series_offered": lambda sample: enrolments.completed(sample.enrolment, Enclosed()),
    "enrolment_cancelled": lambda sample: enrolments.cancelled(sample.enrolment, _WITHDRAWN),
    "link": _link,
}
