"""The life of invitations: what a person's calendar is told over every path that a place can take."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.messages.registration import (
    ADDED_SILENTLY,
    REPUBLISHED,
    RegistrationCancelledV1,
    RegistrationConfirmedV1,
    RegistrationWaitlistedV1,
)
from tests.notifications.parts import (
    VENUE,
    Office,
    Someone,
    a_session,
    alice,
    an_event,
    bob,
    calendar_in,
    calendars_of,
    registration_body,
    text_of,
)


def told(office: Office, someone: Someone) -> list[tuple[str, int, str]]:
    """METHOD, SEQUENCE and UID of what was sent since the last look, in order."""
    found = []
    for message in office.send(someone):
        for part in calendars_of(message):
            calendar = calendar_in(part)
            (entry,) = calendar.walk("VEVENT")
            assert str(entry["ATTENDEE"]) == f"mailto:{someone.email}"
            assert str(entry["ORGANIZER"]) == "mailto:reihe@verband.example"
            assert str(entry["STATUS"]) == ("CANCELLED" if calendar["METHOD"] == "CANCEL" else "CONFIRMED")
            found.append((str(calendar["METHOD"]), int(entry["SEQUENCE"]), str(entry["UID"])))
    return found


def methods(office: Office, someone: Someone) -> list[tuple[str, int]]:
    return [(method, sequence) for method, sequence, _ in told(office, someone)]


def test_who_is_confirmed_is_invited_to_each_session_with_a_uid_of_its_own(office: Office) -> None:
    event = an_event(sessions=[a_session(28), a_session(29)])
    office.publish(event)
    person = alice()
    office.confirm(person, event)
    (first, second) = told(office, person)
    assert first[:2] == second[:2] == ("REQUEST", 0)
    assert first[2] != second[2]
    assert all(uid.startswith("r-") and uid.endswith("@reihe.example") for *_, uid in (first, second))


def test_confirm_change_cancel_and_register_again_keep_the_uid_and_raise_the_sequence(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    moved = [{**event["sessions"][0], "starts_at": event["sessions"][0]["starts_at"] - timedelta(hours=1)}]
    office.change(event, sessions=moved)
    office.give_up(person, event)
    office.confirm(person.again(), event)
    said = told(office, person)
    assert [one[:2] for one in said] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3)]
    assert len({uid for *_, uid in said}) == 1


def test_what_is_told_once_more_is_remembered_without_a_mail(office: Office) -> None:
    event, (seated, waiting, gone) = an_event(), (alice(), bob(), bob().again())
    office.publish(event)
    again = {"reason": REPUBLISHED, "actor": "engine"}
    for schema, person, state in (
        (RegistrationConfirmedV1, seated, "confirmed"),
        (RegistrationWaitlistedV1, waiting, "waitlisted"),
        (RegistrationCancelledV1, gone, "cancelled"),
    ):
        office.tell(schema, person, event, state=state, previous_state=state, **again)
    assert office.mails() == []
    assert [one.sequence for one in office.invitations(seated)] == [0]
    office.give_up(seated, event)
    assert methods(office, seated) == [("CANCEL", 1)]


def test_whoever_is_added_silently_gets_no_mail_until_something_changes(office: Office) -> None:
    event, person = an_event(), alice()
    office.publish(event)
    added = {"state": "confirmed", "previous_state": None, "actor": "organiser", "reason": ADDED_SILENTLY}
    office.tell(RegistrationConfirmedV1, person, event, **added)
    assert office.mails() == []
    office.give_up(person, event)
    assert methods(office, person) == [("CANCEL", 1)]


@pytest.mark.parametrize("state", ["confirmed", "cancelled"])
def test_of_an_event_that_is_over_or_cancelled_nothing_is_told_once_more(office: Office, state: str) -> None:
    over, cancelled = an_event(), an_event()
    for event in (over, cancelled):
        office.publish(event)
    office.cancel(cancelled)
    office.clock.turn(days=200)
    schema = RegistrationConfirmedV1 if state == "confirmed" else RegistrationCancelledV1
    for event in (over, cancelled):
        person = alice()
        office.tell(schema, person, event, state=state, previous_state=state, reason=REPUBLISHED, actor="engine")
        assert office.invitations(person) == []
    assert office.mails() == []


def test_whoever_waits_is_not_invited_until_promoted(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.wait(person, event)
    assert methods(office, person) == []
    office.confirm(person, event, previous="waitlisted")
    assert methods(office, person) == [("REQUEST", 0)]


def test_leaving_the_waitlist_says_nothing_to_the_calendar(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.wait(person, event)
    office.give_up(person, event, previous="waitlisted")
    assert methods(office, person) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"title": {"de": "Vereinsrecht für alle", "en": "Association law for all"}},
        {"venue": {**VENUE, "room": "Saal 3"}},
        {"venue": None, "sessions": "online"},
        {"sessions": "later"},
    ],
    ids=["title", "room", "online", "time"],
)
def test_what_a_calendar_shows_is_sent_again_when_it_changes(office: Office, changes: dict[str, Any]) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    (session,) = event["sessions"]
    others = {
        "online": [{**session, "meeting_url": "https://treffen.example/raum"}],
        "later": [{**session, "ends_at": session["ends_at"] + timedelta(minutes=30)}],
    }
    wanted = {name: others[value] if isinstance(value, str) else value for name, value in changes.items()}
    office.change(event, **wanted)
    assert methods(office, person) == [("REQUEST", 0), ("REQUEST", 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity": 30},
        {"description": {"de": "Neu beschrieben."}},
        {"title": {"de": "Anderer deutscher Titel", "en": "Association law"}},
        {"venue": {**VENUE, "accessibility": {"de": "Aufzug."}, "latitude": 51.49}},
        {"max_per_organisation": 2},
    ],
    ids=["capacity", "description", "title in another language", "accessibility", "quota"],
)
def test_what_no_calendar_shows_is_sent_to_none(office: Office, changes: dict[str, Any]) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.send()
    office.change(event, **changes)
    assert office.send() == []


def test_a_new_meeting_link_goes_to_the_confirmed_alone(office: Office) -> None:
    confirmed, waiting = alice(), bob()
    event = an_event(sessions=[a_session(meeting_url="https://treffen.example/alt")])
    office.publish(event)
    office.confirm(confirmed, event)
    office.wait(waiting, event)
    office.send()
    office.change(event, sessions=[{**event["sessions"][0], "meeting_url": "https://treffen.example/neu"}])
    assert [mail.to_email for mail in office.mails(kind="event_changed")] == [confirmed.email]
    assert methods(office, confirmed) == [("REQUEST", 1)]


def test_no_mail_to_those_who_wait_holds_a_meeting_link(office: Office) -> None:
    waiting = alice()
    event = an_event(sessions=[a_session(meeting_url="https://treffen.example/geheim")])
    office.publish(event)
    office.wait(waiting, event)
    office.change(event, title={"en": "Another title"})
    assert office.kinds() == ["waitlisted", "event_changed"]
    assert not any(b"treffen.example" in message.as_bytes() for message in office.send())


def test_only_the_session_that_changed_is_sent_again(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(28), a_session(29)])
    office.publish(event)
    office.confirm(person, event)
    uids = [uid for *_, uid in told(office, person)]
    first, second = event["sessions"]
    office.change(event, sessions=[first, {**second, "starts_at": second["starts_at"] + timedelta(hours=1)}])
    assert told(office, person) == [("REQUEST", 1, uids[1])]


def test_a_session_that_is_added_invites_and_one_that_is_removed_or_cancelled_is_taken_back(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(28), a_session(29)])
    office.publish(event)
    office.confirm(person, event)
    uids = [uid for *_, uid in told(office, person)]
    office.change(event, sessions=[{**event["sessions"][0], "cancelled": True}, a_session(30)])
    said = told(office, person)
    assert said[:2] == [("CANCEL", 1, uids[0]), ("CANCEL", 1, uids[1])]
    assert said[2][:2] == ("REQUEST", 0)
    assert said[2][2] not in uids


def test_the_end_of_an_event_takes_back_every_invitation(office: Office) -> None:
    confirmed, waiting = alice(), bob()
    event = an_event(sessions=[a_session(28), a_session(29)])
    office.publish(event)
    office.confirm(confirmed, event)
    office.wait(waiting, event)
    office.send()
    office.cancel(event)
    assert office.kinds(waiting)[-1] == "event_cancelled"
    assert methods(office, confirmed) == [("CANCEL", 1), ("CANCEL", 1)]


def test_who_is_confirmed_after_the_event_was_cancelled_is_told_so_and_not_invited(office: Office) -> None:
    """Nothing orders the messages of registrations behind those of events."""
    person, event = alice(), an_event()
    office.publish(event)
    office.cancel(event)
    office.confirm(person, event)
    assert office.kinds(person) == ["event_cancelled"]
    assert methods(office, person) == []


def test_a_cancellation_that_a_new_registration_has_overtaken_takes_nothing_back(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.confirm(person.again(), event)
    office.give_up(person, event)
    assert methods(office, person) == [("REQUEST", 0)]
    assert [row.status for row in office.invitations(person)] == ["requested"]


def test_two_seats_of_one_person_share_their_entries_in_the_calendar(office: Office) -> None:
    """A contact may register several people with one address."""
    person, event = alice(), an_event()
    other = person.again()
    office.publish(event)
    office.confirm(person, event)
    office.confirm(other, event)
    added = office.change(event, sessions=[*event["sessions"], a_session(30)])
    assert [(method, sequence) for method, sequence, _ in told(office, person)] == [("REQUEST", 0), ("REQUEST", 0)]
    office.give_up(other, added)
    assert methods(office, person) == []
    office.cancel(added)
    assert methods(office, person) == [("CANCEL", 1), ("CANCEL", 1)]


def test_who_has_a_seat_and_waits_for_another_keeps_the_entries_of_the_seat(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.wait(person.again(), event)
    office.confirm(person, event)
    office.change(event, venue={**VENUE, "room": "Saal 7"})
    assert methods(office, person) == [("REQUEST", 0), ("REQUEST", 1)]


def test_sessions_that_are_over_are_left_alone(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(1, month=2), a_session(28)])
    office.publish(event)
    office.confirm(person, event)
    uids = [uid for *_, uid in told(office, person)]
    office.clock.turn(days=40)
    office.give_up(person, event)
    assert told(office, person) == [("CANCEL", 1, uids[1])]


def test_who_comes_late_is_invited_to_what_is_left(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(1, month=2), a_session(28)])
    office.publish(event)
    office.clock.turn(days=40)
    office.confirm(person, event)
    assert len(told(office, person)) == 1


def test_three_sessions_are_invited_to_by_three_mails_and_the_first_carries_the_confirmation(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(day) for day in (1, 2, 3)])
    office.publish(event)
    office.confirm(person, event)
    assert office.kinds() == ["confirmed", "invitation", "invitation"]
    assert methods(office, person) == [("REQUEST", 0)] * 3


def test_four_sessions_come_as_one_file_without_a_method_and_with_the_personal_calendars_link(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(day) for day in (1, 2, 3, 4)])
    office.publish(event)
    office.confirm(person, event)
    (message,) = office.send()
    assert calendars_of(message) == []
    (file,) = message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "calendar.ics")
    calendar = calendar_in(file)
    assert "METHOD" not in calendar
    entries = calendar.walk("VEVENT")
    assert {str(entry["UID"]) for entry in entries} == {row.uid for row in office.invitations(person)}
    assert not any("ATTENDEE" in entry for entry in entries)
    assert "/calendars/" in text_of(message)


def test_a_change_after_one_file_is_a_request_of_the_single_session(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(day) for day in (1, 2, 3, 4)])
    office.publish(event)
    office.confirm(person, event)
    office.send()
    first, *rest = event["sessions"]
    office.change(event, sessions=[{**first, "starts_at": first["starts_at"] + timedelta(hours=1)}, *rest])
    assert methods(office, person) == [("REQUEST", 1)]


def test_an_address_that_was_corrected_gets_the_invitation_and_the_old_one_a_cancellation(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.send()
    corrected = replace(person, email="alice.oeztuerk@verein.example", link_generation=2)
    office.correct(corrected, event)
    assert [(mail.to_email, mail.calendar_method) for mail in office.mails()[1:]] == [
        (person.email, "CANCEL"),
        (corrected.email, "REQUEST"),
    ]
    farewell, _ = office.send()
    assert "https://reihe.example/my/" not in text_of(farewell)


def test_a_corrected_name_or_language_sends_nothing(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.correct(replace(person, last_name="Öztürk-Müller", locale="de"), event)
    assert office.kinds() == ["confirmed"]


def test_a_message_that_a_newer_one_has_overtaken_changes_nothing(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    body = registration_body(person, event, office.clock())
    office.hear(
        RegistrationCancelledV1,
        person.registration_id,
        {**body, "state": "cancelled", "previous_state": "confirmed"},
        version=2,
    )
    office.hear(RegistrationConfirmedV1, person.registration_id, {**body, "state": "confirmed"}, version=1)
    assert office.kinds() == ["cancelled"]
    assert office.invitations(person) == []


def test_a_confirmation_that_a_correction_has_overtaken_is_still_sent(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.correct(person, event)
    assert office.kinds() == ["confirmed"]
    assert methods(office, person) == [("REQUEST", 0)]


def test_a_registration_waits_for_its_event(office: Office) -> None:
    person, event = alice(), an_event()
    body = registration_body(person, event, office.clock(), state="confirmed")
    message_id = office.hear(RegistrationConfirmedV1, person.registration_id, body)
    assert "NotYetKnownError" in (office.complaint(message_id) or "")
    office.publish(event)
    office.clock.turn(minutes=10)
    office.handle()
    assert office.kinds() == ["confirmed"]


def test_the_organisers_own_address_gets_a_file_for_clients_ignore_an_invitation_to_oneself(office: Office) -> None:
    person, event = replace(alice(), email="Reihe@verband.example"), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.give_up(person, event)
    assert [(mail.kind, mail.calendar_method) for mail in office.mails()] == [("confirmed", None), ("cancelled", None)]
    assert office.mails()[0].calendars


def test_an_event_that_takes_place_after_all_invites_again(office: Office) -> None:
    person, oneself = alice(), replace(bob(), email="reihe@verband.example")
    event = an_event(sessions=[a_session(28), a_session(29)])
    office.publish(event)
    office.confirm(person, event)
    office.confirm(oneself, event)
    office.cancel(event)
    office.send()
    office.publish(event)
    assert methods(office, person) == [("REQUEST", 2), ("REQUEST", 2)]
    assert office.mails(oneself)[-1].calendars


def test_an_event_without_invitations_tells_calendars_nothing_by_mail(sqlite_office: Office) -> None:
    """The personal calendar shows it all the same."""
    office, person, event = sqlite_office, alice(), an_event(invite="none")
    office.publish(event)
    office.confirm(person, event)
    moved = {**event["sessions"][0], "ends_at": event["sessions"][0]["ends_at"] + timedelta(hours=1)}
    event = office.change(event, sessions=[moved])
    office.give_up(person, event)
    assert office.kinds() == ["confirmed", "event_changed", "cancelled"]
    assert not any(mail.calendars for mail in office.mails())
    assert not any("calendar" in text_of(message).lower() for message in office.send())
    assert [row.sequence for row in office.invitations(person)] == [2]


def test_entries_that_came_by_mail_are_kept_right_when_the_event_stops_inviting(sqlite_office: Office) -> None:
    office, before, after, event = sqlite_office, alice(), bob(), an_event()
    office.publish(event)
    office.confirm(before, event)
    event = office.change(event, invite="none")
    office.confirm(after, event)
    assert methods(office, before) == [("REQUEST", 0)]
    moved = {**event["sessions"][0], "ends_at": event["sessions"][0]["ends_at"] + timedelta(hours=1)}
    event = office.change(event, sessions=[moved])
    assert methods(office, before) == [("REQUEST", 1)]
    assert methods(office, after) == []
    office.give_up(before, event)
    office.give_up(after, event)
    assert methods(office, before) == [("CANCEL", 2)]
    assert methods(office, after) == []


def test_an_event_that_begins_to_invite_tells_calendars_of_what_comes_then(sqlite_office: Office) -> None:
    office, person, event = sqlite_office, alice(), an_event(invite="none")
    office.publish(event)
    office.confirm(person, event)
    event = office.change(event, invite="request")
    assert methods(office, person) == []
    moved = {**event["sessions"][0], "ends_at": event["sessions"][0]["ends_at"] + timedelta(hours=1)}
    office.change(event, sessions=[moved])
    assert methods(office, person) == [("REQUEST", 1)]


@pytest.mark.parametrize("sessions", [1, 2])
def test_an_event_that_attaches_files_writes_one_mail_with_each_change(sqlite_office: Office, sessions: int) -> None:
    office, person = sqlite_office, alice()
    event = an_event(invite="attachment", sessions=[a_session(day + 1) for day in range(sessions)])
    office.publish(event)
    office.confirm(person, event)
    event = office.change(event, title={"en": "Law for all"})
    office.give_up(person, event)
    told = [(mail.kind, mail.calendar_method, len(mail.calendars)) for mail in office.mails()]
    assert told == [("confirmed", None, 1), ("event_changed", None, 1), ("cancelled", "CANCEL", sessions)]
    first, changed, _cancelled = (text_of(message) for message in office.send())
    assert "attached calendar file" in first
    assert "/calendars/" in first
    assert "please open it" in changed


def test_a_session_that_was_taken_out_while_others_come_as_a_file_leaves_the_calendar(sqlite_office: Office) -> None:
    office, person, sessions = sqlite_office, alice(), [a_session(day) for day in (1, 2, 3, 4, 5)]
    event = an_event(sessions=sessions)
    office.publish(event)
    office.confirm(person, event)
    object.__setattr__(office.settings, "changes_wait_seconds", 300)
    event = office.change(event, title={"en": "Law for all"}, sessions=sessions[1:])
    office.confirm(person.again(), event)
    told = [(mail.kind, mail.calendar_method) for mail in office.mails()]
    assert told == [("confirmed", None), ("confirmed", None), ("invitation_cancelled", "CANCEL")]
