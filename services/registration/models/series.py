"""Series as catalogue told of them, and who has earned the certificates for the whole of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from services.registration.models.registrations import SORT_KEY_LENGTH
from shared.database import JsonValue


class ToldSeries(Base):
    """What catalogue last told of a series; without a rule and modules before it has."""

    __tablename__ = "series"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200))
    title: Mapped[dict[str, str]] = mapped_column(JsonValue)
    certificate_rule: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    """As the contract's ``SeriesCertificateRulePart`` dumps it; null if there is no certificate for the whole."""
    event_ids: Mapped[list[str]] = mapped_column(JsonValue)
    """The modules that are to take place, also those that are not published yet."""


class SeriesVerdict(Base):
    """How far one person is on the way to the certificate for a whole series.

    A person is an address and a name: of a party several people may have one address. ``revision`` rises with each
    verdict that is told; 0 while there was nothing to tell.
    """

    __tablename__ = "series_verdicts"
    __table_args__ = (
        Index("uq_series_verdicts_person", "series_id", "person_id", "sort_key", unique=True),
        Index("ix_series_verdicts_by_name", "series_id", "sort_key", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    sort_key: Mapped[str] = mapped_column(String(SORT_KEY_LENGTH))
    """The name as lists are sorted by it."""
    registration_id: Mapped[UUID | None]
    """For the last of the modules: it says what the person is called. Null before the first verdict.

    No foreign key: it would lock a registration of another event, whose door may wait for this verdict.
    """
    earned: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int]
    standing: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """As :mod:`services.registration.certificate_rules` writes it."""
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """Those attended, in order of time: ``[{"event_id": .., "session_id": .., "minutes": ..}]``."""
    available_at: Mapped[datetime | None]
    """When the last module ends; null while there is one without a date."""
    decided_at: Mapped[datetime | None]
