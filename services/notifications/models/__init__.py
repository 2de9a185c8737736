"""The tables, and the rules as methods on them."""

from services.notifications.models.base import AUDIT, IDEMPOTENCY, INBOX, OUTBOX, STAFF, Base, metadata, table_of
from services.notifications.models.certificates import Certificate, Earned, Job, JobItem, NumberSeries
from services.notifications.models.projections import ACTIVE_STATES, Event, Person, Registration
from services.notifications.models.sent import Invitation, Mail

__all__ = [
    "ACTIVE_STATES",
    "AUDIT",
    "IDEMPOTENCY",
    "INBOX",
    "OUTBOX",
    "STAFF",
    "Base",
    "Certificate",
    "Earned",
    "Event",
    "Invitation",
    "Job",
    "JobItem",
    "Mail",
    "NumberSeries",
    "Person",
    "Registration",
    "metadata",
    "table_of",
]
