"""An event in a mail: its title, and what, when and where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.notifications.entries import series_line
from services.notifications.reader import Reader
from services.notifications.snapshot import SessionFacts, Snapshot, Venue
from shared.languages import Content

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Card:
    """``times`` are day and hours of each session, and its address if not all are at one of the ``venues``."""

    title: Content
    series_line: str = ""
    times: tuple[tuple[str, str, str], ...] = ()
    venues: tuple[Venue, ...] = ()
    meeting_urls: tuple[str, ...] = ()
    state: str = ""
    is_off: bool = False


def event_card(
    reader: Reader,
    event: Snapshot,
    sessions: Sequence[SessionFacts],
    *,
    shows_links: bool,
    state: str = "",
    is_off: bool = False,
) -> Card:
    """The card of an event with some of its sessions."""
    venues = tuple(_once(facts.venue for facts in sessions))
    return Card(
        title=event.title,
        series_line=series_line(event, reader),
        times=tuple((*reader.when(facts), _address(facts) if len(venues) > 1 else "") for facts in sessions),
        venues=venues,
        meeting_urls=tuple(_once(facts.meeting_url for facts in sessions)) if shows_links and not is_off else (),
        state=state,
        is_off=is_off,
    )


def _address(facts: SessionFacts) -> str:
    return facts.venue.address if facts.venue else ""


def _once(things: Iterable[Thing | None]) -> list[Thing]:
    """Each once, in order; none that is empty."""
    found: list[Thing] = []
    for thing in things:
        if thing and thing not in found:
            found.append(thing)
    return found
