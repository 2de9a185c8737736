"""What calendars are told, on every path that an event or a place can take: in person, online and hybrid, of one, two
and five sessions, by invitations and by files; and that calendars show the right entries in the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.notifications.calendar_parts import MOST_INVITATIONS
from shared.messages.registration import RegistrationCancelledV1, RegistrationConfirmedV1
from tests.notifications.calendar_client import CalendarClient, Told, told_in
from tests.notifications.parts import VENUE, Office, Someone, a_session, an_event

LINK = "https://treffen.example/raum"
FORMATS = ("in_person", "online", "hybrid")
NUMBERS = (1, 2, 5)


@dataclass
class Scene:
    """One event and two people who may come; ``told`` is what their mails have told calendars so far."""

    office: Office
    event: dict[str, Any]
    person: Someone = field(default_factory=lambda: Someone("Alice", "Weber", "alice@verein.example"))
    other: Someone = field(default_factory=lambda: Someone("Bob", "Weber", "bob@verein.example"))
    told: dict[str, list[Told]] = field(default_factory=dict)

    @property
    def sessions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.event["sessions"]
        return found

    def change(self, **changes: Any) -> None:
        self.event = self.office.change(self.event, **changes)

    def change_first(self, **changes: Any) -> None:
        first, *others = self.sessions
        self.change(sessions=[{**first, **changes}, *others])

    def look(self) -> None:
        for message in self.office.send():
            self.told.setdefault(str(message["To"].addresses[0].addr_spec), []).extend(told_in(message))


def a_scene(office: Office, form: str, number: int, invite: str) -> Scene:
    link = None if form == "in_person" else LINK
    event = an_event(
        format=form,
        invite=invite,
        venue=None if form == "online" else VENUE,
        sessions=[a_session(day + 1, meeting_url=link) for day in range(number)],
    )
    office.publish(event)
    return Scene(office, event)


def nothing(scene: Scene) -> None:
    scene.change(capacity=99, description={"de": "Anders beschrieben."})


def another_time(scene: Scene) -> None:
    scene.change_first(ends_at=scene.sessions[0]["ends_at"] + timedelta(hours=1))


def another_title(scene: Scene) -> None:
    scene.change(title={"de": "Vereinsrecht für alle", "en": "Law for all"})


def another_place(scene: Scene) -> None:
    """Another room, or where there is none another link."""
    if scene.event["venue"] is None:
        scene.change(sessions=[{**session, "meeting_url": f"{LINK}/2"} for session in scene.sessions])
    else:
        scene.change(venue={**VENUE, "room": "Saal 9"})


def a_session_more(scene: Scene) -> None:
    scene.change(sessions=[*scene.sessions, a_session(20, meeting_url=scene.sessions[0]["meeting_url"])])


def a_session_less(scene: Scene) -> None:
    """There is always one, so another one takes its place."""
    _first, *others = scene.sessions
    scene.change(sessions=[*others, a_session(20, meeting_url=scene.sessions[0]["meeting_url"])])


def a_session_cancelled(scene: Scene) -> None:
    scene.change_first(cancelled=True)


def the_event_cancelled(scene: Scene) -> None:
    scene.office.cancel(scene.event)


def the_place_cancelled(scene: Scene) -> None:
    scene.office.give_up(scene.person, scene.event)


def cancelled_and_registered_again(scene: Scene) -> None:
    the_place_cancelled(scene)
    scene.office.confirm(scene.person.again(), scene.event)


def given_to_a_colleague(scene: Scene) -> None:
    end = {"state": "cancelled", "previous_state": "confirmed", "reason": "transferred"}
    scene.office.tell(RegistrationCancelledV1, scene.person, scene.event, **end)
    scene.office.tell(RegistrationConfirmedV1, scene.other, scene.event, state="confirmed", reason="transferred")


def an_offer(scene: Scene) -> None:
    scene.office.offer(scene.other, scene.event, until=scene.office.clock() + timedelta(days=2))


def an_offer_accepted(scene: Scene) -> None:
    an_offer(scene)
    scene.office.confirm(scene.other, scene.event, "offered")


def an_offer_lapsed(scene: Scene) -> None:
    an_offer(scene)
    scene.office.lapse(scene.other, scene.event, previous="offered")


def several_at_once(scene: Scene) -> None:
    """Within the wait: a time that is taken back, then title and place."""
    object.__setattr__(scene.office.settings, "changes_wait_seconds", 60)
    before = scene.sessions[0]["ends_at"]
    another_time(scene)
    another_title(scene)
    scene.change_first(ends_at=before)
    another_place(scene)
    scene.office.clock.turn(minutes=1)
    scene.office.handle()
    object.__setattr__(scene.office.settings, "changes_wait_seconds", 0)


@dataclass(frozen=True)
class Path:
    """What happens, and what calendars are told of the first session, the others, and one that is added: ``R`` each
    time that it is asked into the calendar, ``C`` each time that it is taken out."""

    happens: Callable[[Scene], None]
    first: str
    others: str
    added: str = ""
    colleague: str = ""
    """Each session of the colleague."""


PATHS = {
    "nothing that calendars show": Path(nothing, "R", "R"),
    "another time": Path(another_time, "RR", "R"),
    "another title": Path(another_title, "RR", "RR"),
    "another place": Path(another_place, "RR", "RR"),
    "a session more": Path(a_session_more, "R", "R", added="R"),
    "a session less": Path(a_session_less, "RC", "R", added="R"),
    "a session cancelled": Path(a_session_cancelled, "RC", "R"),
    "the event cancelled": Path(the_event_cancelled, "RC", "RC"),
    "the place cancelled": Path(the_place_cancelled, "RC", "RC"),
    "registered again": Path(cancelled_and_registered_again, "RCR", "RCR"),
    "given to a colleague": Path(given_to_a_colleague, "RC", "RC", colleague="R"),
    "an offer accepted": Path(an_offer_accepted, "R", "R", colleague="R"),
    "an offer lapsed": Path(an_offer_lapsed, "R", "R"),
    "several changes at once": Path(several_at_once, "RR", "RR"),
}


@pytest.mark.parametrize("invite", ["request", "attachment"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_calendars_are_told_what_happens_and_show_it_in_the_end(sqlite_office: Office, path: Path, invite: str) -> None:
    for form, number in product(FORMATS, NUMBERS):
        scene = a_scene(sqlite_office, form, number, invite)
        before = [session["session_id"] for session in scene.sessions]
        sqlite_office.confirm(scene.person, scene.event)
        scene.look()
        path.happens(scene)
        scene.look()
        case = f"{form}, {number}, {invite}"
        assert courses(scene, scene.person) == dict(expected_courses(path, scene, before)), case
        assert set(courses(scene, scene.other).values()) == ({path.colleague} - {""}), case
        require_right_form(scene, invite, number)
        require_right_entries(scene, path)


def courses(scene: Scene, someone: Someone) -> dict[UUID, str]:
    """What was told of each session: its SEQUENCE counts from 0, and its UID stays."""
    rows = {row.uid: row.session_id for row in scene.office.invitations(someone)}
    found: dict[UUID, str] = {}
    for told in scene.told.get(someone.email, []):
        session_id = rows[told.uid]
        assert told.sequence == len(found.get(session_id, ""))
        found[session_id] = found.get(session_id, "") + {"CONFIRMED": "R", "CANCELLED": "C"}[told.status]
    return found


def expected_courses(path: Path, scene: Scene, before: list[UUID]) -> Iterator[tuple[UUID, str]]:
    yield before[0], path.first
    yield from ((session_id, path.others) for session_id in before[1:])
    added = {session["session_id"] for session in scene.sessions} - set(before)
    yield from ((session_id, path.added) for session_id in added)


def require_right_form(scene: Scene, invite: str, number: int) -> None:
    """A message names whom it is for, a file nobody; what is taken out is always a message."""
    for email, all_told in scene.told.items():
        for told in all_told:
            if told.status == "CANCELLED":
                assert told.method == "CANCEL"
            elif invite == "attachment":
                assert told.method == ""
            else:
                assert told.method in (("REQUEST",) if number <= MOST_INVITATIONS else ("REQUEST", ""))
            assert told.attendees == ((f"mailto:{email}",) if told.method else ())


def require_right_entries(scene: Scene, path: Path) -> None:
    for someone in (scene.person, scene.other):
        client = CalendarClient()
        for told in scene.told.get(someone.email, []):
            client.take(told)
        course = path.colleague if someone is scene.other else path.others
        wanted = expected_entries(scene) if course.endswith("R") else []
        assert sorted(told.shown for told in client.entries.values()) == sorted(wanted)


def expected_entries(scene: Scene) -> list[tuple[Any, ...]]:
    venue = scene.event["venue"]
    location = f"{venue['name']}, {venue['room']}, {venue['street']}, 44787 Bochum" if venue else "Online"
    return [
        (session["starts_at"], session["ends_at"], scene.event["title"]["en"], location, session["meeting_url"] or "")
        for session in scene.sessions
        if not session["cancelled"]
    ]
