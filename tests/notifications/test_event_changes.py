"""Telling people what became of an event: in portions, together with what else changes, and each person once."""

from datetime import timedelta
from typing import Any

import pytest

from services.notifications import event_changes
from services.notifications.correspondence import Correspondence
from services.notifications.event_changes import AFTER_FAILURE, Teller
from services.notifications.models import Event, FormerSnapshot
from tests.notifications.parts import VENUE, Office, Someone, a_session, alice, an_event, bob, text_of

WAIT = timedelta(minutes=5)


def patient(office: Office) -> Office:
    """With five minutes from a change until people are told of it."""
    object.__setattr__(office.settings, "changes_wait_seconds", WAIT.total_seconds())
    return office


def after_the_wait(office: Office) -> None:
    office.clock.turn(seconds=WAIT.total_seconds())
    office.handle()


def in_room(room: str) -> dict[str, Any]:
    return {**VENUE, "room": room}


def a_crowd(office: Office, event: dict[str, Any], number: int) -> list[Someone]:
    people = [Someone("Person", str(count), f"person{count}@verein.example") for count in range(number)]
    for person in people:
        office.confirm(person, event)
    return people


def kept_for_comparison(office: Office) -> int:
    with office.core.database.read() as session:
        return session.query(FormerSnapshot).count()


def test_several_changes_within_the_wait_are_told_as_one(office: Office) -> None:
    event, person = an_event(), alice()
    patient(office).publish(event)
    office.confirm(person, event)
    event = office.change(event, title={"en": "Law for all"})
    office.clock.turn(minutes=4)
    event = office.change(event, venue=in_room("Saal 3"))
    office.change(event, venue=in_room("Saal 4"))
    assert office.kinds(person) == ["confirmed"]
    office.clock.turn(minutes=1)
    office.handle()
    assert office.kinds(person) == ["confirmed", "event_changed"]
    assert [row.sequence for row in office.invitations(person)] == [1]
    said = text_of(office.send(person)[-1])
    assert all(word in said for word in ("Law for all", "Saal 2", "Saal 4"))
    assert "Saal 3" not in said
    assert kept_for_comparison(office) == 0


def test_what_is_taken_back_within_the_wait_is_told_to_nobody(sqlite_office: Office) -> None:
    event, person = an_event(), alice()
    office = patient(sqlite_office)
    office.publish(event)
    office.confirm(person, event)
    office.change(event, venue=in_room("Saal 3"))
    office.change(event, venue=in_room("Saal 2"))
    after_the_wait(office)
    assert office.kinds(person) == ["confirmed"]
    assert [row.sequence for row in office.invitations(person)] == [0]


def test_who_registers_within_the_wait_knows_the_event_as_it_is(sqlite_office: Office) -> None:
    event, before, within = an_event(), alice(), bob()
    office = patient(sqlite_office)
    office.publish(event)
    office.confirm(before, event)
    event = office.change(event, venue=in_room("Saal 3"))
    office.confirm(within, event)
    after_the_wait(office)
    assert office.kinds(before) == ["confirmed", "event_changed"]
    assert office.kinds(within) == ["confirmed"]


def test_who_is_promoted_within_the_wait_is_still_told_what_changed(sqlite_office: Office) -> None:
    event, person = an_event(), alice()
    office = patient(sqlite_office)
    office.publish(event)
    office.wait(person, event)
    event = office.change(event, venue=in_room("Saal 3"))
    office.confirm(person, event, previous="waitlisted")
    after_the_wait(office)
    told = [(mail.kind, mail.calendar_method) for mail in office.mails(person)]
    assert told == [("waitlisted", None), ("promoted", "REQUEST"), ("event_changed", None)]


def test_the_end_of_an_event_does_not_wait_and_is_all_that_is_told(sqlite_office: Office) -> None:
    event, person = an_event(), alice()
    office = patient(sqlite_office)
    office.publish(event)
    office.confirm(person, event)
    event = office.change(event, venue=in_room("Saal 3"))
    office.cancel(event)
    after_the_wait(office)
    assert office.kinds(person) == ["confirmed", "event_cancelled"]


def test_who_takes_a_seat_before_hearing_that_the_event_is_cancelled_hears_it_once(sqlite_office: Office) -> None:
    event, person = an_event(), alice()
    office = sqlite_office
    office.publish(event)
    office.wait(person, event)
    with office.core.database.unit_of_work(office.clock()) as uow:
        row = uow.session.get_one(Event, event["event_id"])
        row.state, row.version, row.reason, row.tell_at = "cancelled", 2, {"en": "Snow."}, office.clock()
        uow.commit()
    office.confirm(person, event, previous="waitlisted")
    assert office.kinds(person) == ["waitlisted", "event_cancelled"]


def test_a_crowd_is_told_in_portions_each_person_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_changes, "PORTION", 2)
    event = an_event()
    patient(office).publish(event)
    people = a_crowd(office, event, 5)
    office.change(event, venue=in_room("Saal 3"))
    office.clock.turn(seconds=WAIT.total_seconds())
    told = []
    while Teller(office.core.database, office.settings, office.clock).step():
        told.append(len(office.mails(kind="event_changed")))
    assert told == [2, 4, 5]
    assert [mail.to_email for mail in office.mails(kind="event_changed")] == [person.email for person in people]


def test_whoever_was_not_told_yet_when_the_event_changes_again_is_told_both_at_once(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_changes, "PORTION", 1)
    event, office = an_event(), patient(sqlite_office)
    office.publish(event)
    first, second = a_crowd(office, event, 2)
    event = office.change(event, title={"en": "Law for all"})
    office.clock.turn(seconds=WAIT.total_seconds())
    assert Teller(office.core.database, office.settings, office.clock).step()
    office.change(event, venue=in_room("Saal 3"))
    assert office.kinds(first) == ["confirmed", "event_changed"]
    assert office.kinds(second) == ["confirmed"]
    after_the_wait(office)
    assert office.kinds(first) == ["confirmed", "event_changed", "event_changed"]
    assert office.kinds(second) == ["confirmed", "event_changed"]
    mails = {mail.to_email: mail.text for mail in office.mails(kind="event_changed")}
    assert "Law for all" in mails[second.email]
    assert "Saal 3" in mails[second.email]
    assert "Saal 3" in mails[first.email]
    assert [row.sequence for one in (first, second) for row in office.invitations(one)] == [2, 1]


def test_an_event_that_cannot_be_told_is_tried_again_and_does_not_hold_up_the_others(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, person = sqlite_office, alice()
    broken, sound = an_event(), an_event(sessions=[a_session(29)])
    for event in (broken, sound):
        office.publish(event)
        office.confirm(person.again(), event)
    with monkeypatch.context() as patched:
        write = Correspondence.write

        def refuse(self: Correspondence, *arguments: Any, **more: Any) -> None:
            if self.event.event_id == broken["event_id"]:
                raise ValueError("no such zone")
            write(self, *arguments, **more)

        patched.setattr(Correspondence, "write", refuse)
        office.change(broken, venue=in_room("Saal 3"))
        office.change(sound, venue=in_room("Saal 3"))
    assert [mail.event_id for mail in office.mails(kind="event_changed")] == [sound["event_id"]]
    office.clock.turn(seconds=AFTER_FAILURE.total_seconds())
    office.handle()
    assert [mail.event_id for mail in office.mails(kind="event_changed")] == [sound["event_id"], broken["event_id"]]


def test_a_change_that_concerns_nobody_leaves_nothing_behind(sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.change(event, venue=in_room("Saal 3"))
    assert kept_for_comparison(sqlite_office) == 0
