"""Notifications as its tests use it: messages in, mails out. Alice, Bob and Charlie are people; Dora organises."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.message import Message as MailPart
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import undefer_group

from services.notifications.app import NotificationsCore
from services.notifications.circulars import drafts, orders
from services.notifications.circulars.drafts import Draft
from services.notifications.circulars.writer import CircularWriter
from services.notifications.event_changes import Teller
from services.notifications.mime import Envelope
from services.notifications.models import INBOX, Invitation, Mail
from services.notifications.reminders import rules
from services.notifications.reminders.writer import ReminderWriter
from services.notifications.sending import Sender
from services.notifications.settings import NotificationsSettings
from services.notifications.transport import MailTransport
from shared.database import new_id
from shared.messages.base import Envelope as MessageEnvelope
from shared.messages.base import Message, dumped
from shared.messages.catalogue import AccountChangedV1, EventCancelledV1, EventChangedV1, EventPublishedV1
from shared.messages.registration import (
    AttendanceChangedV1,
    LinkRequestedV1,
    PartyRegisteredV1,
    RegistrationCancelledV1,
    RegistrationChangedV1,
    RegistrationConfirmedV1,
    RegistrationLapsedV1,
    RegistrationOfferedV1,
    RegistrationPendingV1,
    RegistrationWaitlistedV1,
)
from shared.staff import Staff, token_digest
from shared.testing import TurnableClock
from tests.rules import SEATS_AS_USUAL, a_waitlist

BASE_URL = "https://reihe.example"
KEY = ("k" * 40,)
ORGANISER = Staff(new_id(), "Dora Ende", "dora@verband.example", frozenset({"organiser"}))

VENUE = {
    "name": "Haus der Vielfalt",
    "street": "Kortumstraße 106",
    "postcode": "44787",
    "city": "Bochum",
    "country": "DE",
    "room": "Saal 2",
    "accessibility": {"de": "Stufenloser Zugang über den Hof.", "en": "Step-free access through the courtyard."},
    "latitude": 51.48,
    "longitude": 7.22,
}


def settings_for(database_url: str, **more: Any) -> NotificationsSettings:
    given: dict[str, Any] = {
        "environment": "development",
        "base_url": BASE_URL,
        "secret_keys": KEY,
        "link_keys": KEY,
        "mail_from": "reihe@verband.example",
        "organiser": "Fachberatung MSO",
        "association": "Der Paritätische NRW",
        "contact_email": "fragen@verband.example",
        "changes_wait_seconds": 0,
        "database_url": database_url,
    }
    return NotificationsSettings(**{**given, **more})


def a_session(day: int = 28, *, month: int = 3, hour: int = 8, meeting_url: str | None = None) -> dict[str, Any]:
    """Six hours in 2027, from ``hour`` UTC on."""
    starts_at = datetime(2027, month, day, hour, tzinfo=UTC)
    return {
        "session_id": new_id(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=6),
        "time_zone": "Europe/Berlin",
        "teaching_units": 6.0,
        "meeting_url": meeting_url,
        "required": False,
        "sequence": 0,
        "cancelled": False,
        "changed_at": datetime(2027, 1, 11, 9, tzinfo=UTC),
    }


def an_event(**changes: Any) -> dict[str, Any]:
    """The snapshot of an event with one session in Bochum."""
    body: dict[str, Any] = {
        "event_id": new_id(),
        "slug": f"vereinsrecht-{uuid4().hex[:6]}",
        "title": {"de": "Vereinsrecht für Einsteiger*innen", "en": "Association law"},
        "description": {"de": "Satzung, Haftung, Gemeinnützigkeit."},
        "motto": {},
        "kind": "training",
        "format": "in_person",
        "invite": "request",
        "series": {
            "series_id": new_id(),
            "slug": "grundlagen",
            "title": {"de": "Fortbildungsreihe: Grundlagen", "en": "Training series: foundations"},
        },
        "module_number": 2,
        "venue": VENUE,
        "sessions": [a_session()],
        "programme": [],
        "capacity": 16,
        "registration_opens_at": None,
        "registration_closes_at": None,
        "waitlist": a_waitlist(),
        **SEATS_AS_USUAL,
        "certificate_rule": None,
        "questions": [],
        "needs": [],
        "issuer": {
            "name": "Fachberatung MSO",
            "association": "Der Paritätische NRW",
            "logo_line": "",
            "signatory": "Sinan Kumru",
            "signatory_role": "",
        },
    }
    return {**body, **deepcopy(changes)}


def a_draft(*states: str, **changes: Any) -> Draft:
    """To those who have a seat, unless states are named."""
    words: dict[str, Any] = {
        "subject": {"de": "Bitte Laptop mitbringen", "en": "Please bring a laptop"},
        "text": {"de": "Wir üben am Rechner.\nIm Haus ist WLAN.", "en": "We practise on computers."},
        "states": states or ("confirmed",),
    }
    return Draft(**{**words, **changes})


def placed(event: dict[str, Any]) -> dict[str, Any]:
    """With each session at the event's venue, unless it has its own."""
    return {**event, "sessions": [{"venue": event["venue"], **session} for session in event["sessions"]]}


@dataclass(frozen=True)
class Someone:
    """A person, and their registration; ``again()`` is the same person registering anew."""

    first_name: str
    last_name: str
    email: str
    locale: str = "en"
    person_id: UUID = field(default_factory=new_id)
    registration_id: UUID = field(default_factory=new_id)
    link_generation: int = 1

    def again(self) -> "Someone":
        return replace(self, registration_id=new_id())


def alice(locale: str = "en") -> Someone:
    return Someone("Alice", "Öztürk", "alice@verein.example", locale)


def bob(locale: str = "en") -> Someone:
    return Someone("Bob", "Beispiel", "bob@verein.example", locale)


class KeepingTransport:
    """Takes every mail and keeps it."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    def send(self, envelope: Envelope) -> None:
        self.taken.append(envelope)

    def close(self) -> None:
        """Nothing is open."""


def english(app: Flask) -> FlaskClient:
    """A browser whose owner reads English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@dataclass
class Office:
    """Notifications over an empty database."""

    core: NotificationsCore
    clock: TurnableClock
    versions: dict[UUID, int] = field(default_factory=dict)
    _attendances: int = 0

    @property
    def settings(self) -> NotificationsSettings:
        return self.core.settings

    # --- messages in --------------------------------------------------------

    def hear(
        self, schema: type[Message], aggregate_id: UUID, body: dict[str, Any], *, version: int | None = None
    ) -> UUID:
        """Take a message in and handle it, with the aggregate's next version; its id."""
        if version is None:
            version = self.versions.get(aggregate_id, 0) + 1
        self.versions[aggregate_id] = max(version, self.versions.get(aggregate_id, 0))
        message = MessageEnvelope(
            message_id=new_id(),
            topic=schema.topic,
            source=schema.publisher,
            aggregate_id=aggregate_id,
            version=0 if schema.delivery == "fact" else version,
            time=self.clock(),
            request_id="test-request",
            body=dumped(schema, body),
        )
        self.core.inbox.store([message])
        self.handle()
        return message.message_id

    def handle(self) -> None:
        """What has come in, and the changes of events that people are to be told now."""
        teller = Teller(self.core.database, self.settings, self.clock)
        while self.core.inbox.step() or teller.step():
            pass

    def complaint(self, message_id: UUID) -> str | None:
        """Why a message is not handled yet."""
        table = INBOX.messages
        with self.core.database.read() as session:
            found: str | None = session.scalar(select(table.c.error).where(table.c.id == message_id))
            return found

    def publish(self, event: dict[str, Any]) -> None:
        self._hear_whole(EventPublishedV1, event["event_id"], placed(event))

    def change(self, event: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The event with these fields instead, announced."""
        changed = {**event, **deepcopy(changes)}
        self._hear_whole(EventChangedV1, event["event_id"], {**placed(changed), "changes": sorted(changes)})
        return changed

    def cancel(self, event: dict[str, Any], reason: dict[str, str] | None = None) -> None:
        told = {**placed(event), "reason": reason or {"de": "Die Referentin ist krank."}, "cancelled_at": self.clock()}
        self._hear_whole(EventCancelledV1, event["event_id"], told)

    def confirm(
        self, someone: Someone, event: dict[str, Any], previous: str | None = None, *, actor: str = "person"
    ) -> None:
        self.tell(RegistrationConfirmedV1, someone, event, state="confirmed", previous_state=previous, actor=actor)

    def offer(self, someone: Someone, event: dict[str, Any], *, until: datetime) -> None:
        self.tell(
            RegistrationOfferedV1,
            someone,
            event,
            state="offered",
            previous_state="waitlisted",
            deadline=until,
            actor="engine",
        )

    def hold(self, someone: Someone, event: dict[str, Any], *, until: datetime) -> None:
        """A seat, until the address is confirmed."""
        self.tell(RegistrationPendingV1, someone, event, state="pending", deadline=until)

    def lapse(self, someone: Someone, event: dict[str, Any], *, previous: str) -> None:
        self.tell(RegistrationLapsedV1, someone, event, state="lapsed", previous_state=previous, actor="engine")

    def wait(self, someone: Someone, event: dict[str, Any], position: int = 1) -> None:
        self.tell(RegistrationWaitlistedV1, someone, event, state="waitlisted", position=position)

    def give_up(
        self, someone: Someone, event: dict[str, Any], *, actor: str = "person", previous: str = "confirmed"
    ) -> None:
        self.tell(RegistrationCancelledV1, someone, event, state="cancelled", previous_state=previous, actor=actor)

    def correct(self, someone: Someone, event: dict[str, Any], state: str = "confirmed") -> None:
        self.tell(RegistrationChangedV1, someone, event, state=state, previous_state=state)

    def tell(self, schema: type[Message], someone: Someone, event: dict[str, Any], **more: Any) -> None:
        """A message about somebody's registration, handled without complaint."""
        self._hear_whole(schema, someone.registration_id, registration_body(someone, event, self.clock(), **more))

    def attend(self, someone: Someone, event: dict[str, Any], *session_ids: UUID) -> None:
        """They were at these sessions and at no others; told besides what registration tells of their place."""
        body = {
            "registration_id": someone.registration_id,
            "event_id": event["event_id"],
            "session_ids": list(session_ids),
        }
        self._attendances += 1
        message_id = self.hear(AttendanceChangedV1, someone.registration_id, body, version=self._attendances)
        assert self.complaint(message_id) is None

    def ask_for_link(self, someone: Someone, *events: dict[str, Any]) -> None:
        linked = [{"event_id": e["event_id"], "title": e["title"], "state": "confirmed"} for e in events]
        body = {
            "person_id": someone.person_id,
            "link_generation": someone.link_generation,
            "name": f"{someone.first_name} {someone.last_name}",
            "email": someone.email,
            "locale": someone.locale,
            "events": linked,
        }
        self._hear_whole(LinkRequestedV1, someone.person_id, body)

    def write_to(self, event: dict[str, Any], *states: str, **changes: Any) -> UUID:
        """An organiser sends a circular; its id. The mails are written."""
        with self.core.database.unit_of_work(self.clock()) as uow:
            circular = drafts.write(uow, event["event_id"], a_draft(*states, **changes), ORGANISER)
            circular_id = circular.id
            uow.session.flush()
            orders.order(uow, circular_id, circular.version, ORGANISER)
            uow.commit()
        self.write_circulars()
        return circular_id

    def write_circulars(self) -> None:
        writer = CircularWriter(self.core.database, self.settings, self.clock)
        while writer.step():
            pass

    def set_rule(self, event: dict[str, Any], **changes: Any) -> UUID:
        """An organiser adds a reminder, the day before each session to those who have a seat unless told otherwise."""
        with self.core.database.unit_of_work(self.clock()) as uow:
            rule = replace(rules.THE_DAY_BEFORE, **changes)
            reminder_id = rules.add(uow, event["event_id"], rule, ORGANISER).id
            uow.commit()
        return reminder_id

    def remind(self) -> None:
        """Write what is due by now."""
        writer = ReminderWriter(self.core.database, self.settings, self.clock)
        while writer.step():
            pass

    def tell_of_party(self, contact: Someone, event: dict[str, Any], *people: tuple[str, str, int | None]) -> None:
        """Somebody has registered people, each with name, state and position."""
        party_id = new_id()
        listed = [
            {"registration_id": new_id(), "name": name, "state": state, "position": position}
            for name, state, position in people
        ]
        body = {
            "party_id": party_id,
            "event_id": event["event_id"],
            "person_id": contact.person_id,
            "link_generation": contact.link_generation,
            "name": f"{contact.first_name} {contact.last_name}",
            "email": contact.email,
            "locale": contact.locale,
            "people": listed,
        }
        self._hear_whole(PartyRegisteredV1, party_id, body)

    def employ(
        self, name: str, *roles: str, token: str = "", account_id: UUID | None = None, active: bool = True
    ) -> UUID:
        """A member of staff, with an API token; the account's id."""
        account_id = account_id or new_id()
        tokens = [{"digest": token_digest(token), "scopes": []}] if token else []
        body = {
            "account_id": account_id,
            "name": name,
            "email": f"{name.lower()}@verband.example",
            "roles": list(roles),
            "active": active,
            "epoch": 1,
            "tokens": tokens,
        }
        self._hear_whole(AccountChangedV1, account_id, body)
        return account_id

    def _hear_whole(self, schema: type[Message], aggregate_id: UUID, body: dict[str, Any]) -> None:
        complaint = self.complaint(self.hear(schema, aggregate_id, body))
        assert complaint is None, complaint

    # --- mails out ----------------------------------------------------------

    def mails(self, to: Someone | None = None, kind: str | None = None) -> list[Mail]:
        """The mails so far, oldest first, with their content."""
        query = select(Mail).order_by(Mail.id).options(undefer_group("content"))
        with self.core.database.read() as session:
            found = list(session.scalars(query))
            session.expunge_all()
        return [m for m in found if (to is None or m.to_email == to.email) and (kind is None or m.kind == kind)]

    def kinds(self, to: Someone | None = None) -> list[str]:
        return [mail.kind for mail in self.mails(to)]

    def invitations(self, of: Someone) -> list[Invitation]:
        with self.core.database.read() as session:
            query = select(Invitation).where(Invitation.person_id == of.person_id).order_by(Invitation.id)
            return list(session.scalars(query))

    def sender(self, transport: MailTransport) -> Sender:
        return Sender(self.core.database, transport, self.settings, self.clock)

    def send(self, to: Someone | None = None) -> list[EmailMessage]:
        """Send what waits, and read what arrives as a mail program does."""
        transport = KeepingTransport()
        sender = self.sender(transport)
        while sender.step():
            pass
        taken = [one for one in transport.taken if to is None or one.recipient == to.email]
        return [parsed(one.content) for one in taken]


def registration_body(someone: Someone, event: dict[str, Any], now: datetime, **more: Any) -> dict[str, Any]:
    body = {
        "registration_id": someone.registration_id,
        "event_id": event["event_id"],
        "person_id": someone.person_id,
        "link_generation": someone.link_generation,
        "first_name": someone.first_name,
        "last_name": someone.last_name,
        "email": someone.email,
        "organisation": "Agisra e. V.",
        "locale": someone.locale,
        "previous_state": None,
        "position": None,
        "actor": "person",
        "reason": "seat_free",
        "submitted_at": now,
        "deadline": None,
        "enrolment_id": None,
        "summarised": False,
    }
    return {**body, **more}


def parsed(source: bytes) -> EmailMessage:
    return message_from_bytes(source, _class=EmailMessage, policy=default)


def tree(message: EmailMessage) -> Any:
    """The content types of a mail, nested as its parts are."""
    if not message.is_multipart():
        return message.get_content_type()
    return (message.get_content_type(), *(tree(part) for part in _parts(message)))


def _parts(message: EmailMessage) -> Sequence[EmailMessage]:
    return list(message.iter_parts())  # type: ignore[arg-type]  # parts of an EmailMessage are of its kind


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def calendar_in(part: MailPart) -> Any:
    """The iCalendar object of a part."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return Calendar.from_ical(payload)


def calendars_of(message: EmailMessage) -> list[EmailMessage]:
    """The parts that calendars act on."""
    return [part for part in message.walk() if part.get_content_type() == "text/calendar"]
