"""Mails that do not arrive: the address is marked, nothing more goes there, and an organiser can say that it works."""

from typing import Any

import pytest
from sqlalchemy import select

from services.notifications import undeliverable
from services.notifications.models import Mail, UndeliverableAddress
from services.notifications.replies.intake import Outcome, take_in
from shared.database import new_id
from shared.staff import Staff
from tests.notifications.parts import Office, alice, an_event
from tests.notifications.reply_mails import bounce

DORA = Staff(new_id(), "Dora", "", frozenset({"organiser"}), epoch=1)


def hear(office: Office, raw: bytes) -> Outcome:
    with office.core.database.unit_of_work(office.clock()) as uow:
        outcome = take_in(uow, office.settings, raw)
        uow.commit()
    return outcome


def marked(office: Office) -> list[UndeliverableAddress]:
    with office.core.database.read() as session:
        return list(session.scalars(select(UndeliverableAddress)))


def sent_mail(office: Office) -> tuple[dict[str, Any], Mail]:
    event = an_event()
    office.publish(event)
    office.confirm(alice(), event)
    office.send()
    return event, office.mails()[0]


def test_a_bounce_marks_its_mail_and_the_address(office: Office) -> None:
    _event, mail = sent_mail(office)
    assert hear(office, bounce(mail.message_id)) is Outcome.BOUNCED
    (mark,) = marked(office)
    assert mark.email == "alice@verein.example"
    assert "User unknown" in mark.said
    (mail,) = office.mails()
    assert mail.state == "failed"
    assert "User unknown" in (mail.error or "")


def test_the_same_bounce_twice_changes_nothing(sqlite_office: Office) -> None:
    _event, mail = sent_mail(sqlite_office)
    hear(sqlite_office, bounce(mail.message_id))
    assert hear(sqlite_office, bounce(mail.message_id)) is Outcome.KNOWN


def test_a_full_mailbox_marks_the_mail_alone(sqlite_office: Office) -> None:
    _event, mail = sent_mail(sqlite_office)
    hear(sqlite_office, bounce(mail.message_id, status="5.2.2"))
    assert marked(sqlite_office) == []
    assert sqlite_office.mails()[0].state == "failed"


def test_mail_that_was_passed_on_in_vain_marks_no_address_of_ours(sqlite_office: Office) -> None:
    _event, mail = sent_mail(sqlite_office)
    hear(sqlite_office, bounce(mail.message_id, "alice@elsewhere.example"))
    assert marked(sqlite_office) == []
    assert sqlite_office.mails()[0].state == "failed"


@pytest.mark.parametrize(
    "message_id", ["01890000-0000-7000-8000-000000000001@verband.example", "x@verband.example", "x"]
)
def test_a_bounce_of_a_mail_that_is_not_ours_is_left_to_people(sqlite_office: Office, message_id: str) -> None:
    sent_mail(sqlite_office)
    assert hear(sqlite_office, bounce(message_id)) is Outcome.NOT_FOR_US
    assert marked(sqlite_office) == []


def test_who_knows_the_number_of_a_mail_but_not_its_whole_id_is_not_believed(sqlite_office: Office) -> None:
    _event, mail = sent_mail(sqlite_office)
    assert hear(sqlite_office, bounce(f"{mail.id}@other.example")) is Outcome.NOT_FOR_US


def test_nothing_more_is_sent_to_a_marked_address_until_somebody_says_that_it_works(office: Office) -> None:
    event, mail = sent_mail(office)
    hear(office, bounce(mail.message_id))
    office.wait(alice().again(), event)
    office.send()
    assert office.mails(kind="waitlisted")[0].state == "failed"
    with office.core.database.unit_of_work(office.clock()) as uow:
        undeliverable.clear(uow, "Alice@verein.example", event["event_id"], DORA)
        uow.commit()
    office.wait(alice().again(), event)
    office.send()
    assert office.mails(kind="waitlisted")[-1].state == "sent"
    assert marked(office) == []


def test_an_organiser_sees_who_gets_no_mails(sqlite_office: Office) -> None:
    event, mail = sent_mail(sqlite_office)
    hear(sqlite_office, bounce(mail.message_id))
    with sqlite_office.core.database.read() as session:
        ((registration, mark),) = undeliverable.marked_at(session, event["event_id"])
    assert registration.name == "Alice Öztürk"
    assert mark.mail_id == mail.id
