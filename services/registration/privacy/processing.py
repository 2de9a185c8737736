"""The record of processing (Art. 30 GDPR): what all services declare, what events ask, who processes it for us."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Event, Processor
from services.registration.privacy.keeping import how_long
from services.registration.privacy.processors import all_processors
from services.registration.settings import RegistrationSettings
from shared.languages import Content, Text
from shared.languages import text as _
from shared.personal import BASES, PEOPLE, PURPOSES
from shared.record import activities

SERVICES: dict[str, Text] = {
    "catalogue": _("Programme and accounts"),
    "registration": _("Registration"),
    "notifications": _("E-mails and certificates"),
}
MEASURES: tuple[Text, ...] = (
    _(
        "What people need to take part is encrypted with a key outside the database, and read only by those who have "
        "that role."
    ),
    _("Everybody signs in for themselves; roles limit what they see; the audit log says who did what."),
    _("Links to a person's page are signed, and end when the person is forgotten. Logs of the software hold ids only."),
    _("What is no longer needed is deleted daily, by itself; a legal hold stops it for an event and is logged."),
)
"""The security measures that the software itself brings along."""

Say = Callable[[Text], str]
Localise = Callable[[Content | None], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is kept. ``fields`` are columns of the databases, or the words of a question."""

    part: str
    fields: str
    people: str
    purpose: str
    basis: str
    kept: str
    special: bool


HEADS: tuple[Text, ...] = (
    _("Part"),
    _("What is kept"),
    _("Of whom"),
    _("What for"),
    _("Legal basis"),
    _("For how long"),
    _("Special category"),
)


@dataclass(frozen=True, slots=True)
class Record:
    lines: Sequence[Line]
    questions: Sequence[Line]
    """Of the events whose answers may still be kept; ``part`` is the event."""
    processors: Sequence[Processor]


def record(session: Session, settings: RegistrationSettings, now: datetime, say: Say, localise: Localise) -> Record:
    """In the words of whoever reads it."""
    lines = [
        Line(
            say(SERVICES[one.service]),
            ", ".join(one.fields),
            say(PEOPLE[PURPOSES[one.purpose].people]),
            say(PURPOSES[one.purpose].words),
            say(BASES[one.basis]),
            say(how_long(one.kept, settings)),
            one.special,
        )
        for one in activities()
    ]
    return Record(lines, _questions(session, settings, now, say, localise), all_processors(session))


def _questions(
    session: Session, settings: RegistrationSettings, now: datetime, say: Say, localise: Localise
) -> list[Line]:
    longest = timedelta(days=max(settings.keep_contact_days, settings.keep_needs_days))
    events = session.scalars(select(Event).where(Event.ends_at > now - longest).order_by(Event.starts_at, Event.id))
    return [
        Line(
            localise(event.title),
            localise(part["label"]),
            say(PEOPLE["participants"]),
            localise(part["purpose"]) or say(_("to organise this event")),
            say(BASES["contract"]),
            say(how_long(part["retention"], settings)),
            part["sensitive"],
        )
        for event in events
        for part in event.questions
        if part["kind"] != "info"
    ]
