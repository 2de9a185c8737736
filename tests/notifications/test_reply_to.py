"""Who answers a mail reaches the team of its event where that names an address, else the house."""

from typing import Any

from services.notifications.app import create_app
from tests.notifications.enrolment_parts import enrolment, take
from tests.notifications.parts import Office, alice, an_event

TEAM = "vereinsrecht@verband.example"


def answers_go_to(office: Office) -> list[str]:
    return [str(mail["Reply-To"].addresses[0].addr_spec) for mail in office.send()]


def published(office: Office, **changes: Any) -> dict[str, Any]:
    event = an_event(**changes)
    office.publish(event)
    return event


def test_answers_reach_the_events_team(office: Office) -> None:
    office.confirm(alice(), published(office, reply_to=TEAM))
    assert answers_go_to(office) == [TEAM]


def test_without_a_team_answers_reach_the_house(sqlite_office: Office) -> None:
    sqlite_office.confirm(alice(), published(sqlite_office))
    assert answers_go_to(sqlite_office) == [sqlite_office.settings.contact_email]


def test_a_mail_that_waits_carries_the_newest_address(sqlite_office: Office) -> None:
    event = published(sqlite_office, reply_to=TEAM)
    sqlite_office.confirm(alice(), event)
    sqlite_office.change(event, reply_to="andere@verband.example")
    assert answers_go_to(sqlite_office) == ["andere@verband.example"]


def test_another_address_alone_is_told_to_nobody(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    sqlite_office.change(event, reply_to=TEAM)
    sqlite_office.clock.turn(hours=1)
    sqlite_office.handle()
    assert sqlite_office.send() == []


def test_the_mail_as_a_file_says_the_same(sqlite_office: Office) -> None:
    sqlite_office.employ("Dora", "organiser", token="dora-token")
    sqlite_office.confirm(alice(), published(sqlite_office, reply_to=TEAM))
    (mail,) = sqlite_office.mails()
    client = create_app(sqlite_office.core).test_client()
    path = f"/api/notifications/v1/mails/{mail.id}.eml"
    assert f"<{TEAM}>" in client.get(path, headers={"Authorization": "Bearer dora-token"}).text.split("\r\n\r\n")[0]


def test_a_mail_about_several_events_is_answered_to_the_house(sqlite_office: Office) -> None:
    series = enrolment(sqlite_office, alice())
    for seat in series.seats:
        sqlite_office.change(seat.event, reply_to=TEAM)
    take(sqlite_office, [*(series.turn(index, "confirmed") for index in range(3)), series.change("enrolled")])
    assert answers_go_to(sqlite_office)[0] == sqlite_office.settings.contact_email
