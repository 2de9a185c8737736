"""The demo's programme over two years with a moved clock: what goes when, as the table in docs/retention.md says."""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registration.attendance import Entry, Recorder, record
from services.registration.models import Event, EventSession, Registration
from services.registration.retention import rules
from shared.database import new_id
from shared.retention import Rule, see_to_all
from shared.testing import ROOT
from shared.vault import Vault
from tests.registration.front import settings
from tests.registration.parts import House
from tests.registration.test_retention import kept

TABLE = ROOT / "docs/retention.md"
PROGRAMME = ROOT / "services/catalogue/demo/programme.json"
TWO_YEARS = timedelta(days=730)
OF_EVENTS = ("needs", "waitlist", "contact", "evidence")
LOOKED_AT = (13, 14, 15, 29, 30, 31, 89, 90, 91)
"""Days after an event's end on which the daily run is looked at: before, on and after the day of each rule."""


def events(house: House) -> list[Event]:
    """The demo's events, each with three people: one who was there and has said what they need, one with a seat, one
    without."""
    programme = json.loads(PROGRAMME.read_text())
    given = [*(module for series in programme["series"] for module in series["modules"]), *programme["events"]]
    return [_event(house, facts) for facts in given]


def _event(house: House, facts: dict[str, Any]) -> Event:
    days = sorted(session["day"] for session in facts["sessions"])
    sessions = [house.session(house.clock() + timedelta(days=day)) for day in days]
    event_id = house.event(slug=facts["slug"], title=facts["title"], sessions=sessions, needs=["wheelchair"])
    sealed = Vault(("n" * 40,)).seal({"wheelchair": True})
    house.register(event_id, f"There {facts['slug']}", needs=["wheelchair"], sealed_needs=sealed)
    house.register(event_id, f"Seated {facts['slug']}")
    house.register(event_id, f"Waiting {facts['slug']}")
    with house.database.read() as session:
        return session.get_one(Event, event_id)


def go_to(house: House, event: Event) -> None:
    """The first of its people is at its first session."""
    with house.database.unit_of_work(house.clock()) as uow:
        of_event = select(EventSession.id).where(EventSession.event_id == event.id).order_by(EventSession.starts_at)
        first = select(Registration.id).where(Registration.event_id == event.id, Registration.seq == 1)
        session_id, ana = uow.session.scalars(of_event).first(), uow.session.scalars(first).one()
        assert session_id is not None
        entry = Entry(new_id(), ana, "manual", present=True, at=uow.now, reason="")
        record(uow, session_id, [entry], Recorder(new_id()))
        uow.commit()


def due_by_event(house: House, rule: Rule) -> dict[UUID, int]:
    with house.database.read() as session:
        ids = session.scalars(rule.due(session, house.clock())).all()
        found: dict[UUID, int] = defaultdict(int)
        for event_id in session.scalars(select(Registration.event_id).where(Registration.id.in_(ids))):
            found[event_id] += 1
    return found


def two_years(house: House, programme: list[Event]) -> dict[tuple[UUID, str], str]:
    """(event, rule) → how many went, and how many days after its end."""
    gone: dict[tuple[UUID, str], str] = {}
    begin = house.clock()
    for event in programme:
        house.clock.moment = event.starts_at + timedelta(hours=1)
        go_to(house, event)
    moments = {event.ends_at + timedelta(days=days, hours=1) for event in programme for days in LOOKED_AT}
    for moment in sorted({*moments, begin + TWO_YEARS}):
        house.clock.moment = moment
        chosen = rules(settings(str(house.database.engine.url)))
        for rule in chosen:
            found = due_by_event(house, rule) if rule.name in OF_EVENTS else {}
            see_to_all(house.database, [rule], moment)
            gone |= {
                (event_id, rule.name): _when(programme, event_id, number, moment) for event_id, number in found.items()
            }
    return gone


def _when(programme: list[Event], event_id: UUID, number: int, moment: datetime) -> str:
    (event,) = (one for one in programme if one.id == event_id)
    return f"{number}, on day {(moment - event.ends_at).days}"


def table(programme: list[Event], begin: datetime, gone: dict[tuple[UUID, str], str], left: int) -> str:
    heads = ["event", "ends on day", "needs", "without a seat", "address and answers", "name of those who were there"]
    rows = [
        [event.slug, str((event.ends_at - begin).days), *(gone.get((event.id, rule), "stays") for rule in OF_EVENTS)]
        for event in sorted(programme, key=lambda event: event.ends_at)
    ]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        [
            "# What goes when",
            "",
            "The demo's programme over two years with a moved clock, and the times that hold unless an installation",
            "sets others: for each event one person who was there and had said what they need, one with a seat who did",
            "not come, and one without a seat. Days count from the event's end; the run is daily. A test makes this",
            "table.",
            "",
            *("| " + " | ".join(line) + " |" for line in lines),
            "",
            f"After two years no address is left, and {left} names: of those who were there, as evidence.",
            "",
        ]
    )


def test_the_table_says_what_goes_when(sqlite_house: House, tmp_path: Path) -> None:
    begin = sqlite_house.clock()
    programme = events(sqlite_house)
    gone = two_years(sqlite_house, programme)
    everything = kept(sqlite_house)
    assert "@example.org" not in everything
    with sqlite_house.database.read() as session:
        names = session.scalars(select(Registration.first_name).where(Registration.first_name != "")).all()
    assert names == ["There"] * len(programme)
    made = tmp_path / TABLE.name
    made.write_text(table(programme, begin, gone, len(names)))
    assert TABLE.read_text() == made.read_text(), f"copy {made} to {TABLE}"
