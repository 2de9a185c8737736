"""A letter: what a mail says, before it becomes text and HTML, which therefore always say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from services.notifications import personal_links
from services.notifications.letters.cards import Card, event_card
from services.notifications.letters.templates import Template, filled, paragraphs
from services.notifications.models import Registration
from services.notifications.reader import Reader
from services.notifications.snapshot import SessionFacts, Snapshot
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """``preview`` is what an inbox shows beside the subject, ``quotation`` what the organiser wrote: a reason,
    unless ``quotation_label`` calls it otherwise.

    Subject, heading, ``paragraphs`` and ``closing`` are the words of its ``template``, filled with ``values``;
    ``notes`` are sentences of ours that follow the paragraphs whoever worded those.
    """

    subject: str
    preview: str
    heading: str
    greeting: str
    paragraphs: tuple[str, ...]
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    quotation: Content | None = None
    quotation_label: str = ""
    cards: tuple[Card, ...] = ()
    button: Linked
    closing: tuple[str, ...] = ()
    links: tuple[Linked, ...] = ()
    template: Template | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def worded(self, patterns: Mapping[str, str]) -> Self:
        """With other words for some parts of its template."""
        given = {part: paragraphs(pattern, self.values) for part, pattern in patterns.items()}
        return replace(
            self,
            subject=filled(patterns["subject"], self.values) if "subject" in patterns else self.subject,
            heading=filled(patterns["heading"], self.values) if "heading" in patterns else self.heading,
            paragraphs=given.get("text", self.paragraphs),
            closing=given.get("closing", self.closing),
        )


def letter_of(template: Template, reader: Reader, values: Mapping[str, str], **more: Any) -> Letter:
    """A letter in the built-in words of its template; ``more`` are the other fields."""
    words = template.built_in(reader)
    return Letter(
        subject=filled(words["subject"], values),
        heading=filled(words["heading"], values),
        paragraphs=paragraphs(words["text"], values),
        closing=paragraphs(words["closing"], values),
        template=template,
        values=values,
        **more,
    )


@dataclass(frozen=True, slots=True)
class Enclosed:
    """How the calendar learns of it: messages for single sessions, of which the first is in this mail, or files.

    ``is_file``: what comes or changes is one file in this mail. ``files``: how many files take sessions out of the
    calendar, all in this mail.
    """

    requests: int = 0
    cancellations: int = 0
    is_file: bool = False
    files: int = 0


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
        return self.reader.moment(self.registration.deadline, self._sessions[0].time_zone if self._sessions else "")

    @property
    def event_page(self) -> Linked:
        return Linked(self.reader.say(_("The event’s page")), f"{self.base_url}/events/{self.event.slug}")

    @property
    def values(self) -> Mapping[str, str]:
        """What the placeholders of letters about an event stand for."""
        return self.values_of(self._sessions[0] if self._sessions else None)

    def values_of(self, facts: SessionFacts | None) -> Mapping[str, str]:
        """The same about a session of it."""
        return {
            "name": self.registration.name,
            "title": self.title,
            "when": self.reader.span(facts) if facts else "",
            "where": self._place(facts) if facts else "",
        }

    def _place(self, facts: SessionFacts) -> str:
        return facts.venue.address if facts.venue else self.reader.say(_("Online"))

    @property
    def _sessions(self) -> tuple[SessionFacts, ...]:
        return self.event.worth_telling(self.now)

    def preview(self) -> str:
        """The title and when it begins."""
        return " · ".join([self.title, *(self.reader.span(facts) for facts in self._sessions[:1])])

    def card(self, *, is_off: bool = False) -> Card:
        """The event as it is now; the meeting link only for those who have a seat."""
        return self.card_of(self._sessions, is_off=is_off)

    def card_of(self, sessions: Sequence[SessionFacts], *, is_off: bool = False) -> Card:
        return event_card(self.reader, self.event, sessions, shows_links=self.has_seat, is_off=is_off)

    def letter(self, template: Template, values: Mapping[str, str] | None = None, **more: Any) -> Letter:
        """A letter to this person in the words of a template; ``values`` besides those of every such letter."""
        return letter_of(template, self.reader, {**self.values, **(values or {})}, greeting=self.greeting, **more)


def greeting(reader: Reader, name: str) -> str:
    return reader.say(_("Hello %(name)s,", name=name)) if name else reader.say(_("Hello,"))
