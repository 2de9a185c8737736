"""An event as catalogue last told it, typed: what mails say of it and what calendars show of its sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Self
from uuid import UUID

from shared.languages import Content, localised


@dataclass(frozen=True, slots=True)
class Venue:
    """Where people go."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    room: str
    accessibility: Content
    latitude: float | None
    longitude: float | None

    @classmethod
    def from_json(cls, part: Mapping[str, Any]) -> Self:
        return cls(**{field: part[field] for field in cls.__slots__})

    @property
    def lines(self) -> tuple[str, ...]:
        """As on an envelope, the room behind the name; empty ones left out."""
        house = ", ".join(filter(None, (self.name, self.room)))
        town = " ".join(filter(None, (self.postcode, self.city)))
        return tuple(filter(None, (house, self.street, town)))

    @property
    def address(self) -> str:
        """On one line."""
        return ", ".join(self.lines)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a calendar shows of a session. An online one has no venue, a hybrid one has venue and link."""

    title: Content
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    venue: Venue | None
    meeting_url: str

    @classmethod
    def from_json(cls, part: Mapping[str, Any]) -> Self:
        return cls(
            title=part["title"],
            starts_at=datetime.fromisoformat(part["starts_at"]),
            ends_at=datetime.fromisoformat(part["ends_at"]),
            time_zone=part["time_zone"],
            venue=Venue.from_json(part["venue"]) if part["venue"] else None,
            meeting_url=part["meeting_url"],
        )

    def as_json(self) -> dict[str, Any]:
        venue = {field: getattr(self.venue, field) for field in Venue.__slots__} if self.venue else None
        return {
            "title": dict(self.title),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "time_zone": self.time_zone,
            "venue": venue,
            "meeting_url": self.meeting_url,
        }

    def is_at_same_time_as(self, other: Self) -> bool:
        return (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)

    def looks_like(self, other: Self, locale: str) -> bool:
        """Whether a reader of this language sees the same in the calendar."""
        return self._seen(locale) == other._seen(locale)

    def _seen(self, locale: str) -> tuple[object, ...]:
        place = self.venue.address if self.venue else ""
        times = (self.starts_at, self.ends_at, self.time_zone)
        return (localised(self.title, locale), times, place, self.meeting_url)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of the snapshot."""

    id: UUID
    cancelled: bool
    facts: SessionFacts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``sessions`` are in order of time and hold the cancelled ones too."""

    event_id: UUID
    slug: str
    title: Content
    series_title: Content
    module_number: int | None
    sessions: tuple[Session, ...]
    waitlist_policy: str
    invite: str
    """``request``, ``attachment`` or ``none``: how sessions get into calendars by mail."""
    quiet_from: time
    quiet_until: time
    """Times of day, by the clocks there, between which no reminder comes; none if both are the same."""
    on_declined: str
    """``note``, ``ask`` or ``cancel``: what becomes of a place that a calendar declines."""
    is_cancelled: bool = False

    @classmethod
    def from_json(cls, body: Mapping[str, Any], *, is_cancelled: bool = False) -> Self:
        sessions = [_session(part, body["title"]) for part in body["sessions"]]
        return cls(
            event_id=UUID(body["event_id"]),
            slug=body["slug"],
            title=body["title"],
            series_title=body["series"]["title"] if body["series"] else {},
            module_number=body["module_number"],
            sessions=tuple(sorted(sessions, key=lambda session: session.facts.starts_at)),
            waitlist_policy=body["waitlist"]["policy"],
            invite=body["invite"],
            quiet_from=time.fromisoformat(body["waitlist"]["quiet_from"]),
            quiet_until=time.fromisoformat(body["waitlist"]["quiet_until"]),
            on_declined=body["on_declined"],
            is_cancelled=is_cancelled,
        )

    def as_series(self) -> Self:
        """Called by the series that it belongs to, for what is said of the whole of it."""
        return replace(self, title=self.series_title or self.title, series_title={}, module_number=None)

    @property
    def taking_place(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions if not session.cancelled)

    def still_to_come(self, now: datetime) -> tuple[Session, ...]:
        """The sessions that take place and are not over."""
        return tuple(session for session in self.taking_place if session.facts.ends_at > now)

    def worth_telling(self, now: datetime) -> tuple[SessionFacts, ...]:
        """The sessions that matter: what is still to come, else what took place, else what was cancelled."""
        sessions = self.still_to_come(now) or self.taking_place or self.sessions
        return tuple(session.facts for session in sessions)

    def without_meeting_links(self) -> Self:
        """For those who have no seat."""
        hidden = (replace(session, facts=replace(session.facts, meeting_url="")) for session in self.sessions)
        return replace(self, sessions=tuple(hidden))


def _session(part: Mapping[str, Any], title: Content) -> Session:
    facts = SessionFacts(
        title=title,
        starts_at=datetime.fromisoformat(part["starts_at"]),
        ends_at=datetime.fromisoformat(part["ends_at"]),
        time_zone=part["time_zone"],
        venue=Venue.from_json(part["venue"]) if part["venue"] else None,
        meeting_url=part["meeting_url"] or "",
    )
    return Session(UUID(part["session_id"]), part["cancelled"], facts)
