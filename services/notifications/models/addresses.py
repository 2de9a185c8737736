"""What sending knows of recipients' addresses and of the domains that they belong to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base


class UndeliverableAddress(Base):
    """An address that a mail server has called unusable for good."""

    __tablename__ = "undeliverable_addresses"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    """Normalised."""
    said: Mapped[str]
    """The server's words."""
    mail_id: Mapped[UUID | None]
    """The mail that showed it."""
    since: Mapped[datetime]


class DomainPace(Base):
    """How many mails were begun for a domain in the minute that began at ``minute``."""

    __tablename__ = "domain_paces"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    minute: Mapped[datetime]
    begun: Mapped[int]
