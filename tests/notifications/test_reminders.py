"""Reminders: who gets which and when, once, and what changes do to them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from services.notifications.models import Event, Mail, Person, Registration, Reminder
from services.notifications.reminders import rules, writer
from services.notifications.reminders.writer import ReminderWriter
from services.notifications.snapshot import Session
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, NotFoundError
from tests.notifications.parts import (
    ORGANISER,
    Office,
    Someone,
    a_session,
    alice,
    an_event,
    bob,
    html_of,
    text_of,
)

START = datetime.fromisoformat("2027-03-28T08:00:00+00:00")
DUE = datetime.fromisoformat("2027-03-27T09:00:00+00:00")
"""A day before, by the clocks in Bochum, which are changed in the night between."""
END = START + timedelta(hours=6)


@pytest.fixture
def event(office: Office) -> dict[str, Any]:
    made = an_event()
    office.publish(made)
    office.confirm(alice(), made)
    return made


def people(number: int) -> list[Someone]:
    return [Someone("Ada", f"Nr. {one}", f"ada{one}@verein.example") for one in range(number)]


def reminders(office: Office) -> list[str]:
    """To whom there is one."""
    return sorted(mail.to_email for mail in office.mails() if mail.kind in ("reminder", "follow_up"))


def at(office: Office, moment: datetime) -> list[str]:
    office.clock.moment = moment
    office.remind()
    return reminders(office)


def test_it_comes_when_it_is_due_and_not_before(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    assert at(office, DUE - timedelta(seconds=1)) == []
    assert at(office, DUE) == ["alice@verein.example"]
    assert at(office, DUE + timedelta(hours=3)) == ["alice@verein.example"]


def test_nothing_is_sent_unasked(office: Office, event: dict[str, Any]) -> None:
    assert at(office, DUE) == []


def test_a_reminder_says_when_and_where_and_how_to_cancel(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    at(office, DUE)
    mail = office.send(alice())[-1]
    assert mail["Subject"] == "Reminder: Association law"
    said = text_of(mail)
    assert "Sunday, 28 March 2027, 10:00–16:00" in said
    assert "Kortumstraße 106" in said
    assert "/my/" in said
    assert "cancel your place" in said
    assert mail["List-Unsubscribe"] is None


def test_only_those_with_a_seat_get_the_link_for_taking_part(office: Office) -> None:
    online = an_event(venue=None, format="online", sessions=[a_session(meeting_url="https://meet.example/x")])
    office.publish(online)
    office.confirm(alice(), online)
    office.wait(bob(), online)
    office.set_rule(online)
    office.set_rule(online, audience="waitlisted")
    assert at(office, DUE) == ["alice@verein.example", "bob@verein.example"]
    (to_alice,) = office.mails(alice(), "reminder")
    (to_bob,) = office.mails(bob(), "reminder")
    assert "https://meet.example/x" in to_alice.text
    assert "https://meet.example/x" not in to_bob.text + to_bob.html
    assert "still on the waitlist" in to_bob.subject


@pytest.mark.parametrize(("audience", "expected"), [("confirmed", ["alice"]), ("waitlisted", ["bob"])])
def test_it_goes_to_its_audience_alone(
    office: Office, event: dict[str, Any], audience: str, expected: list[str]
) -> None:
    office.wait(bob(), event)
    charlie = Someone("Charlie", "Weber", "charlie@verein.example")
    office.confirm(charlie, event)
    office.give_up(charlie, event)
    office.set_rule(event, audience=audience)
    assert at(office, DUE) == [f"{name}@verein.example" for name in expected]


def test_thanks_go_to_those_who_were_at_that_session(office: Office) -> None:
    sessions = [a_session(), a_session(29)]
    event = an_event(sessions=sessions)
    office.publish(event)
    first, second, absent = people(3)
    for someone in (first, second, absent):
        office.confirm(someone, event)
    office.attend(first, event, sessions[0]["session_id"])
    office.attend(second, event, sessions[1]["session_id"])
    office.set_rule(event, timing="after_end", amount=1, unit="hours", audience="present")
    assert at(office, END + timedelta(hours=1)) == [first.email]
    assert at(office, END + timedelta(days=1, hours=1)) == sorted([first.email, second.email])


def test_once_after_the_event_thanks_go_to_those_who_were_at_any_session(office: Office) -> None:
    sessions = [a_session(), a_session(29)]
    event = an_event(sessions=sessions)
    office.publish(event)
    first, absent = people(2)
    for someone in (first, absent):
        office.confirm(someone, event)
    office.attend(first, event, sessions[0]["session_id"])
    office.set_rule(event, timing="after_end", amount=1, unit="hours", audience="present", each_session=False)
    assert at(office, END + timedelta(days=1, hours=1)) == [first.email]


def test_what_comes_after_the_end_can_be_refused(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event, timing="after_end", amount=1, unit="hours")
    at(office, END + timedelta(hours=1))
    mail = office.send(alice())[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Do not send me such mails any more" in html_of(mail)


def test_whoever_refuses_such_mails_gets_none_after_the_end_but_reminders(
    office: Office, event: dict[str, Any]
) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        uow.session.execute(update(Person).values(refused_news_at=uow.now))
        uow.commit()
    office.set_rule(event)
    office.set_rule(event, timing="after_end", amount=1, unit="hours")
    assert at(office, DUE) == ["alice@verein.example"]
    assert at(office, END + timedelta(hours=1)) == ["alice@verein.example"]


def test_whoever_registers_after_it_was_due_gets_none(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    office.clock.moment = DUE + timedelta(minutes=1)
    office.confirm(bob(), event)
    office.remind()
    assert reminders(office) == ["alice@verein.example"]


def test_a_moment_that_has_passed_is_not_made_up_for(office: Office, event: dict[str, Any]) -> None:
    office.clock.moment = DUE + timedelta(minutes=1)
    office.set_rule(event)
    assert at(office, START) == []


def test_a_session_that_is_moved_takes_its_reminder_along(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    moved = {**event["sessions"][0], "starts_at": START + timedelta(days=7), "ends_at": END + timedelta(days=7)}
    office.change(event, sessions=[moved])
    assert at(office, DUE) == []
    assert at(office, START + timedelta(days=6)) == ["alice@verein.example"]


def test_a_session_that_was_reminded_of_is_not_reminded_of_again(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    at(office, DUE)
    moved = {**event["sessions"][0], "starts_at": START + timedelta(days=7), "ends_at": END + timedelta(days=7)}
    office.change(event, sessions=[moved])
    assert at(office, START + timedelta(days=6)) == ["alice@verein.example"]


def test_an_added_session_has_a_reminder_and_a_removed_one_none(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    other = a_session(15, month=4)
    changed = office.change(event, sessions=[*event["sessions"], other])
    office.change(changed, sessions=[{**event["sessions"][0], "cancelled": True}, other])
    assert at(office, DUE) == []
    assert at(office, other["starts_at"] - timedelta(days=1)) == ["alice@verein.example"]


def test_of_an_event_that_is_cancelled_nobody_is_reminded(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    office.cancel(event)
    assert at(office, DUE) == []


def test_a_change_between_due_and_written_loses_nothing(office: Office, event: dict[str, Any]) -> None:
    office.set_rule(event)
    office.clock.moment = DUE + timedelta(seconds=1)
    office.change(event, title={"de": "Neuer Titel", "en": "New title"})
    office.remind()
    assert reminders(office) == ["alice@verein.example"]


def test_a_worker_that_comes_back_at_night_waits_for_the_morning_or_gives_up(
    office: Office, event: dict[str, Any]
) -> None:
    office.set_rule(event, amount=2)
    night = datetime.fromisoformat("2027-03-26T22:00:00+00:00")
    assert at(office, night) == []
    assert at(office, datetime.fromisoformat("2027-03-27T07:00:00+00:00")) == ["alice@verein.example"]
    office.set_rule(event)
    assert at(office, START) == ["alice@verein.example"]


def test_own_words_hold_in_their_language_and_the_house_s_in_others(office: Office, event: dict[str, Any]) -> None:
    olena = Someone("Olena", "Koval", "olena@verein.example", locale="de")
    office.confirm(olena, event)
    office.set_rule(event, subject={"de": "Bis morgen, {name}!"}, text={"de": "Bitte Laptop mitbringen: {where}."})
    at(office, DUE)
    (german,), (english,) = office.mails(olena, "reminder"), office.mails(alice(), "reminder")
    assert german.subject == "Bis morgen, Olena Koval!"
    assert "Bitte Laptop mitbringen: Haus der Vielfalt" in german.text
    assert english.subject == "Reminder: Association law"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"audience": "present"}, "audience"),
        ({"amount": 0}, "amount"),
        ({"subject": {"en": "{deadline}"}}, "subject.en"),
        ({"text": {"de": "{ name }"}}, "text.de"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(sqlite_office: Office, changes: dict[str, Any], field: str) -> None:
    event = an_event()
    sqlite_office.publish(event)
    with pytest.raises(InvalidError) as refused:
        sqlite_office.set_rule(event, **changes)
    assert list(refused.value.errors) == [field]


def test_an_event_has_a_limited_number_of_rules(sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    for _ in range(rules.MOST_RULES):
        sqlite_office.set_rule(event)
    with pytest.raises(ConflictError):
        sqlite_office.set_rule(event)
    with pytest.raises(NotFoundError):
        sqlite_office.set_rule(an_event())


def test_a_rule_that_is_removed_or_changed_writes_no_more_by_the_old_one(office: Office, event: dict[str, Any]) -> None:
    removed, changed = office.set_rule(event), office.set_rule(event)
    with office.core.database.unit_of_work(office.clock()) as uow:
        rules.remove(uow, event["event_id"], removed, ORGANISER)
        later = replace(rules.THE_DAY_BEFORE, amount=5, unit="hours")
        rules.change(uow, event["event_id"], changed, later, ORGANISER)
        uow.commit()
    assert at(office, DUE) == []


def test_what_waits_to_be_sent_when_its_rule_is_removed_is_not_sent(office: Office, event: dict[str, Any]) -> None:
    office.send()
    removed = office.set_rule(event)
    assert at(office, DUE) == ["alice@verein.example"]
    with office.core.database.unit_of_work(office.clock()) as uow:
        rules.remove(uow, event["event_id"], removed, ORGANISER)
        uow.commit()
    assert office.send() == []
    assert reminders(office) == []


def test_what_waits_to_be_sent_when_its_rule_is_changed_is_written_anew_once(
    office: Office, event: dict[str, Any]
) -> None:
    office.send()
    changed = office.set_rule(event)
    at(office, DUE)
    with office.core.database.unit_of_work(office.clock()) as uow:
        worded = replace(rules.THE_DAY_BEFORE, subject={"en": "Tomorrow: bring a pen"})
        rules.change(uow, event["event_id"], changed, worded, ORGANISER)
        uow.commit()
    office.remind()
    office.remind()
    assert [mail["Subject"] for mail in office.send()] == ["Tomorrow: bring a pen"]


def test_what_was_sent_is_not_written_again_when_its_rule_is_changed(office: Office, event: dict[str, Any]) -> None:
    changed = office.set_rule(event)
    at(office, DUE)
    office.send()
    with office.core.database.unit_of_work(office.clock()) as uow:
        later = replace(rules.THE_DAY_BEFORE, amount=5, unit="hours")
        rules.change(uow, event["event_id"], changed, later, ORGANISER)
        uow.commit()
    assert at(office, START - timedelta(hours=5)) == ["alice@verein.example"]
    assert office.send() == []


def test_two_workers_write_to_each_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PORTION", 2)
    event = an_event()
    office.publish(event)
    crowd = people(15)
    for someone in crowd:
        office.confirm(someone, event)
    office.set_rule(event)
    office.clock.moment = DUE
    together = Barrier(2)

    def work() -> None:
        one = ReminderWriter(office.core.database, office.settings, office.clock)
        together.wait()
        while one.step():
            pass

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work) for _ in range(2)]:
            done.result()
    office.remind()
    assert reminders(office) == sorted(someone.email for someone in crowd)


def test_the_database_refuses_a_second_mail_of_a_rule_about_a_session_to_one_registration(
    office: Office, event: dict[str, Any]
) -> None:
    office.set_rule(event)
    at(office, DUE)
    (first,) = office.mails(kind="reminder")
    same = {"reminder_id": first.reminder_id, "reminder_session_id": first.reminder_session_id}
    with office.core.database.unit_of_work(office.clock()) as uow, pytest.raises(IntegrityError):
        uow.session.execute(update(Mail).where(Mail.registration_id == first.registration_id).values(same))


class Killed(BaseException):
    """What no code of ours catches."""


class KilledWriter(ReminderWriter):
    """Dies at the fourth letter."""

    letters = 0

    def _remind(
        self, uow: UnitOfWork, event: Event, session: Session, reminder: Reminder, registration: Registration
    ) -> None:
        self.letters += 1
        if self.letters == 4:
            raise Killed
        super()._remind(uow, event, session, reminder, registration)


def test_a_worker_that_was_killed_leaves_nobody_out_and_nobody_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PORTION", 2)
    event = an_event()
    office.publish(event)
    crowd = people(5)
    for someone in crowd:
        office.confirm(someone, event)
    office.set_rule(event)
    office.clock.moment = DUE
    killed = KilledWriter(office.core.database, office.settings, office.clock)
    assert killed.step()
    with pytest.raises(Killed):
        killed.step()
    assert len(reminders(office)) == 2
    office.remind()
    assert reminders(office) == sorted(someone.email for someone in crowd)
