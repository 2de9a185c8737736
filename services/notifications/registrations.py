"""What registration tells of people's places: who is written to, and what their calendar learns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select

from services.notifications.correspondence import Correspondence, Writer
from services.notifications.invitations import Invitations, Step, invitations_of, settle, withdraw
from services.notifications.letters import links as link_letters
from services.notifications.letters import offers, places
from services.notifications.letters import parties as party_letters
from services.notifications.mailing import MailKind, Recipient, queue
from services.notifications.models import Event, Registration
from services.notifications.people import (
    has_another_seat,
    is_subscribed,
    name_in,
    remember_person,
    remember_registration,
)
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.database import UnitOfWork
from shared.errors import NotYetKnownError
from shared.messages.registration import ADDED_SILENTLY, DECLINED_IN_CALENDAR, REPUBLISHED
from shared.messaging.inbox import Received
from shared.text import normalised_email


def take_state(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """A registration as it stands now.

    What is said to the person follows from the difference to what is known here, not from the topic: messages that a
    newer one has overtaken are never seen. What is told only once more, or silently, is remembered, with the
    invitations that belong to it, and nobody is written to. What is summarised is remembered: mail and calendar come
    with the enrolment. Only an address that was not the right one loses its entries at once. Raises
    :class:`NotYetKnownError` for an event that is not known yet.
    """
    body = message.body
    event = event_of(uow, body["event_id"])
    uow.prepared(("person", body["person_id"]), lambda: remember_person(uow, body, name_in(body), message.time))
    registration_id: UUID = body["registration_id"]
    known = uow.prepared(("registration", registration_id), lambda: uow.session.get(Registration, registration_id))
    before = _Before.of(known, body)
    registration = remember_registration(uow, event, known, body, message.version, message.time)
    if body["reason"] in (REPUBLISHED, ADDED_SILENTLY):
        if not body["summarised"]:
            bring_in_line(uow, settings, registration, event)
        return
    correspondence = Correspondence(uow, settings, registration, told(uow, event))
    is_elsewhere = before.differs_in_address(registration)
    if is_elsewhere:
        registration.told_version = event.version
        withdrawn = withdraw(uow, invitations_of(uow.session, before.person_id, event.id))
        correspondence.tell_calendar(withdrawn, before.email)
    if body["summarised"]:
        return
    if before.is_untold or before.state != registration.state or is_elsewhere:
        _announce(correspondence, event, before.state, actor=body["actor"], reason=body["reason"])


@dataclass(frozen=True, slots=True)
class _Before:
    """What the person was told last. Of a registration that is new here, what registration says it was.

    ``is_untold``: nothing yet. The beginning of a module is told with its enrolment.
    """

    is_untold: bool
    state: str | None
    email: str
    person_id: UUID

    @classmethod
    def of(cls, known: Registration | None, body: Mapping[str, Any]) -> Self:
        if known is None:
            is_untold = body["enrolment_id"] is None
            return cls(is_untold, body["previous_state"], body["email"], body["person_id"])
        return cls(False, known.state, known.email, known.person_id)

    def differs_in_address(self, registration: Registration) -> bool:
        """Whether mails and calendar entries belong to somebody else's address from now on."""
        same_address = normalised_email(self.email) == normalised_email(registration.email)
        return not same_address or self.person_id != registration.person_id


def event_of(uow: UnitOfWork, event_id: UUID) -> Event:
    """The event, locked against changes of it until a registration has been dealt with.

    Raises :class:`NotYetKnownError`.
    """
    query = select(Event).where(Event.id == event_id).with_for_update(read=True)
    event = uow.once(("event", event_id), lambda: uow.session.scalars(query).first())
    if event is None:
        raise NotYetKnownError(f"event {event_id}")
    return event


def told(uow: UnitOfWork, event: Event) -> Snapshot:
    """What mails and calendars say of an event, typed once for all whose messages are handled together."""
    return uow.once(("told", event.id, event.version), lambda: event.told)


def _announce(correspondence: Correspondence, event: Event, old_state: str | None, *, actor: str, reason: str) -> None:
    registration = correspondence.registration
    steps = bring_in_line(correspondence.uow, correspondence.settings, registration, event)
    if event.is_cancelled and registration.is_active:
        registration.told_version = event.version
        correspondence.write_of_cancelled_event(event.reason, steps)
    else:
        correspondence.write(*_letter_about(registration.state, old_state, actor, reason), steps, may_be_one_file=True)


def bring_in_line(
    uow: UnitOfWork, settings: NotificationsSettings, registration: Registration, event: Event
) -> list[Step]:
    """The invitations of a place as it is now; what the calendar is to be told of, in order of time."""
    if registration.state != "confirmed" and has_another_seat(uow.session, registration):
        return []
    person_id = registration.person_id
    known: Invitations = uow.prepared(
        ("invitations", person_id, event.id), lambda: invitations_of(uow.session, person_id, event.id)
    )
    subscribed = is_subscribed(uow, person_id)
    return settle(uow, registration, told(uow, event), known, settings, subscribed=subscribed)


def _letter_about(state: str, old_state: str | None, actor: str, reason: str) -> tuple[MailKind, Writer]:
    """What is written about a state that was come to from another."""
    if reason == "transferred" and state in _WRITERS_OF_TRANSFERS:
        return _WRITERS_OF_TRANSFERS[state]
    if reason == DECLINED_IN_CALENDAR:
        return MailKind.CANCELLED, places.cancelled_by_calendar
    by_person = actor == "person"
    if state == "confirmed":
        return _about_seat(old_state, by_person=by_person)
    if state == "cancelled":
        return _about_end(old_state, by_person=by_person)
    if state == "lapsed":
        return MailKind.LAPSED, offers.pending_lapsed if old_state == "pending" else offers.offer_lapsed
    return _WRITERS[state]


_WRITERS_OF_TRANSFERS: Mapping[str, tuple[MailKind, Writer]] = {
    "cancelled": (MailKind.CANCELLED, places.given_away),
    "confirmed": (MailKind.CONFIRMED, places.taken_over),
}
_WRITERS: Mapping[str, tuple[MailKind, Writer]] = {
    "waitlisted": (MailKind.WAITLISTED, places.waitlisted),
    "offered": (MailKind.OFFERED, offers.offered),
    "pending": (MailKind.PENDING, offers.pending),
}


def _about_seat(old_state: str | None, *, by_person: bool) -> tuple[MailKind, Writer]:
    if old_state == "offered" and by_person:
        return MailKind.ACCEPTED, offers.accepted
    if old_state in ("waitlisted", "offered"):
        return MailKind.PROMOTED, places.promoted
    return MailKind.CONFIRMED, places.confirmed


def _about_end(old_state: str | None, *, by_person: bool) -> tuple[MailKind, Writer]:
    if not by_person:
        return MailKind.CANCELLED, places.cancelled_by_organiser
    if old_state == "offered":
        return MailKind.DECLINED, offers.declined
    return MailKind.CANCELLED, places.cancelled_by_person


def tell_contact(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """What became of a party, for whoever registered it; each of its people is written to for themselves.

    Raises :class:`NotYetKnownError` for an event that is not known yet.
    """
    body = message.body
    event = event_of(uow, body["event_id"])
    person = remember_person(uow, body, body["name"], message.time)
    reader = Reader.of(body["locale"], settings)
    letter = party_letters.registered(reader, body["name"], event, body["people"], settings.base_url)
    queue(uow, settings, MailKind.PARTY, Recipient(person.id, body["name"], body["email"], event.id), letter, reader)


def send_link(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """The link to their page, for the person who asked for it."""
    body = message.body
    person = remember_person(uow, body, body["name"], message.time)
    reader = Reader.of(body["locale"], settings)
    letter = link_letters.link(reader, body["name"], body["events"], settings.base_url)
    queue(uow, settings, MailKind.LINK, Recipient(person.id, body["name"], body["email"]), letter, reader)
