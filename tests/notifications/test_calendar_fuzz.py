"""Whatever people write and whatever order mails come in: calendars show what is meant."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from uuid import uuid4

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.notifications.calendar_parts import CalendarPart, CalendarWriter, noted
from services.notifications.invitations import Invitations, settle
from services.notifications.mime import envelope
from services.notifications.models import Mail, Registration
from services.notifications.reader import Reader
from services.notifications.snapshot import Session, SessionFacts, Snapshot, Venue
from shared.database import UnitOfWork, new_id
from shared.text import has_control_characters
from tests.calendars.lines import require_good_lines
from tests.notifications.calendar_client import CalendarClient, Told, told_in
from tests.notifications.parts import parsed, settings_for

SETTINGS = settings_for("sqlite://")
READER = Reader.of("en", SETTINGS)
NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
EMAIL = "alice@verein.example"

# As text is stored: without control characters and outer blanks.
lines = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\\;,:\"'N^"), max_size=120)
    .filter(lambda text: not has_control_characters(text, multiline=False))
    .map(str.strip)
)


@dataclass
class _Session:
    """Takes new rows and forgets them: the steps carry them."""

    def add(self, _row: object) -> None:
        pass


@dataclass
class _UnitOfWork:
    now: datetime
    session: _Session = field(default_factory=_Session)


def a_snapshot(sessions: list[Session], *, title: str = "Law", invite: str = "request") -> Snapshot:
    return Snapshot(
        event_id=new_id(),
        slug="law",
        title={"en": title},
        series_title={},
        module_number=None,
        sessions=tuple(sessions),
        waitlist_policy="promote",
        invite=invite,
        quiet_from=time(20),
        quiet_until=time(8),
        on_declined="ask",
    )


def a_session_of(title: str, day: int, venue: Venue | None = None) -> Session:
    starts_at = NOW + timedelta(days=day)
    facts = SessionFacts({"en": title}, starts_at, starts_at + timedelta(hours=2), "Europe/Berlin", venue, "")
    return Session(new_id(), False, facts)


def a_registration(event: Snapshot, first_name: str = "Alice", last_name: str = "Weber") -> Registration:
    return Registration(
        id=new_id(),
        event_id=event.event_id,
        person_id=new_id(),
        state="confirmed",
        first_name=first_name,
        last_name=last_name,
        email=EMAIL,
        locale="en",
    )


@dataclass
class Post:
    """One person's place at one event, and the mails about it, as far as calendars read them."""

    event: Snapshot
    registration: Registration
    known: Invitations = field(default_factory=dict)
    now: datetime = NOW
    mails: list[list[Told]] = field(default_factory=list)

    def settle(self) -> None:
        """Write what the calendar does not know yet, one minute after what was written before."""
        self.now += timedelta(minutes=1)
        uow = cast("UnitOfWork", _UnitOfWork(self.now))
        steps = settle(uow, self.registration, self.event, self.known, SETTINGS, subscribed=False)
        writer = CalendarWriter.to(self.registration.name, EMAIL, SETTINGS, self.now)
        told = noted(steps, self.event, READER, SETTINGS)
        self.mails += [read(mail_with(part, self.registration.name)) for part in writer.for_mails(told)]


def mail_with(part: CalendarPart, name: str) -> Mail:
    return Mail(
        id=uuid4(),
        to_name=name,
        to_email=EMAIL,
        subject="Law",
        text="Law",
        html="<p>Law</p>",
        locale="en",
        message_id="1@verband.example",
        calendars=list(part.contents),
        calendar_method=part.method,
    )


def read(mail: Mail) -> list[Told]:
    for content in mail.calendars:
        require_good_lines(content.encode())
    return told_in(parsed(envelope(mail, SETTINGS, {}, NOW).content))


@hypothesis_settings(max_examples=25, deadline=None)
@given(title=lines.filter(bool), venue=st.tuples(lines, lines, lines, lines, lines), names=st.tuples(lines, lines))
@example(title="Law", venue=("", "", "", "", ""), names=("\\", ""))
def test_what_people_write_in_any_field_arrives_in_calendars(
    title: str, venue: tuple[str, ...], names: tuple[str, str]
) -> None:
    name, street, postcode, city, room = venue
    place = Venue(name, street, postcode, city, "DE", room, {}, None, None)
    event = a_snapshot([a_session_of(title, 30, place)], title=title)
    post = Post(event, a_registration(event, *names))
    post.settle()
    ((told,),) = post.mails
    assert (told.summary, told.location) == (title, place.address.strip())
    shown = " ".join(f"{names[0]} {names[1]}".replace('"', "'").replace("\\", "/").split())
    assert told.names == (shown or EMAIL,)


numbers = st.integers(0, 4)
acts = st.lists(
    st.tuples(st.sampled_from(["move", "rename", "add", "remove", "call off", "leave", "come again"]), numbers),
    max_size=10,
)


def act(post: Post, what: str, number: int) -> None:
    sessions = list(post.event.sessions)
    place = number % len(sessions)
    one = sessions[place]
    if what in ("leave", "come again"):
        post.registration.state = "cancelled" if what == "leave" else "confirmed"
    elif what == "move":
        hour = timedelta(hours=1)
        sessions[place] = replace(one, facts=replace(one.facts, ends_at=one.facts.ends_at + hour))
    elif what == "rename":
        title = {"en": f"Law {number}"}
        sessions = [replace(each, facts=replace(each.facts, title=title)) for each in sessions]
    elif what == "add":
        sessions.append(a_session_of(one.facts.title["en"], 40 + number))
    elif what == "remove" and len(sessions) > 1:
        del sessions[place]
    elif what == "call off":
        sessions[place] = replace(one, cancelled=not one.cancelled)
    post.event = replace(post.event, sessions=tuple(sessions))


@hypothesis_settings(max_examples=25, deadline=None)
@given(acts=acts, invite=st.sampled_from(["request", "attachment"]), data=st.data())
def test_calendars_are_right_whatever_order_mails_come_in_and_however_often(
    acts: list[tuple[str, int]], invite: str, data: st.DataObject
) -> None:
    event = a_snapshot([a_session_of("Law", 30), a_session_of("Law", 31)], invite=invite)
    post = Post(event, a_registration(event))
    post.settle()
    for what, number in acts:
        act(post, what, number)
        post.settle()
    twice = data.draw(st.lists(st.sampled_from(post.mails), max_size=4))
    client = CalendarClient()
    for mail in data.draw(st.permutations([*post.mails, *twice])):
        for told in mail:
            client.take(told)
    is_seated = post.registration.state == "confirmed"
    wanted = [session.facts for session in post.event.taking_place] if is_seated else []
    assert sorted(told.shown[:3] for told in client.entries.values()) == sorted(shown(facts) for facts in wanted)


def shown(facts: SessionFacts) -> tuple[Any, ...]:
    return (facts.starts_at, facts.ends_at, facts.title["en"])
