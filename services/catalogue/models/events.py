"""An event, and how many of its seats are taken."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalogue.models.base import Base, Facts, FactsJson
from services.catalogue.models.series import Series
from services.catalogue.models.sessions import SESSION_FIELDS, Session
from shared.database import JsonValue, UtcDateTime, new_id
from shared.errors import ConflictError
from shared.languages import text as _
from shared.text import search_key

CONTENT_FIELDS = (
    "title",
    "description",
    "motto",
    "audience",
    "languages",
    "kind",
    "format",
    "invite",
    "series_id",
    "module_number",
    "venue",
    "capacity",
    "registration_opens_at",
    "registration_closes_at",
    "waitlist",
    "max_per_organisation",
    "max_per_organisation_until",
    "largest_party",
    "confirm_address_minutes",
    "on_declined",
    "reply_to",
    "programme",
    "certificate_rule",
    "questions",
    "needs",
)
"""The facts of an event that an organiser writes, besides ``sessions`` and ``slug``."""

OWN_FIELDS = frozenset({"audience", "languages"})
"""Only the event's own page shows these: no other service is told of them."""

SHOWN_IN_CALENDARS = frozenset({"title", "description", "motto", "kind", "format", "series", "module_number", "venue"})
"""Changes of these change every session's entry in a calendar."""
MATTERS_IN_CALENDARS = frozenset({"title", "format", "venue"})
"""Changes of these are reason to tell everybody who has the entry: SEQUENCE rises (RFC 5545, 3.8.7.4)."""


class SeatCount(Base):
    """What registration last told of an event's seats."""

    __tablename__ = "seat_counts"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    capacity: Mapped[int] = mapped_column(Integer)
    confirmed: Mapped[int] = mapped_column(Integer)
    waiting: Mapped[int] = mapped_column(Integer)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.confirmed)


class Event(Base):
    """What people attend. Draft, then published, then possibly cancelled; nothing leads back.

    What is written of a draft holds at once; what is written of a published event is ``pending`` until it is published.
    """

    __tablename__ = "events"
    __table_args__ = (CheckConstraint("capacity >= 0", "capacity_not_negative"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1)

    title: Mapped[dict[str, str]] = mapped_column(JsonValue)
    description: Mapped[dict[str, str]] = mapped_column(JsonValue)
    motto: Mapped[dict[str, str]] = mapped_column(JsonValue)
    audience: Mapped[dict[str, str]] = mapped_column(JsonValue)
    """For whom it is, in a few words."""
    languages: Mapped[list[str]] = mapped_column(JsonValue)
    """Codes of the languages in which it is held, the main one first."""
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(20))
    invite: Mapped[str] = mapped_column(String(20))
    """How sessions get into the calendars of those who come: ``request``, ``attachment`` or ``none``."""
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"), index=True)
    module_number: Mapped[int | None] = mapped_column(Integer)
    venue: Mapped[Facts | None] = mapped_column(JsonValue)
    capacity: Mapped[int] = mapped_column(Integer)
    registration_opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registration_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waitlist: Mapped[Facts] = mapped_column(FactsJson)
    """As :class:`WaitlistSchema` loads it."""
    max_per_organisation: Mapped[int | None] = mapped_column(Integer)
    max_per_organisation_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    largest_party: Mapped[int] = mapped_column(Integer)
    """How many people one registration may be for; 1 means no parties."""
    confirm_address_minutes: Mapped[int | None] = mapped_column(Integer)
    """Within how many minutes an address must be confirmed; null if nobody is asked to."""
    on_declined: Mapped[str] = mapped_column(String(10))
    """What becomes of a place whose calendar entry the person declines: ``note``, ``ask`` or ``cancel``."""
    reply_to: Mapped[str | None] = mapped_column(String(254))
    """The address of those who run it: who answers a mail about it reaches them. Null means the house's."""
    programme: Mapped[list[Facts]] = mapped_column(FactsJson)
    certificate_rule: Mapped[Facts | None] = mapped_column(JsonValue)
    questions: Mapped[list[Facts]] = mapped_column(JsonValue)
    """Retired ones included, which stand at the end."""
    needs: Mapped[list[str]] = mapped_column(JsonValue)
    """Which needs are asked for."""

    pending: Mapped[Facts | None] = mapped_column(FactsJson)
    """All content as it will be once published; null if nothing waits."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID | None] = mapped_column()
    """The account that made it; null if a command did."""
    announced_version: Mapped[int | None] = mapped_column(Integer)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[dict[str, str] | None] = mapped_column(JsonValue)

    listed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """Where it stands in lists: the start of its first session, or when it was made."""
    last_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    search_key: Mapped[str] = mapped_column(String)

    series: Mapped[Series | None] = relationship(back_populates="events", lazy="raise_on_sql")
    all_sessions: Mapped[list[Session]] = relationship(
        order_by=(Session.starts_at, Session.id), lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    """Cancelled ones included."""
    seats: Mapped[SeatCount | None] = relationship(
        primaryjoin="Event.id == foreign(SeatCount.event_id)", viewonly=True, uselist=False, lazy="raise_on_sql"
    )

    @classmethod
    def draft(cls, slug: str, content: Facts, now: datetime) -> "Event":
        event = cls(id=new_id(), slug=slug, state="draft", version=1, created_at=now)
        event._take_over(content, now)
        return event

    @property
    def sessions(self) -> list[Session]:
        """The sessions that take place, in order; of a cancelled event, those that would have."""
        held = [session for session in self.all_sessions if session.cancelled_at in (None, self.cancelled_at)]
        return sorted(held, key=lambda session: (session.starts_at, session.id))

    def venue_of(self, session: Session) -> Facts | None:
        """The session's own, else the event's."""
        return session.venue or self.venue

    @property
    def venues(self) -> list[Facts]:
        """Where people go, each place once, in the order of the sessions; none if it is only online."""
        places = [self.venue_of(session) for session in self.sessions] or [self.venue]
        return [place for number, place in enumerate(places) if place and place not in places[:number]]

    @property
    def content(self) -> Facts:
        facts = {name: getattr(self, name) for name in CONTENT_FIELDS}
        return {**facts, "sessions": [session.facts for session in self.sessions]}

    @property
    def has_pending_revision(self) -> bool:
        return self.pending is not None

    @property
    def time_zone(self) -> str | None:
        """The zone of its first session."""
        return self.sessions[0].time_zone if self.sessions else None

    def is_over(self, now: datetime) -> bool:
        return self.last_ends_at is not None and self.last_ends_at <= now

    def refuse_if_cancelled(self) -> None:
        if self.state == "cancelled":
            raise ConflictError("event_cancelled", _("This event was cancelled. Please make a new one."))

    def write(self, slug: str, content: Facts, now: datetime) -> bool:
        """Take over the content, or keep it as pending if the event is published; whether anything is different."""
        self.refuse_if_cancelled()
        if content == (self.pending or self.content) and slug == self.slug:
            return False
        self.slug = slug
        if self.state == "draft":
            self._take_over(content, now)
        else:
            self.pending = content if content != self.content else None
        self.version += 1
        return True

    def publish(self) -> None:
        """A draft becomes public."""
        self.state = "published"
        self.version += 1

    def publish_pending(self, now: datetime) -> list[str]:
        """The pending revision becomes what is public; the names of the snapshot's fields that differ."""
        if self.pending is None:
            return []
        before, after = self.content, self.pending
        unlike = (name for name in before if before[name] != after[name] and name not in OWN_FIELDS)
        changes = ["series" if name == "series_id" else name for name in unlike]
        marked = self._take_over(after, now)
        self._mark_entries(changes, marked, now)
        self.pending = None
        self.version += 1
        return changes

    def note_changed_series(self, now: datetime) -> None:
        self._mark_entries(["series"], frozenset(), now)
        self.version += 1

    def cancel(self, reason: dict[str, str], now: datetime) -> None:
        self.refuse_if_cancelled()
        if self.state == "draft":
            raise ConflictError("event_not_published", _("Only a published event can be cancelled."))
        self.state = "cancelled"
        self.cancelled_at = now
        self.cancel_reason = reason
        self.pending = None
        for session in self.all_sessions:
            session.cancel(now)
        self.version += 1

    def mark_announced(self, now: datetime) -> None:
        self.announced_version = self.version
        self.announced_at = now
        for session in self.all_sessions:
            session.show_in_feeds()

    def _take_over(self, content: Facts, now: datetime) -> frozenset[UUID]:
        """Ids of the sessions that are new, or whose entries were marked as changed."""
        for name in CONTENT_FIELDS:
            setattr(self, name, content[name])
        known = {session.id: session for session in self.all_sessions if not session.cancelled}
        marked = {facts["id"] for facts in content["sessions"] if self._take_over_session(known, facts, now)}
        for session in known.values():
            self._remove_session(session, now)
        self.bring_up_lists()
        return frozenset(marked)

    def _take_over_session(self, known: dict[UUID, Session], facts: Facts, now: datetime) -> bool:
        session = known.pop(facts["id"], None)
        if session is None:
            self.all_sessions.append(Session(**facts, sequence=0, changed_at=now))
            return True
        unlike = {name for name in SESSION_FIELDS if getattr(session, name) != facts[name]}
        for name in unlike:
            setattr(session, name, facts[name])
        matters = self.state == "published" and bool(unlike - {"teaching_units", "required"})
        if matters:
            session.mark_changed(now, matters=True)
        return matters

    def _remove_session(self, session: Session, now: datetime) -> None:
        if self.state == "draft":
            self.all_sessions.remove(session)
        else:
            session.cancel(now)

    def _mark_entries(self, changes: Iterable[str], marked: frozenset[UUID], now: datetime) -> None:
        """Mark the entries that the changes touch, each once in a revision."""
        shown = SHOWN_IN_CALENDARS.intersection(changes)
        for session in self.sessions:
            touching = shown - {"venue"} if session.venue else shown
            if touching and session.id not in marked:
                session.mark_changed(now, matters=not MATTERS_IN_CALENDARS.isdisjoint(touching))

    def bring_up_lists(self) -> None:
        """Compute what lists and feeds sort, search and are narrowed by."""
        sessions = self.sessions
        for session in sessions:
            session.note_place_and_speakers(self.venue_of(session), self.programme)
        self.listed_at = sessions[0].starts_at if sessions else self.created_at
        self.last_ends_at = max((session.ends_at for session in sessions), default=None)
        cities = dict.fromkeys(venue["city"] for venue in self.venues)
        self.search_key = search_key(" ".join((*self.title.values(), self.slug, *cities)))
