"""What of an event changed, before and now, as far as it concerns those who come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.notifications.letters.letter import Change
from services.notifications.reader import Reader
from services.notifications.snapshot import Session, Snapshot
from shared.languages import text as _


def changes_between(before: Snapshot, after: Snapshot, reader: Reader, now: datetime) -> tuple[Change, ...]:
    """Title, times, sessions, place and meeting link; what concerns only sessions that are over is left out."""
    return tuple(_Comparison(before, after, reader, now).changes())


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Snapshot
    after: Snapshot
    reader: Reader
    now: datetime

    def changes(self) -> Iterator[Change]:
        if self.after.still_to_come(self.now):
            yield from self._title()
        yield from self._sessions()
        if self.after.still_to_come(self.now):
            yield from self._places()
            yield from self._meeting_links()

    def _title(self) -> Iterator[Change]:
        titles = (self.reader.read(self.before.title), self.reader.read(self.after.title))
        if titles[0] != titles[1]:
            yield Change(self.reader.say(_("Title")), *titles)

    def _sessions(self) -> Iterator[Change]:
        now_there = {session.id: session for session in self.after.taking_place}
        was_there = {session.id: session for session in self.before.taking_place}
        for session in sorted({**was_there, **now_there}.values(), key=lambda session: session.facts.starts_at):
            yield from self._session(was_there.get(session.id), now_there.get(session.id))

    def _session(self, before: Session | None, after: Session | None) -> Iterator[Change]:
        if all(session is None or session.facts.ends_at <= self.now for session in (before, after)):
            return
        then, now = self._span(before), self._span(after)
        if before is None:
            yield Change(self.reader.say(_("New session")), "", now)
        elif after is None:
            yield Change(self.reader.say(_("Session")), then, self.reader.say(_("does not take place")))
        elif then != now:
            yield Change(self.reader.say(_("When")), then, now)

    def _span(self, session: Session | None) -> str:
        return self.reader.span(session.facts) if session else ""

    def _places(self) -> Iterator[Change]:
        """Once if all sessions move alike, else for each that moves."""
        known = {session.id: session for session in self.before.sessions}
        staying = [session for session in self.after.still_to_come(self.now) if session.id in known]
        moves = [(self._place(known[session.id]), self._place(session)) for session in staying]
        if len(set(moves)) == 1 and moves[0][0] != moves[0][1]:
            yield Change(self.reader.say(_("Where")), *moves[0])
        elif len(set(moves)) > 1:
            for session, (then, now) in zip(staying, moves, strict=True):
                if then != now:
                    yield Change(self.reader.say(_("Where on %(date)s", date=self._span(session))), then, now)

    def _place(self, session: Session) -> str:
        venue = session.facts.venue
        return venue.address if venue else self.reader.say(_("Online"))

    def _meeting_links(self) -> Iterator[Change]:
        """The new link alone: the old one would only be clicked by mistake."""
        links = {session.id: session.facts.meeting_url for session in self.before.sessions}
        changed = [
            session.facts.meeting_url
            for session in self.after.still_to_come(self.now)
            if session.facts.meeting_url not in ("", links.get(session.id))
        ]
        for url in dict.fromkeys(changed):
            yield Change(self.reader.say(_("Link for taking part online")), "", url)
