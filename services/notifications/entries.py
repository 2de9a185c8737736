"""A person's sessions as calendar entries, in their language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifications.models import Invitation
from services.notifications.reader import Reader
from services.notifications.snapshot import SessionFacts, Snapshot
from shared.ical import Entry
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class EntrySource:
    """What all entries of one person and event have in common."""

    event: Snapshot
    reader: Reader
    base_url: str

    def entry(self, invitation: Invitation, facts: SessionFacts, last_modified: datetime) -> Entry:
        """The entry of one session, cancelled if the invitation is."""
        title = self.reader.read(facts.title)
        cancelled = not invitation.is_requested
        return Entry(
            uid=invitation.uid,
            sequence=invitation.sequence,
            starts_at=facts.starts_at,
            ends_at=facts.ends_at,
            time_zone=facts.time_zone,
            summary=self.reader.say(_("Cancelled: %(title)s", title=title)) if cancelled else title,
            description=self._description(cancelled=cancelled),
            location=self._location(facts),
            url=self._page,
            latitude=facts.venue.latitude if facts.venue else None,
            longitude=facts.venue.longitude if facts.venue else None,
            conference_url="" if cancelled else facts.meeting_url,
            cancelled=cancelled,
            created_at=invitation.created_at,
            last_modified=last_modified,
        )

    @property
    def _page(self) -> str:
        return f"{self.base_url}/events/{self.event.slug}"

    def _location(self, facts: SessionFacts) -> str:
        if facts.venue:
            return facts.venue.address
        return self.reader.say(_("Online")) if facts.meeting_url else ""

    def _description(self, *, cancelled: bool) -> str:
        lines = [series_line(self.event, self.reader)]
        lines.append(self.reader.say(_("Programme and details: %(url)s", url=self._page)))
        if not cancelled:
            lines.append(self.reader.say(_("You cannot come? Please cancel your place with the link in our mails.")))
        return "\n\n".join(filter(None, lines))


def series_line(event: Snapshot, reader: Reader) -> str:
    """For example ``Grundlagen · Modul 3``; empty for an event on its own."""
    parts: Sequence[str] = [reader.read(event.series_title)]
    if event.series_title and event.module_number is not None:
        parts = [*parts, reader.say(_("Module %(number)d", number=event.module_number))]
    return " · ".join(filter(None, parts))
