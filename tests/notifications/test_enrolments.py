"""What happens to a whole enrolment is one mail, right in any order of its messages; later changes are single."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.database import new_id
from shared.messages.registration import REPUBLISHED
from tests.calendars.readers import ReadEntry, read_with_icaljs, read_with_libical
from tests.notifications.enrolment_parts import Enrolment, Seat, enrolment, published_modules, take
from tests.notifications.parts import (
    Office,
    Someone,
    alice,
    calendar_in,
    calendars_of,
    html_of,
    text_of,
    tree,
)

READERS = pytest.mark.parametrize("read", [read_with_icaljs, read_with_libical], ids=["ical.js", "libical"])


def files_of(message: EmailMessage) -> list[bytes]:
    found = [part.get_payload(decode=True) for part in message.iter_attachments()]
    return [content for content in found if isinstance(content, bytes)]


def entries_of(read: Any, message: EmailMessage) -> list[ReadEntry]:
    return [entry for content in files_of(message) for entry in read(content)]


def seated(office: Office, person: Someone, number: int = 3) -> Enrolment:
    """Enrolled with a seat in each module, and told of it."""
    enrolled = enrolment(office, person, number)
    take(office, [*(enrolled.turn(index, "confirmed") for index in range(number)), enrolled.change("enrolled")])
    return enrolled


@pytest.mark.parametrize(
    ("locale", "subject", "sentences"),
    [
        (
            "en",
            "Your registration for the series: Training series: foundations",
            (
                "Building block 1 (confirmed)",
                "Building block 2 (number 3 on the waitlist)",
                "Building block 3 (not registered: registration is closed)",
                "Thursday, 1 April 2027, 10:00–16:00",
                "Haus der Vielfalt, Saal 2",
            ),
        ),
        (
            "de",
            "Ihre Anmeldung zur Reihe: Fortbildungsreihe: Grundlagen",
            (
                "Baustein 1 (bestätigt)",
                "Baustein 2 (auf der Warteliste auf Platz 3)",
                "Baustein 3 (nicht angemeldet: die Anmeldung ist geschlossen)",
                "Donnerstag, 1. April 2027, 10:00–16:00",
                "Haus der Vielfalt, Saal 2",
            ),
        ),
    ],
)
def test_one_mail_tells_of_each_module_with_its_date_place_and_state(
    office: Office, locale: str, subject: str, sentences: tuple[str, ...]
) -> None:
    enrolled = enrolment(office, alice(locale))
    messages = [enrolled.turn(0, "confirmed"), enrolled.turn(1, "waitlisted", position=3)]
    enrolled.refuse(2, "closed")
    take(office, [*messages, enrolled.change("enrolled")])
    assert office.kinds() == ["enrolled"]
    (mail,) = office.send()
    assert mail["Subject"] == subject
    for sentence in sentences:
        assert sentence in text_of(mail)
    assert sentences[3].split(",")[1].strip() in html_of(mail)
    assert html_of(mail).count("Haus der Vielfalt") == 3


@READERS
def test_several_seats_are_one_file_and_the_link_to_the_personal_calendar(sqlite_office: Office, read: Any) -> None:
    office = sqlite_office
    enrolled = seated(office, alice())
    (mail,) = office.send()
    assert tree(mail) == ("multipart/mixed", ("multipart/alternative", "text/plain", "text/html"), "application/ics")
    entries = entries_of(read, mail)
    assert [entry.summary for entry in entries] == ["Building block 1", "Building block 2", "Building block 3"]
    assert {(entry.method, entry.status, entry.sequence) for entry in entries} == {("", "CONFIRMED", 0)}
    assert {entry.uid for entry in entries} == {row.uid for row in office.invitations(enrolled.person)}
    assert "/calendars/" in text_of(mail)


@READERS
def test_a_single_seat_is_an_invitation(sqlite_office: Office, read: Any) -> None:
    office = sqlite_office
    enrolled = enrolment(office, alice())
    messages = [enrolled.turn(0, "confirmed"), enrolled.turn(1, "waitlisted"), enrolled.turn(2, "waitlisted")]
    take(office, [enrolled.change("enrolled"), *messages])
    (mail,) = office.send()
    (part,) = calendars_of(mail)
    assert calendar_in(part)["METHOD"] == "REQUEST"
    (entry,) = entries_of(read, mail)
    assert (entry.method, entry.summary) == ("REQUEST", "Building block 1")


def test_without_a_seat_nothing_is_for_the_calendar(office: Office) -> None:
    enrolled = enrolment(office, alice(), mode="whole")
    waiting = [enrolled.turn(index, "waitlisted", waits_for_series=True, position=1) for index in range(3)]
    take(office, [*waiting, enrolled.change("enrolled")])
    (mail,) = office.send()
    assert tree(mail) == ("multipart/alternative", "text/plain", "text/html")
    assert "As soon as all modules have a seat for you" in text_of(mail)
    assert office.invitations(enrolled.person) == []


def test_seats_that_wait_for_the_address_say_until_when(office: Office) -> None:
    enrolled = enrolment(office, alice())
    until = office.clock() + timedelta(days=2)
    take(office, [*(enrolled.turn(n, "pending", deadline=until) for n in range(3)), enrolled.change("enrolled")])
    (mail,) = office.send()
    assert "that this address is yours" in text_of(mail)
    assert "Confirm my address:" in text_of(mail)


@pytest.mark.parametrize("state", ["confirmed", "offered"])
def test_the_whole_that_was_waited_for_is_one_mail(office: Office, state: str) -> None:
    enrolled = enrolment(office, alice(), mode="whole")
    waiting = [enrolled.turn(index, "waitlisted", waits_for_series=True, position=1) for index in range(3)]
    take(office, [*waiting, enrolled.change("enrolled")])
    until = office.clock() + timedelta(days=3)
    seats = [enrolled.turn(index, state, deadline=until if state == "offered" else None) for index in range(3)]
    take(office, [enrolled.change("completed"), *seats])
    assert office.kinds() == ["enrolled", "enrolment_completed"]
    mail = office.send()[-1]
    assert text_of(mail).count(f"({'confirmed' if state == 'confirmed' else 'a seat is offered'})") == 3
    assert ("Accept or decline:" in text_of(mail)) == (state == "offered")
    assert len(office.invitations(enrolled.person)) == (3 if state == "confirmed" else 0)


@READERS
def test_cancelling_all_is_one_mail_with_a_message_for_each_entry(sqlite_office: Office, read: Any) -> None:
    office = sqlite_office
    enrolled = seated(office, alice())
    invited = {row.uid for row in office.invitations(enrolled.person)}
    ends = [enrolled.turn(index, "cancelled") for index in range(3)]
    take(office, [enrolled.change("cancelled"), *ends])
    assert office.kinds() == ["enrolled", "enrolment_cancelled"]
    mail = office.send()[-1]
    assert tree(mail)[2:] == ("application/ics",) * 3
    for content in files_of(mail):
        (entry,) = read(content)
        assert (entry.method, entry.status, entry.sequence) == ("CANCEL", "CANCELLED", 1)
    assert {entry.uid for entry in entries_of(read, mail)} == invited


def test_cancelling_the_only_seat_is_a_message_that_calendars_act_on(office: Office) -> None:
    enrolled = seated(office, alice(), 1)
    take(office, [enrolled.turn(0, "cancelled"), enrolled.change("cancelled")])
    (part,) = calendars_of(office.send()[-1])
    assert calendar_in(part)["METHOD"] == "CANCEL"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_every_order_and_twice_each_mail_is_right_and_comes_once(sqlite_office: Office, data: st.DataObject) -> None:
    office = sqlite_office
    number = len(office.mails())
    person = Someone("Alice", "Öztürk", f"alice{number}@verein.example")
    enrolled = Enrolment(office, person, [Seat(event) for event in published_modules(office)])
    begin = [enrolled.turn(0, "confirmed"), enrolled.turn(1, "waitlisted", position=2), enrolled.turn(2, "confirmed")]
    _take_mixed(office, data, [*begin, enrolled.change("enrolled")])
    assert [(mail.kind, len(mail.calendars), mail.calendar_method) for mail in office.mails(person)] == [
        ("enrolled", 1, None)
    ]
    end = [enrolled.turn(0, "cancelled"), enrolled.turn(1, "cancelled"), enrolled.turn(2, "cancelled")]
    _take_mixed(office, data, [*end, enrolled.change("cancelled")])
    told = office.mails(person)[1:]
    assert [(mail.kind, len(mail.calendars), mail.calendar_method) for mail in told] == [
        ("enrolment_cancelled", 2, "CANCEL")
    ]
    text = office.mails(person)[0].text
    assert "number 2 on the waitlist" in text
    assert text.count("(confirmed)") == 2
    assert [(row.sequence, row.status) for row in office.invitations(person)] == [(1, "cancelled")] * 2


def _take_mixed(office: Office, data: st.DataObject, messages: list[Any]) -> None:
    """In any order, some of them twice: as the same message, or told once more with another id."""
    again = data.draw(st.lists(st.sampled_from(messages), max_size=2))
    repeated = [replace(one, message_id=_other(one.message_id)) if data.draw(st.booleans()) else one for one in again]
    take(office, data.draw(st.permutations([*messages, *repeated])))


def _other(message_id: Any) -> Any:
    return type(message_id)(int=message_id.int ^ 1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_module_that_moves_up_before_the_summary_is_told_with_both(
    sqlite_office: Office, data: st.DataObject
) -> None:
    office = sqlite_office
    person = Someone("Alice", "Öztürk", f"alice{len(office.mails())}@verein.example")
    enrolled = Enrolment(office, person, [Seat(event) for event in published_modules(office, 2)])
    begin = [enrolled.turn(0, "confirmed"), enrolled.turn(1, "waitlisted", position=1), enrolled.change("enrolled")]
    promoted = enrolled.turn(1, "confirmed", summarised=False, actor="engine")
    take(office, data.draw(st.permutations([*begin, promoted])))
    assert sorted(office.kinds(person)) == ["enrolled", "promoted"]
    assert [(row.sequence, row.status) for row in office.invitations(person)] == [(0, "requested")] * 2


def test_a_correction_that_overtakes_the_beginning_of_a_module_writes_no_mail_of_its_own(office: Office) -> None:
    enrolled = enrolment(office, alice(), 2)
    begin = [enrolled.turn(0, "confirmed"), enrolled.turn(1, "confirmed"), enrolled.change("enrolled")]
    take(office, [enrolled.correct(0), *begin])
    assert office.kinds() == ["enrolled"]
    assert len(office.invitations(enrolled.person)) == 2


def test_later_changes_of_one_module_are_single_mails_about_the_same_entries(office: Office) -> None:
    enrolled = seated(office, alice())
    invited = {row.session_id: row.uid for row in office.invitations(enrolled.person)}
    event = enrolled.seats[0].event
    earlier = [{**event["sessions"][0], "starts_at": event["sessions"][0]["starts_at"] - timedelta(hours=1)}]
    office.change(event, sessions=earlier)
    take(office, [enrolled.turn(1, "cancelled", summarised=False)])
    assert office.kinds() == ["enrolled", "event_changed", "cancelled"]
    _, changed, cancelled = office.send()
    for mail, method, seat in ((changed, "REQUEST", 0), (cancelled, "CANCEL", 1)):
        (part,) = calendars_of(mail)
        (entry,) = calendar_in(part).walk("VEVENT")
        assert (calendar_in(part)["METHOD"], int(entry["SEQUENCE"])) == (method, 1)
        assert str(entry["UID"]) == invited[enrolled.seats[seat].event["sessions"][0]["session_id"]]


def test_a_module_that_was_cancelled_by_its_organiser_is_said_not_to_take_place(office: Office) -> None:
    enrolled = enrolment(office, alice(), 2)
    begin = [enrolled.turn(0, "confirmed"), enrolled.turn(1, "confirmed"), enrolled.change("enrolled")]
    office.cancel(enrolled.seats[1].event)
    take(office, begin)
    assert "Building block 2 (does not take place)" in office.mails(kind="enrolled")[0].text
    assert [row.event_id for row in office.invitations(enrolled.person)] == [enrolled.seats[0].event["event_id"]]


def test_a_corrected_address_gets_the_summary(office: Office) -> None:
    enrolled = enrolment(office, alice(), 1)
    begin = [enrolled.turn(0, "confirmed"), enrolled.change("enrolled")]
    office.clock.turn(minutes=1)
    enrolled.person = replace(enrolled.person, email="alice@neu.example")
    take(office, [enrolled.correct(0), *begin])
    assert [mail.to_email for mail in office.mails(kind="enrolled")] == ["alice@neu.example"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_summary_goes_to_the_right_address_and_the_wrong_one_loses_its_entries(
    sqlite_office: Office, order: tuple[int, ...]
) -> None:
    office = sqlite_office
    enrolled = enrolment(office, alice(), 2)
    take(office, [enrolled.turn(0, "confirmed"), enrolled.turn(1, "confirmed"), enrolled.change("enrolled")])
    office.clock.turn(minutes=1)
    wrong, enrolled.person = enrolled.person, replace(enrolled.person, email="alice@neu.example", person_id=new_id())
    told = [enrolled.correct(0, summarised=True), enrolled.correct(1, summarised=True), enrolled.change("enrolled")]
    take(office, [told[index] for index in order])
    assert [mail.to_email for mail in office.mails(kind="enrolled")] == [wrong.email, "alice@neu.example"]
    assert [row.status for row in office.invitations(wrong)] == ["cancelled", "cancelled"]
    assert [row.status for row in office.invitations(enrolled.person)] == ["requested", "requested"]
    withdrawn = [mail.to_email for mail in office.mails() if mail.calendar_method == "CANCEL"]
    assert withdrawn == [wrong.email] * 2


def test_an_enrolment_that_is_told_once_more_writes_to_nobody(office: Office) -> None:
    enrolled = seated(office, alice())
    again = [enrolled.turn(n, "confirmed", summarised=False, reason=REPUBLISHED, actor="engine") for n in range(3)]
    take(office, again)
    assert office.kinds() == ["enrolled"]
    assert [row.sequence for row in office.invitations(enrolled.person)] == [0, 0, 0]
