"""The tables, and the rules as methods on them."""

from services.catalogue.models.accounts import Account, ApiToken, RecoveryCode, SecondFactor, SignIn, SignInAttempt
from services.catalogue.models.base import AUDIT, IDEMPOTENCY, INBOX, OUTBOX, Base, metadata
from services.catalogue.models.events import CONTENT_FIELDS, Event, SeatCount
from services.catalogue.models.series import CatalogueRevision, Series
from services.catalogue.models.sessions import Session, speaker_key

__all__ = [
    "AUDIT",
    "CONTENT_FIELDS",
    "IDEMPOTENCY",
    "INBOX",
    "OUTBOX",
    "Account",
    "ApiToken",
    "Base",
    "CatalogueRevision",
    "Event",
    "RecoveryCode",
    "SeatCount",
    "SecondFactor",
    "Series",
    "Session",
    "SignIn",
    "SignInAttempt",
    "metadata",
    "speaker_key",
]
