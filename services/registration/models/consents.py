"""What people are asked to consent to beside their registration, and who has (ADR 43)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base
from shared.database import JsonValue

_STANDS = literal_column("withdrawn_at IS NULL", Boolean)


class ConsentPurpose(Base):
    """Something that needs consent, such as photos. For one event, for a series, or for all events."""

    __tablename__ = "consent_purposes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(index=True)
    series_id: Mapped[UUID | None] = mapped_column(index=True)
    version: Mapped[int]
    """Of its words: the newest."""
    keeps_address: Mapped[bool] = mapped_column(Boolean)
    """Whether the address of those who consent is kept for it after their events, as for a newsletter."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    """Since when nobody is asked any more; consents that were given stand."""


class ConsentText(Base):
    """In which words consent was asked for. Nothing in a version is changed."""

    __tablename__ = "consent_texts"

    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("consent_purposes.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[dict[str, str]] = mapped_column(JsonValue)
    text: Mapped[dict[str, str]] = mapped_column(JsonValue)
    since: Mapped[datetime]


class Consent(Base):
    """One person's consent to one version, in the language in which they read it. Who consents again has a new row."""

    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_standing",
            "purpose_id",
            "person_id",
            unique=True,
            postgresql_where=_STANDS,
            sqlite_where=_STANDS,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("consent_purposes.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    version: Mapped[int]
    locale: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    purpose: Mapped[ConsentPurpose] = relationship(lazy="joined", innerjoin=True, viewonly=True)
