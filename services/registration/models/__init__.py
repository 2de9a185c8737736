"""What registration keeps: events and staff as it was told of them, people, organisations, registrations, decisions."""

from services.registration.models.answers import Answer, AnswerFile, SealedNeeds
from services.registration.models.attempts import Attempt
from services.registration.models.attendance import Attendance, CalendarAnswer, Certificate, Verdict
from services.registration.models.base import AUDIT, INBOX, OUTBOX, STAFF, Base, metadata, row, table, unkept
from services.registration.models.consents import Consent, ConsentPurpose, ConsentText
from services.registration.models.doors import DOOR_NAME_LENGTH, DoorLink
from services.registration.models.enrolments import Enrolment
from services.registration.models.events import Event, EventSession
from services.registration.models.feedback import FeedbackGiven, FeedbackPortion, FeedbackSurvey
from services.registration.models.funders import FUNDER_LINE_LENGTH, FUNDER_NAME_LENGTH, FunderProfile
from services.registration.models.notes import Note
from services.registration.models.organisations import (
    ORGANISATION_NAME_LENGTH,
    Organisation,
    OrganisationName,
    Standing,
)
from services.registration.models.parties import Party
from services.registration.models.privacy import PROCESSOR_NAME_LENGTH, DataRequest, PrivacyNotice, Processor
from services.registration.models.registrations import (
    CODE_LENGTH,
    NOBODY,
    PLACES_BETWEEN,
    THE_ENGINE,
    THE_PERSON,
    Actor,
    Person,
    Registration,
    organisation_key,
    organiser,
    place_of,
)
from services.registration.models.scans import ListScan
from services.registration.models.seats import Decision, Holiday, SeatCounter
from services.registration.models.series import SeriesVerdict, ToldSeries
from services.registration.models.statistics import EventStatistics
from services.registration.models.webhooks import Delivery, Webhook

__all__ = [
    "AUDIT",
    "CODE_LENGTH",
    "DOOR_NAME_LENGTH",
    "FUNDER_LINE_LENGTH",
    "FUNDER_NAME_LENGTH",
    "INBOX",
    "NOBODY",
    "ORGANISATION_NAME_LENGTH",
    "OUTBOX",
    "PLACES_BETWEEN",
    "PROCESSOR_NAME_LENGTH",
    "STAFF",
    "THE_ENGINE",
    "THE_PERSON",
    "Actor",
    "Answer",
    "AnswerFile",
    "Attempt",
    "Attendance",
    "Base",
    "CalendarAnswer",
    "Certificate",
    "Consent",
    "ConsentPurpose",
    "ConsentText",
    "DataRequest",
    "Decision",
    "Delivery",
    "DoorLink",
    "Enrolment",
    "Event",
    "EventSession",
    "EventStatistics",
    "FeedbackGiven",
    "FeedbackPortion",
    "FeedbackSurvey",
    "FunderProfile",
    "Holiday",
    "ListScan",
    "Note",
    "Organisation",
    "OrganisationName",
    "Party",
    "Person",
    "PrivacyNotice",
    "Processor",
    "Registration",
    "SealedNeeds",
    "SeatCounter",
    "SeriesVerdict",
    "Standing",
    "ToldSeries",
    "Verdict",
    "Webhook",
    "metadata",
    "organisation_key",
    "organiser",
    "place_of",
    "row",
    "table",
    "unkept",
]
