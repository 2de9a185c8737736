"""What a list or a feed of the catalogue is narrowed to: a kind, a city, a language, a speaker."""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, String, cast

from services.catalogue.models import Event, speaker_key
from services.catalogue.models import Session as EventSession
from shared.text import search_key


@dataclass(frozen=True, slots=True)
class Selection:
    """Empty fields narrow nothing.

    ``language`` is the code of one in which events are held; the names of the city and of the speaker are compared
    without case and accents.
    """

    kind: str = ""
    city: str = ""
    language: str = ""
    speaker: str = ""

    def __bool__(self) -> bool:
        return any((self.kind, self.city, self.language, self.speaker))

    @property
    def query(self) -> str:
        """As it stands in an address, the same for the same selection; empty or with its question mark."""
        given = urlencode({name: value for name, value in asdict(self).items() if value})
        return f"?{given}" if given else ""

    def of_sessions(self) -> list[ColumnElement[bool]]:
        """Conditions for sessions that are joined with their events."""
        return [*self._of_the_event(), *self._of_a_session()]

    def of_events(self) -> list[ColumnElement[bool]]:
        """Conditions for events: one of the sessions is in the city, and one has the speaker."""
        return [*self._of_the_event(), *(Event.all_sessions.any(condition) for condition in self._of_a_session())]

    def _of_the_event(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.kind:
            conditions.append(Event.kind == self.kind)
        if self.language:
            # The codes stand in a JSON list, and its text is what both databases can look into.
            conditions.append(cast(Event.languages, String).contains(f'"{self.language}"', autoescape=True))
        return conditions

    def _of_a_session(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.city:
            conditions.append(EventSession.city_key == search_key(self.city))
        if self.speaker:
            conditions.append(EventSession.speaker_keys.contains(speaker_key(self.speaker), autoescape=True))
        return conditions


EVERYTHING = Selection()
