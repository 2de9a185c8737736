"""A letter: what a mail says, before it becomes text and HTML, which therefore always say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifications import personal_links
from services.notifications.entries import series_line
from services.notifications.models import Registration
from services.notifications.reader import Reader
from services.notifications.snapshot import Session, SessionFacts, Snapshot, Venue
from shared.languages import Content
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with the words that stand on it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now; ``before`` is empty where there was nothing."""

    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Card:
    """An event in a mail: its title, and what, when and where. ``times`` are day and hours of each session."""

    title: Content
    series_line: str = ""
    times: tuple[tuple[str, str], ...] = ()
    venue: Venue | None = None
    meeting_urls: tuple[str, ...] = ()
    state: str = ""
    is_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """``preview`` is what an inbox shows beside the subject, ``quotation`` what the organiser wrote."""

    subject: str
    preview: str
    heading: str
    greeting: str
    paragraphs: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    quotation: Content | None = None
    cards: tuple[Card, ...] = ()
    button: Linked
    closing: tuple[str, ...] = ()
    links: tuple[Linked, ...] = ()


@dataclass(frozen=True, slots=True)
class Enclosed:
    """How the calendar learns of it: messages for single sessions, of which the first is in this mail, or one file."""

    requests: int = 0
    cancellations: int = 0
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Who is written to, and about which place at which event."""

    reader: Reader
    registration: Registration
    event: Snapshot
    base_url: str
    now: datetime

    @property
    def title(self) -> str:
        return self.reader.read(self.event.title)

    @property
    def greeting(self) -> str:
        return greeting(self.reader, self.registration.name)

    @property
    def has_seat(self) -> bool:
        return self.registration.state == "confirmed"

    @property
    def my_page(self) -> Linked:
        return Linked(self.reader.say(_("My registrations")), personal_links.my_page(self.base_url))

    @property
    def register_again(self) -> Linked:
        return Linked(self.reader.say(_("Register again")), f"{self.base_url}/register/events/{self.event.slug}")

    @property
    def deadline(self) -> str:
        """Until when the person is to answer, in the event's zone. Raises ``ValueError`` where no answer is awaited."""
        if self.registration.deadline is None:
            raise ValueError(f"a registration that is {self.registration.state} has no deadline")
        return self.reader.moment(
            self.registration.deadline, self._sessions[0].facts.time_zone if self._sessions else ""
        )

    @property
    def event_page(self) -> Linked:
        return Linked(self.reader.say(_("The event’s page")), f"{self.base_url}/events/{self.event.slug}")

    @property
    def _sessions(self) -> tuple[Session, ...]:
        """Those that matter: what is still to come, else what took place, else what was cancelled."""
        return self.event.still_to_come(self.now) or self.event.taking_place or self.event.sessions

    def preview(self) -> str:
        """The title and when it begins."""
        return " · ".join([self.title, *(self.reader.span(session.facts) for session in self._sessions[:1])])

    def card(self, *, is_off: bool = False) -> Card:
        """The event as it is now; the meeting link only for those who have a seat."""
        return self.card_of([session.facts for session in self._sessions], is_off=is_off)

    def card_of(self, sessions: Sequence[SessionFacts], *, is_off: bool = False) -> Card:
        shows_links = self.has_seat and not is_off
        return Card(
            title=self.event.title,
            series_line=series_line(self.event, self.reader),
            times=tuple(self.reader.when(facts) for facts in sessions),
            venue=self.event.venue,
            meeting_urls=_once(facts.meeting_url for facts in sessions) if shows_links else (),
            is_off=is_off,
        )

    def if_you_cannot_come(self) -> str:
        return self.reader.say(
            _(
                "You cannot come after all? Please cancel your place on your page. "
                "Somebody who is waiting will be glad of it."
            )
        )

    def if_you_would_like_to_come_after_all(self) -> str:
        return self.reader.say(_("You would like to come after all? You can register again on the event’s page."))

    def if_you_do_not_want_to_wait(self) -> str:
        return self.reader.say(_("You do not want to wait any longer? You can leave the waitlist on your page."))


def greeting(reader: Reader, name: str) -> str:
    return reader.say(_("Hello %(name)s,", name=name)) if name else reader.say(_("Hello,"))


def _once(urls: Iterable[str]) -> tuple[str, ...]:
    """Each link once, in order."""
    return tuple(dict.fromkeys(filter(None, urls)))
