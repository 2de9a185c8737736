"""Circulars: to whom they go, in which order mails are sent, what stops them, and whom they leave out."""

from typing import Any
from uuid import UUID

import pytest

from services.notifications.circulars import drafts, orders, progress, writer
from services.notifications.circulars.preview import preview
from services.notifications.circulars.recipients import outlook
from services.notifications.models import Circular
from shared.database import new_id
from shared.errors import ConflictError, InvalidError
from shared.staff import Staff
from tests.notifications.parts import (
    ORGANISER,
    KeepingTransport,
    Office,
    Someone,
    a_draft,
    a_session,
    alice,
    an_event,
    bob,
    html_of,
    parsed,
    text_of,
)


def draft(office: Office, event: dict[str, Any], *states: str, **changes: Any) -> Circular:
    with office.core.database.unit_of_work(office.clock()) as uow:
        circular = drafts.write(uow, event["event_id"], a_draft(*states, **changes), ORGANISER)
        uow.session.flush()
        uow.session.expunge(circular)
        uow.commit()
    return circular


def order(office: Office, circular: Circular, version: int = 1) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        orders.order(uow, circular.id, version, ORGANISER)
        uow.commit()


def stop(office: Office, circular_id: UUID) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        orders.stop(uow, circular_id, ORGANISER)
        uow.commit()


def counts(office: Office, circular_id: UUID) -> dict[str, int]:
    with office.core.database.read() as session:
        far = progress.overview_of(session, drafts.circular_with_id(session, circular_id))
        return dict(far.progress.counts)


def many(office: Office, event: dict[str, Any], number: int) -> list[Someone]:
    people = [Someone("Person", str(index), f"person{index}@verein.example") for index in range(number)]
    for person in people:
        office.confirm(person, event)
    return people


def published(office: Office, **changes: Any) -> dict[str, Any]:
    event = an_event(**changes)
    office.publish(event)
    return event


def test_a_circular_goes_to_those_in_the_states_that_were_chosen(office: Office) -> None:
    event = published(office)
    office.confirm(alice("de"), event)
    office.wait(bob(), event)
    circular_id = office.write_to(event, "waitlisted")
    (mail,) = [one for one in office.mails() if one.circular_id]
    assert (mail.to_email, mail.kind, mail.subject) == (
        "bob@verein.example",
        "from_organisers",
        "Please bring a laptop",
    )
    assert "We practise on computers." in mail.text
    office.send()
    assert counts(office, circular_id) == {"sent": 1}


def test_those_who_were_chosen_one_by_one_get_it_and_nobody_else(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    first, _second, third = many(sqlite_office, event, 3)
    chosen = [third.registration_id, first.registration_id, first.registration_id]
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        wanted = drafts.Draft({"en": "Hi"}, {"en": "There"}, registration_ids=chosen)
        circular = drafts.write(uow, event["event_id"], wanted, ORGANISER)
        uow.session.flush()
        orders.order(uow, circular.id, 1, ORGANISER)
        uow.commit()
    sqlite_office.write_circulars()
    got_it = {mail.to_email for mail in sqlite_office.mails() if mail.circular_id}
    assert got_it == {first.email, third.email}


def test_whoever_registers_after_it_was_sent_does_not_get_it(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    sqlite_office.write_to(event)
    sqlite_office.confirm(bob(), event)
    sqlite_office.write_circulars()
    assert [mail.to_email for mail in sqlite_office.mails() if mail.circular_id] == ["alice@verein.example"]


def test_a_mail_that_one_person_waits_for_is_sent_before_those_of_a_circular(office: Office) -> None:
    event = published(office)
    many(office, event, 3)
    office.send()
    office.write_to(event)
    office.confirm(bob(), event)
    assert office.send()[0]["To"].addresses[0].addr_spec == "bob@verein.example"


def test_nobody_gets_it_once_it_is_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "IN_ONE_TRANSACTION", 2)
    event = published(office)
    many(office, event, 5)
    office.send()
    circular = draft(office, event)
    order(office, circular)
    writing = writer.CircularWriter(office.core.database, office.settings, office.clock)
    assert writing.step()
    assert counts(office, circular.id) == {"queued": 2, "waiting": 3}
    stop(office, circular.id)
    assert not writing.step()
    assert office.send() == []
    assert counts(office, circular.id) == {"stopped": 5}
    stop(office, circular.id)


def test_a_mail_that_is_just_being_handed_over_when_it_is_stopped_counts_as_sent(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    many(sqlite_office, event, 2)
    sqlite_office.send()
    circular_id = sqlite_office.write_to(event)

    class Stopping(KeepingTransport):
        def send(self, envelope: Any) -> None:
            super().send(envelope)
            if len(self.taken) == 1:
                stop(sqlite_office, circular_id)

    transport = Stopping()
    sqlite_office.sender(transport).step()
    assert counts(sqlite_office, circular_id) == {"sent": len(transport.taken)}


def test_sending_it_twice_reaches_nobody_twice(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    circular = draft(sqlite_office, event)
    for _ in range(2):
        order(sqlite_office, circular)
        sqlite_office.write_circulars()
    assert sqlite_office.kinds(alice()) == ["confirmed", "from_organisers"]


def test_a_draft_that_was_changed_since_it_was_looked_at_is_not_sent(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    circular = draft(sqlite_office, event)
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        drafts.change(uow, circular.id, a_draft(subject={"en": "Other words"}), ORGANISER)
        uow.commit()
    with pytest.raises(ConflictError, match="circular_changed"):
        order(sqlite_office, circular, version=1)
    order(sqlite_office, circular, version=2)
    sqlite_office.write_circulars()
    assert sqlite_office.mails(alice())[-1].subject == "Other words"


def test_what_was_sent_cannot_be_changed_or_discarded(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    circular_id = sqlite_office.write_to(event)
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        with pytest.raises(ConflictError, match="circular_ordered"):
            drafts.change(uow, circular_id, a_draft(), ORGANISER)
        with pytest.raises(ConflictError, match="circular_ordered"):
            drafts.discard(uow, circular_id, ORGANISER)


def test_a_circular_that_nobody_would_get_is_not_sent(sqlite_office: Office) -> None:
    circular = draft(sqlite_office, published(sqlite_office))
    with pytest.raises(ConflictError, match="nobody_to_write_to"):
        order(sqlite_office, circular)


def test_whoever_has_cancelled_is_left_out_and_listed(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    leaving = alice()
    sqlite_office.confirm(bob(), event)
    sqlite_office.confirm(leaving, event)
    circular = draft(sqlite_office, event)
    order(sqlite_office, circular)
    sqlite_office.give_up(leaving, event)
    sqlite_office.write_circulars()
    assert counts(sqlite_office, circular.id) == {"queued": 1, "ended": 1}
    with sqlite_office.core.database.read() as session:
        (left,) = progress.recipients_of(session, circular.id, state="ended").items
    assert (left.name, left.mail_id) == ("Alice Öztürk", None)


def test_the_session_that_it_is_about_stands_in_it_with_the_link_for_those_who_have_a_seat(
    sqlite_office: Office,
) -> None:
    sessions = [a_session(28), a_session(29, meeting_url="https://treffen.example/raum")]
    event = published(sqlite_office, sessions=sessions)
    sqlite_office.confirm(alice(), event)
    sqlite_office.wait(bob(), event)
    sqlite_office.write_to(event, "confirmed", "waitlisted", session_id=sessions[1]["session_id"])
    seated, waiting = sqlite_office.mails(alice())[-1].text, sqlite_office.mails(bob())[-1].text
    for text in (seated, waiting):
        assert "29 March 2027" in text
        assert "28 March 2027" not in text
    assert "https://treffen.example/raum" in seated
    assert "https://treffen.example/raum" not in waiting


def test_news_can_be_refused_by_one_click_and_are_not_sent_any_more(office: Office) -> None:
    event, person = published(office), alice()
    office.confirm(person, event)
    office.send()
    office.write_to(event, is_news=True)
    (message,) = office.send()
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://reihe.example/unsubscribe/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in text_of(message)
    assert address in html_of(message)


def test_what_is_about_ones_own_place_cannot_be_refused(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    sqlite_office.write_to(event)
    for message in sqlite_office.send():
        assert message["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"states": ()}, "states"),
        ({"session_id": new_id()}, "session_id"),
        ({"states": (), "registration_ids": [new_id()]}, "registration_ids"),
    ],
)
def test_a_draft_that_cannot_be_sent_is_refused_with_the_field(
    sqlite_office: Office, changes: dict[str, Any], field: str
) -> None:
    event = published(sqlite_office)
    with (
        sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow,
        pytest.raises(InvalidError) as refused,
    ):
        drafts.write(uow, event["event_id"], a_draft(**changes), ORGANISER)
    assert set(refused.value.errors) == {field}


def test_the_preview_masks_whose_mail_it_is_and_counts_who_reads_which_language(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice("de"), event)
    sqlite_office.confirm(bob(), event)
    circular = draft(sqlite_office, event)
    with sqlite_office.core.database.read() as session:
        shown = preview(session, sqlite_office.settings, circular, "de")
        ahead = outlook(session, circular, sqlite_office.settings)
    assert shown.subject == "Bitte Laptop mitbringen"
    assert "A… Ö…" in shown.content.text
    assert "Öztürk" not in shown.content.html
    assert ahead.by_language == {"de": 1, "en": 1}
    assert ahead.total == 2


def test_a_test_goes_to_whoever_asks_for_it_alone_and_opens_nobodys_page(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    circular = draft(sqlite_office, event)
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        orders.try_out(uow, sqlite_office.settings, circular.id, "de", ORGANISER)
        uow.commit()
    transport = KeepingTransport()
    sqlite_office.sender(transport).step()
    (taken,) = transport.taken
    message = parsed(taken.content)
    assert taken.recipient == "dora@verband.example"
    assert message["Subject"] == "Probe: Bitte Laptop mitbringen"
    assert "https://reihe.example/my\n" in text_of(message)
    assert counts(sqlite_office, circular.id) == {}


def test_a_test_needs_an_address(sqlite_office: Office) -> None:
    circular = draft(sqlite_office, published(sqlite_office))
    nobody = Staff(new_id(), "Dora", "", frozenset({"organiser"}))
    with (
        sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow,
        pytest.raises(ConflictError, match="no_address"),
    ):
        orders.try_out(uow, sqlite_office.settings, circular.id, "de", nobody)


def test_the_oldest_circular_is_written_first(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    first, second = (draft(sqlite_office, event, subject={"en": subject}) for subject in ("First", "Second"))
    order(sqlite_office, first)
    sqlite_office.clock.turn(seconds=1)
    order(sqlite_office, second)
    sqlite_office.write_circulars()
    assert [mail.subject for mail in sqlite_office.mails() if mail.circular_id] == ["First", "Second"]
