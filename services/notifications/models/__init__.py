"""The tables, and the rules as methods on them."""

from services.notifications.models.addresses import DomainPace, UndeliverableAddress
from services.notifications.models.base import AUDIT, IDEMPOTENCY, INBOX, OUTBOX, STAFF, Base, metadata, table_of
from services.notifications.models.certificates import Certificate, Earned, Job, JobItem, NumberSeries
from services.notifications.models.circulars import Circular, CircularRecipient
from services.notifications.models.designs import Design
from services.notifications.models.projections import (
    ACTIVE_STATES,
    Event,
    Forgotten,
    FormerSnapshot,
    Person,
    Presence,
    Registration,
)
from services.notifications.models.reminders import Reminder, ReminderDate
from services.notifications.models.replies import Mailbox, Reply
from services.notifications.models.sent import Invitation, Mail, MailModule
from services.notifications.models.wordings import HOUSE, Wording

__all__ = [
    "ACTIVE_STATES",
    "AUDIT",
    "HOUSE",
    "IDEMPOTENCY",
    "INBOX",
    "OUTBOX",
    "STAFF",
    "Base",
    "Certificate",
    "Circular",
    "CircularRecipient",
    "Design",
    "DomainPace",
    "Earned",
    "Event",
    "Forgotten",
    "FormerSnapshot",
    "Invitation",
    "Job",
    "JobItem",
    "Mail",
    "MailModule",
    "Mailbox",
    "NumberSeries",
    "Person",
    "Presence",
    "Registration",
    "Reminder",
    "ReminderDate",
    "Reply",
    "UndeliverableAddress",
    "Wording",
    "metadata",
    "table_of",
]
