"""What registration keeps: its view of events and staff, people, registrations, decisions, attendance."""

from services.registration.models.answers import Answer, AnswerFile, SealedNeeds
from services.registration.models.attempts import Attempt
from services.registration.models.attendance import Attendance, Certificate, Verdict
from services.registration.models.base import AUDIT, INBOX, OUTBOX, STAFF, Base, metadata, row, table
from services.registration.models.events import Event, EventSession
from services.registration.models.notes import Note
from services.registration.models.registrations import (
    THE_ENGINE,
    THE_PERSON,
    Actor,
    Person,
    Registration,
    organisation_key,
    organiser,
)
from services.registration.models.seats import Decision, SeatCounter

__all__ = [
    "AUDIT",
    "INBOX",
    "OUTBOX",
    "STAFF",
    "THE_ENGINE",
    "THE_PERSON",
    "Actor",
    "Answer",
    "AnswerFile",
    "Attempt",
    "Attendance",
    "Base",
    "Certificate",
    "Decision",
    "Event",
    "EventSession",
    "Note",
    "Person",
    "Registration",
    "SealedNeeds",
    "SeatCounter",
    "Verdict",
    "metadata",
    "organisation_key",
    "organiser",
    "row",
    "table",
]
