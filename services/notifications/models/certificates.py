"""What is kept of certificates: who has earned one, what was issued, and what organisers ordered."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, Date, Index, LargeBinary, String, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import JsonValue, new_id

_TO_BE_ISSUED: ColumnClause[bool] = literal_column("state = 'earned'")
_VALID: ColumnClause[bool] = literal_column("state = 'valid'")
_OPEN: ColumnClause[bool] = literal_column("outcome IS NULL")


class Earned(Base):
    """Registration's newest verdict on one registration, or on one person in a series, and what has come of it."""

    __tablename__ = "earned_certificates"
    __table_args__ = (
        Index("ix_earned_certificates_event_id_sort_key_id", "event_id", "sort_key", "id"),
        Index("ix_earned_certificates_series_id_sort_key_id", "series_id", "sort_key", "id"),
        Index(
            "ix_earned_certificates_to_be_issued",
            "available_at",
            postgresql_where=_TO_BE_ISSUED,
            sqlite_where=_TO_BE_ISSUED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The registration's, or of the verdict on a whole series."""
    series_id: Mapped[UUID | None]
    """Null for a certificate of one event."""
    series_title: Mapped[dict[str, str] | None] = mapped_column(JsonValue)
    registration_id: Mapped[UUID]
    """By which the person is known: in a series that of the last module."""
    event_id: Mapped[UUID]
    """Of that registration."""
    revision: Mapped[int]
    """Of the verdict; an older one changes nothing."""
    state: Mapped[str] = mapped_column(String(12))
    """``earned``: to be issued; ``issued``; ``failed``: could not be made; ``revoked`` by an organiser; ``lost``."""
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """Those attended: ``event_id``, ``session_id`` and ``minutes``."""
    available_at: Mapped[datetime | None]
    """When it is issued by itself; null if only an organiser can order it yet."""
    ordered_at: Mapped[datetime | None]
    """When an organiser ordered it to be issued at once."""
    sort_key: Mapped[str] = mapped_column(String(120))
    """Last and first name as lists are sorted by them."""
    failure: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    """Why it could not be made (see :mod:`services.notifications.certificates.failures`)."""
    claimed_until: Mapped[datetime | None]


class Certificate(Base):
    """One issued certificate: what its verify page says, and the document itself."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("year", "ordinal"),
        Index("ix_certificates_event_id_id", "event_id", "id"),
        Index("ix_certificates_digest", "digest"),
        Index("ix_certificates_registration_id_id", "registration_id", "id"),
        Index("ix_certificates_earned_id_id", "earned_id", "id"),
        Index("ix_certificates_series_id_id", "series_id", "id"),
        # However many workers issue at once, nobody holds two.
        Index("uq_certificates_valid", "earned_id", unique=True, postgresql_where=_VALID, sqlite_where=_VALID),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]
    ordinal: Mapped[int]
    """Within the year, from 1, without gaps."""
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """As printed: ``2027-0001``."""
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """What opens the verify page."""
    earned_id: Mapped[UUID]
    """What the verdict was on; the other ids are as in :class:`Earned`."""
    series_id: Mapped[UUID | None]
    registration_id: Mapped[UUID]
    event_id: Mapped[UUID]
    locale: Mapped[str] = mapped_column(String(12))
    """The language of the document."""
    title: Mapped[str]
    """As printed."""
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    teaching_units: Mapped[float | None]
    """The sum that is printed; none where the document states the time in hours."""
    minutes: Mapped[int]
    name_masked: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the document, in hex."""
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(12))
    """``valid`` or ``revoked``."""
    version: Mapped[int]
    """Rises with each state that is told to the other services."""
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(String(12))
    """``organiser``, ``lost`` or ``replaced``."""
    reason: Mapped[str | None]
    """The organiser's own words."""

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"


class NumberSeries(Base):
    """The last number given in each year."""

    __tablename__ = "certificate_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Job(Base):
    """An organiser's order to issue certificates of one event, or for one series as a whole."""

    __tablename__ = "certificate_jobs"
    __table_args__ = (
        Index("ix_certificate_jobs_event_id_id", "event_id", "id"),
        Index("ix_certificate_jobs_series_id_id", "series_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID | None]
    series_id: Mapped[UUID | None]
    account_id: Mapped[UUID]
    """Who ordered."""
    created_at: Mapped[datetime]


class JobItem(Base):
    """One verdict of an order, and what has come of it."""

    __tablename__ = "certificate_job_items"
    __table_args__ = (
        Index("ix_certificate_job_items_open", "registration_id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The registration's, or of the verdict on a whole series."""
    outcome: Mapped[str | None] = mapped_column(String(12))
    """``issued``, ``failed``, or ``withdrawn``: no longer to be issued. None while it waits."""
