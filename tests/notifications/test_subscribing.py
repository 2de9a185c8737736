"""Whoever subscribes to their calendar may have mails without invitations: a calendar would show both."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.notifications.app import create_app
from shared.links import Link, Purpose, make_token
from shared.web import csrf
from tests.notifications.certificate_browser import csrf_token
from tests.notifications.enrolment_parts import enrolment, take
from tests.notifications.parts import KEY, Office, Someone, alice, an_event, bob
from tests.notifications.test_invitations import methods

STOP = "I have subscribed: send me no more invitations"
RESUME = "Send me invitations again"


def path(of: Someone, purpose: Purpose = Purpose.CALENDAR) -> str:
    return f"/calendars/{make_token(KEY, purpose, Link(of.person_id, 1))}"


def press(office: Office, of: Someone, button: str) -> FlaskClient:
    """On the page on which people subscribe."""
    client = create_app(office.core).test_client()
    page = path(of)
    assert button in client.get(f"{page}?lang=en").text
    typed = {csrf.FIELD: csrf_token(client, page), **({"again": "yes"} if button == RESUME else {})}
    answer = client.post(page, data=typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    return client


def moved(event: dict[str, Any], hours: int) -> list[dict[str, Any]]:
    [session] = event["sessions"]
    return [{**session, "ends_at": session["ends_at"] + timedelta(hours=hours)}]


def with_seat(office: Office, person: Someone, **facts: Any) -> dict[str, Any]:
    event = an_event(**facts)
    office.publish(event)
    office.confirm(person, event)
    return event


def test_new_seats_come_without_invitations_and_stand_in_the_feed(office: Office) -> None:
    person = alice()
    with_seat(office, person)
    client = press(office, person, STOP)
    second = with_seat(office, person.again())
    assert methods(office, person) == [("REQUEST", 0)]
    assert client.get(f"{path(person)}.ics").text.count("BEGIN:VEVENT") == 2
    office.change(second, sessions=moved(second, 1))
    assert methods(office, person) == []
    assert "calendar" not in office.mails(person)[-1].text.lower()


def test_what_came_by_mail_before_is_kept_right_by_mail(office: Office) -> None:
    person = alice()
    event = with_seat(office, person)
    press(office, person, STOP)
    event = office.change(event, sessions=moved(event, 1))
    office.give_up(person, event)
    assert methods(office, person) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]


def test_the_summary_of_an_enrolment_brings_no_file(office: Office) -> None:
    person = alice()
    with_seat(office, person)
    press(office, person, STOP)
    before = len(office.mails(person))
    enrolled = enrolment(office, person.again(), 3)
    take(office, [*(enrolled.turn(index, "confirmed") for index in range(3)), enrolled.change("enrolled")])
    [summary] = office.mails(person)[before:]
    assert summary.calendars == []


def test_others_at_the_same_event_are_invited_all_the_same(office: Office) -> None:
    person, other = alice(), bob()
    with_seat(office, person)
    press(office, person, STOP)
    event = with_seat(office, other)
    office.confirm(person.again(), event)
    assert methods(office, person) == [("REQUEST", 0)]
    office.change(event, sessions=moved(event, 1))
    sent = [mail for mail in office.mails(other) if mail.calendars]
    assert len(sent) == 2
    assert methods(office, person) == []


def test_invitations_come_again_for_what_comes_then(office: Office) -> None:
    person = alice()
    with_seat(office, person)
    press(office, person, STOP)
    event = with_seat(office, person.again())
    press(office, person, RESUME)
    assert methods(office, person) == [("REQUEST", 0)]
    office.change(event, sessions=moved(event, 1))
    assert methods(office, person) == [("REQUEST", 1)]


def test_looking_changes_nothing_and_a_second_press_changes_nothing_more(office: Office) -> None:
    person = alice()
    with_seat(office, person)
    client = press(office, person, STOP)
    assert RESUME in client.get(f"{path(person)}?lang=en").text
    typed = {csrf.FIELD: csrf_token(client, path(person))}
    assert client.post(path(person), data=typed).status_code == 303
    assert RESUME in client.get(f"{path(person)}?lang=en").text


@pytest.mark.parametrize("purpose", [Purpose.MY_PAGE, Purpose.UNSUBSCRIBE])
def test_the_link_to_another_page_does_not_do_it(sqlite_office: Office, purpose: Purpose) -> None:
    person = alice()
    with_seat(sqlite_office, person)
    client = create_app(sqlite_office.core).test_client()
    typed = {csrf.FIELD: csrf_token(client, path(person))}
    assert client.post(path(person, purpose), data=typed).status_code == 404
