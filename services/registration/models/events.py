"""Events and their sessions, as catalogue told of them."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base
from services.registration.questions import Question, questions_from
from services.registration.rule import Offers, Rule, groups_from, pools_from
from services.registration.working_hours import WorkingHours
from shared.database import JsonValue


class Event(Base):
    """What registration knows of a published event: catalogue's newest snapshot."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JsonValue)
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(20))
    series: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    series_id: Mapped[UUID | None] = mapped_column(index=True)
    module_number: Mapped[int | None]
    venue: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    issuer: Mapped[dict[str, str]] = mapped_column(JsonValue)
    state: Mapped[str] = mapped_column(String(12))
    """``published`` or ``cancelled``."""
    cancellation_reason: Mapped[dict[str, str] | None] = mapped_column(JsonValue)
    starts_at: Mapped[datetime]
    """Of the first session that takes place."""
    ends_at: Mapped[datetime]
    """Of the last session that takes place."""
    time_zone: Mapped[str] = mapped_column(String(64))
    """Of the first session that takes place: quiet hours and holidays go by it."""
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    waitlist: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """As the contract's ``WaitlistPart`` dumps it."""
    max_per_organisation: Mapped[int | None]
    max_per_organisation_until: Mapped[datetime | None]
    largest_party: Mapped[int]
    """How many people one registration may be for; 1 means no parties."""
    confirm_address_minutes: Mapped[int | None]
    """Within how many minutes an address must be confirmed; null if nobody is asked to."""
    certificate_rule: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    """As the contract's ``CertificateRulePart`` dumps it; null if there is no certificate."""
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    needs: Mapped[list[str]] = mapped_column(JsonValue)
    """Which needs are asked for."""
    programme: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """As the contract's ``ProgrammeItemPart`` dumps it, in its order."""
    version: Mapped[int]
    """Catalogue's version of the snapshot, and so of the rule by which seats are given."""
    notice_version: Mapped[int | None]
    """The newest of its privacy notice."""

    sessions: Mapped[list["EventSession"]] = relationship(
        back_populates="event", order_by="EventSession.starts_at, EventSession.id", lazy="raise_on_sql"
    )

    @property
    def all_questions(self) -> tuple[Question, ...]:
        """Retired ones included, whose answers stay readable."""
        return questions_from(self.questions)

    @property
    def closes_at(self) -> datetime:
        """When registration closes; the first session's start unless the event says otherwise."""
        return self.registration_closes_at or self.starts_at

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def waitlist_enabled(self) -> bool:
        return bool(self.waitlist["enabled"])

    @property
    def asks_for_code(self) -> bool:
        """Whether the rule knows codes that give somebody precedence or a reserved seat."""
        groups = (*self.waitlist["priority_classes"], *self.waitlist["pools"])
        return any(group["by"] == "code" for group in groups)

    @property
    def rule(self) -> Rule:
        """Without holidays, which the event does not know of (see :mod:`services.registration.holidays`)."""
        return Rule(
            version=self.version,
            opens_at=self.registration_opens_at,
            closes_at=self.closes_at,
            moves_until=self._moves_until,
            cancelled=self.is_cancelled,
            waitlist_enabled=self.waitlist_enabled,
            max_per_organisation=self.max_per_organisation,
            max_per_organisation_until=self.max_per_organisation_until,
            classes=groups_from(self.waitlist["priority_classes"]),
            pools=pools_from(self.waitlist["pools"]),
            offers=self._offers if self.waitlist["policy"] == "offer" else None,
            parties_wait=self.waitlist["parties"] == "wait",
            confirm_address=minutes_of(self.confirm_address_minutes),
        )

    @property
    def venues(self) -> list[dict[str, Any]]:
        """Where people go, each place once, in the order of the sessions; none if it is only online."""
        places = [session.venue for session in self.sessions if not session.cancelled] or [self.venue]
        return [place for number, place in enumerate(places) if place and place not in places[:number]]

    @property
    def _moves_until(self) -> datetime:
        hours = self.waitlist["closes_hours_before_start"]
        return self.starts_at - timedelta(hours=hours) if hours else max(self.starts_at, self.closes_at)

    @property
    def _offers(self) -> Offers:
        waitlist = self.waitlist
        working = WorkingHours(
            ZoneInfo(self.time_zone),
            time.fromisoformat(waitlist["quiet_from"]),
            time.fromisoformat(waitlist["quiet_until"]),
            waitlist["weekends"],
        )
        latest = self.starts_at - timedelta(hours=waitlist["cutoff_hours"])
        return Offers(waitlist["offer_hours"], latest, working)


def minutes_of(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)


class EventSession(Base):
    """One session of an event. What is no longer in a snapshot stays, cancelled, for attendance may hang on it."""

    __tablename__ = "event_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(64))
    teaching_units: Mapped[float | None]
    meeting_url: Mapped[str | None]
    """Where to join online; shown to whoever has a seat."""
    venue: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    """Where people go; null if it is only online."""
    required: Mapped[bool] = mapped_column(Boolean)
    """Whether nobody earns the event's certificate without it."""
    cancelled: Mapped[bool] = mapped_column(Boolean)

    event: Mapped[Event] = relationship(back_populates="sessions", lazy="raise_on_sql")

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60
