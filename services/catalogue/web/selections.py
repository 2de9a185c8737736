"""What readers can narrow a list to, as the choices of a form."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from services.catalogue.entries import KINDS
from services.catalogue.models import Event
from services.catalogue.selection import Selection
from services.catalogue.web.words import kind_name, language_name
from shared.web.language import in_readers_order

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choices:
    """Pairs of what is sent and what is read, without the one that narrows nothing."""

    kinds: Options
    cities: Options
    languages: Options

    @classmethod
    def among(cls, events: Iterable[Event], chosen: Selection) -> Self:
        """What the events have, and in any case what is chosen: it may have nothing any more."""
        events = list(events)
        kinds = {event.kind for event in events} | {chosen.kind}
        cities = {venue["city"] for event in events for venue in event.venues} | {chosen.city}
        languages = {code for event in events for code in event.languages} | {chosen.language}
        return cls(
            kinds=[(kind, kind_name(kind)) for kind in KINDS if kind in kinds],
            cities=[(city, city) for city in sorted(cities - {""}, key=in_readers_order)],
            languages=sorted(
                ((code, language_name(code)) for code in languages - {""}), key=lambda one: in_readers_order(one[1])
            ),
        )

    def __bool__(self) -> bool:
        """Whether there is anything to choose from."""
        return any(len(options) > 1 for options in (self.kinds, self.cities, self.languages))
