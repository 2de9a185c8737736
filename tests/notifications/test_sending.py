"""Sending: claimed by lease, tried again, given up, never twice; whatever the server and the database do."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Update, update
from sqlalchemy.exc import OperationalError

from services.notifications import mailing
from services.notifications.mime import Envelope
from services.notifications.models import Mail
from services.notifications.sending import Sender
from services.notifications.transport import PostponedError, RefusedError, UndeliverableError, UnreachableError
from services.notifications.transport.smtp import SmtpTransport
from services.notifications.undeliverable import mark_undeliverable
from shared.database import Alone, Database, UnitOfWork, new_id
from shared.staff import Staff
from tests.notifications.parts import KeepingTransport, Office, Someone, alice, an_event, bob
from tests.notifications.smtp_server import MisbehavingServer


class ScriptedTransport(KeepingTransport):
    """Meets each mail with the next failure of its script; takes it where that is None, and everything afterwards."""

    def __init__(self, *script: Exception | None) -> None:
        super().__init__()
        self.script = list(script)
        self.asked = 0

    def send(self, envelope: Envelope) -> None:
        self.asked += 1
        failure = self.script.pop(0) if self.script else None
        if failure:
            raise failure
        super().send(envelope)


def write_mails(office: Office, count: int = 1) -> None:
    event = an_event()
    office.publish(event)
    for number in range(count):
        office.wait(Someone("Alice", str(number), f"alice{number}@verein.example"), event)


def the_mail(office: Office) -> Mail:
    (mail,) = office.mails()
    return mail


def test_a_mail_that_is_taken_is_marked_as_sent(office: Office) -> None:
    write_mails(office)
    transport = KeepingTransport()
    office.sender(transport).step()
    mail = the_mail(office)
    assert (mail.state, mail.sent_at, mail.attempts, mail.error) == ("sent", office.clock(), 1, None)
    assert [one.recipient for one in transport.taken] == ["alice0@verein.example"]


def test_mails_go_out_in_the_order_in_which_they_were_written(office: Office) -> None:
    write_mails(office, 70)
    transport = KeepingTransport()
    sender = office.sender(transport)
    assert [sender.step() for _ in range(3)] == [True, True, False]
    assert [one.recipient for one in transport.taken] == [f"alice{number}@verein.example" for number in range(70)]


def test_a_mail_that_is_refused_for_good_is_not_tried_again(office: Office) -> None:
    write_mails(office)
    transport = ScriptedTransport(RefusedError("550 There is no such mailbox"))
    sender = office.sender(transport)
    sender.step()
    office.clock.turn(days=2)
    sender.step()
    mail = the_mail(office)
    assert (mail.state, mail.error, mail.attempts, mail.sent_at) == ("failed", "550 There is no such mailbox", 1, None)
    assert transport.asked == 1


def test_an_address_that_mail_cannot_reach_fails_that_mail_alone(office: Office) -> None:
    event = an_event()
    office.publish(event)
    office.wait(Someone("Alice", "", "alice@" + "x" * 70 + ".example"), event)
    office.wait(Someone("Bob", "", "bob@verein.example"), event)
    transport = KeepingTransport()
    office.sender(transport).step()
    assert [mail.state for mail in office.mails()] == ["failed", "sent"]


def test_what_is_refused_for_now_is_tried_again_later_and_later(office: Office) -> None:
    write_mails(office)
    transport = ScriptedTransport(*[PostponedError("450 Greylisted")] * 3)
    sender = office.sender(transport)
    waits = []
    for _ in range(3):
        sender.step()
        mail = the_mail(office)
        assert (mail.state, mail.error, mail.claimed_until) == ("queued", "450 Greylisted", None)
        waits.append(mail.available_at - office.clock())
        sender.step()
        office.clock.moment = mail.available_at
    sender.step()
    mail = the_mail(office)
    assert waits[0] >= timedelta(seconds=45)
    assert waits == sorted(waits)
    assert (mail.state, mail.attempts, mail.error, transport.asked) == ("sent", 4, None, 4)


def test_a_mail_that_fails_unexpectedly_waits_while_its_neighbours_are_sent(office: Office) -> None:
    write_mails(office, 3)
    transport = ScriptedTransport(None, ValueError("Alice's name cannot be written"))
    office.sender(transport).step()
    first, failing, last = office.mails()
    assert (first.state, last.state) == ("sent", "sent")
    assert (failing.state, failing.attempts, failing.error, failing.claimed_until) == ("queued", 1, "ValueError", None)
    assert failing.available_at > office.clock()


def test_a_mail_that_always_fails_unexpectedly_is_given_up_like_any_other(office: Office) -> None:
    write_mails(office)
    sender = office.sender(ScriptedTransport(*[ValueError("always")] * 1000))
    sender.step()
    office.clock.turn(hours=25)
    sender.step()
    assert (the_mail(office).state, the_mail(office).attempts) == ("failed", 2)


def test_after_a_day_of_refusals_a_mail_is_given_up(office: Office) -> None:
    write_mails(office)
    transport = ScriptedTransport(*[PostponedError("451 Come again")] * 1000)
    sender = office.sender(transport)
    began = office.clock()
    while the_mail(office).state == "queued":
        sender.step()
        office.clock.moment = max(office.clock(), the_mail(office).available_at)
    assert timedelta(hours=24) <= office.clock() - began < timedelta(hours=30)
    assert (the_mail(office).state, the_mail(office).error) == ("failed", "451 Come again")
    assert transport.asked < 30


def test_a_server_that_is_away_costs_no_mail_an_attempt(office: Office) -> None:
    write_mails(office, 3)
    transport = ScriptedTransport(UnreachableError("mail.example:25 does not answer"))
    sender = office.sender(transport)
    assert sender.step() is False
    assert {(mail.state, mail.attempts, mail.claimed_until) for mail in office.mails()} == {("queued", 0, None)}
    assert {mail.error for mail in office.mails()} == {"mail.example:25 does not answer"}
    sender.step()
    assert transport.asked == 1, "it pauses"
    office.clock.turn(seconds=5)
    sender.step()
    assert {(mail.state, mail.error) for mail in office.mails()} == {("sent", None)}


def test_pauses_grow_while_the_server_stays_away(office: Office) -> None:
    write_mails(office)
    transport = ScriptedTransport(*[UnreachableError("away")] * 1000)
    sender = office.sender(transport)
    for _ in range(3600):
        sender.step()
        office.clock.turn(seconds=1)
    assert 25 < transport.asked < 60
    assert the_mail(office).state == "queued"


def test_two_workers_send_no_mail_twice(office: Office) -> None:
    write_mails(office, 60)
    transports = [KeepingTransport(), KeepingTransport()]
    together = threading.Barrier(2)

    def work(transport: KeepingTransport) -> None:
        sender = office.sender(transport)
        together.wait(timeout=20)
        while sender.step():
            pass

    threads = [threading.Thread(target=work, args=(transport,)) for transport in transports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    office.send()
    taken = [one.recipient for transport in transports for one in transport.taken]
    assert len(taken) == len(set(taken))
    assert {mail.state for mail in office.mails()} == {"sent"}


def test_a_claimed_mail_belongs_to_nobody_else_until_its_lease_has_run_out(office: Office) -> None:
    write_mails(office)

    class DyingError(BaseException):
        """Stands for the end of the process, between claim and sending."""

    class DyingTransport(KeepingTransport):
        def send(self, envelope: Envelope) -> None:
            raise DyingError

    with pytest.raises(DyingError):
        office.sender(DyingTransport()).step()
    other = KeepingTransport()
    office.sender(other).step()
    assert other.taken == []
    with office.core.database.unit_of_work(office.clock()) as uow:
        uow.session.execute(update(Mail).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
        uow.commit()
    office.sender(other).step()
    assert len(other.taken) == 1


def test_the_lease_is_longer_than_the_longest_attempt(office: Office) -> None:
    write_mails(office)
    claims: list[timedelta] = []

    class LookingTransport(KeepingTransport):
        def send(self, envelope: Envelope) -> None:
            claimed_until = the_mail(office).claimed_until
            assert claimed_until is not None
            claims.append(claimed_until - datetime.now(UTC))

    office.sender(LookingTransport()).step()
    assert claims[0] > timedelta(seconds=16 * office.settings.smtp_timeout)


class AloneUnlessAway(Alone):
    def __init__(self, alone: Alone, require: Callable[[], None]) -> None:
        self._alone = alone
        self._require = require

    def write(self, statement: Update, parameters: Mapping[str, Any]) -> None:
        self._require()
        self._alone.write(statement, parameters)


class DatabaseThatGoesAway(Database):
    """Refuses to write while it is away."""

    is_away = False

    def unit_of_work(self, now: datetime) -> UnitOfWork:
        self._require()
        return super().unit_of_work(now)

    @contextmanager
    def alone(self) -> Iterator[Alone]:
        with super().alone() as alone:
            yield AloneUnlessAway(alone, self._require)

    def _require(self) -> None:
        if self.is_away:
            raise OperationalError("BEGIN", None, Exception("the connection was lost"))


def test_what_was_taken_while_the_database_went_away_is_not_sent_again(office: Office) -> None:
    write_mails(office)
    database = DatabaseThatGoesAway(office.core.database.engine)

    class Transport(KeepingTransport):
        def send(self, envelope: Envelope) -> None:
            super().send(envelope)
            database.is_away = True

    transport = Transport()
    sender = Sender(database, transport, office.settings, office.clock)
    with pytest.raises(OperationalError):
        sender.step()
    sent_at = office.clock()
    office.clock.turn(minutes=1)
    database.is_away = False
    sender.step()
    assert (the_mail(office).state, the_mail(office).sent_at) == ("sent", sent_at)
    assert len(transport.taken) == 1


def test_a_connection_cut_after_data_is_the_one_window_for_a_double(office: Office) -> None:
    write_mails(office)
    with MisbehavingServer() as server:
        server.on_data = ["take and drop"]
        transport = SmtpTransport(server.settings(), timeout=5, own_name="reihe.example")
        sender = office.sender(transport)
        sender.step()
        assert the_mail(office).state == "queued"
        office.clock.turn(minutes=5)
        sender.step()
        transport.close()
        assert the_mail(office).state == "sent"
        assert len(server.taken) == 2
        ids = {line for mail in server.taken for line in mail.split(b"\r\n") if line.startswith(b"Message-ID:")}
        assert len(ids) == 1, "mail programs recognise the second as the first"


def test_a_mail_is_sent_again_when_an_organiser_says_so(office: Office) -> None:
    write_mails(office)
    transport = ScriptedTransport(RefusedError("550 No"))
    sender = office.sender(transport)
    sender.step()
    dora = Staff(the_mail(office).id, "Dora", "", frozenset({"organiser"}))
    with office.core.database.unit_of_work(office.clock()) as uow:
        mailing.resend(uow, the_mail(office).id, dora)
        uow.commit()
    assert (the_mail(office).state, the_mail(office).error) == ("queued", None)
    sender.step()
    assert the_mail(office).state == "sent"


@pytest.mark.parametrize(
    "happens",
    [
        lambda office, event: office.confirm(alice(), event),
        lambda office, event: office.ask_for_link(alice()),
    ],
    ids=["a place", "a link"],
)
def test_the_sender_is_woken_as_soon_as_a_mail_is_written(
    sqlite_office: Office, happens: Callable[[Office, dict[str, Any]], None]
) -> None:
    event = an_event()
    sqlite_office.publish(event)
    woken = threading.Event()
    sqlite_office.core.wakeup.subscribe("mails", woken.set)
    happens(sqlite_office, event)
    assert woken.is_set()


# --- addresses that mail cannot reach ------------------------------------------

NO_SUCH_MAILBOX = UndeliverableError("550 5.1.1 There is no such mailbox")


def test_after_an_address_was_called_unusable_no_mail_goes_there(office: Office) -> None:
    event = an_event()
    office.publish(event)
    office.wait(Someone("Alice", "", "Alice@Verein.example"), event)
    transport = ScriptedTransport(NO_SUCH_MAILBOX)
    sender = office.sender(transport)
    sender.step()
    office.wait(alice(), event)
    office.wait(bob(), event)
    sender.step()
    assert [one.recipient for one in transport.taken] == ["bob@verein.example"]
    (stopped,) = office.mails(to=alice())
    assert (stopped.state, stopped.error, stopped.claimed_until) == ("failed", str(NO_SUCH_MAILBOX), None)


def test_sending_again_lets_mails_go_to_the_address_again(office: Office) -> None:
    write_mails(office)
    transport = ScriptedTransport(NO_SUCH_MAILBOX)
    sender = office.sender(transport)
    sender.step()
    dora = Staff(new_id(), "Dora", "", frozenset({"organiser"}))
    with office.core.database.unit_of_work(office.clock()) as uow:
        mailing.resend(uow, the_mail(office).id, dora)
        uow.commit()
    sender.step()
    assert the_mail(office).state == "sent"


def test_who_asks_for_a_link_gets_it_though_the_address_was_given_up(office: Office) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        mark_undeliverable(uow, "alice@verein.example", "550 5.1.1 Unknown")
        uow.commit()
    office.ask_for_link(alice())
    assert len(office.send(to=alice())) == 1


# --- no more than a domain is to get ---------------------------------------------


def test_a_domain_gets_no_more_mails_a_minute_than_it_is_to_get(office: Office) -> None:
    write_mails(office, 5)
    office.core = replace(office.core, settings=replace(office.settings, mails_per_domain=2))
    transports = [KeepingTransport(), KeepingTransport()]
    taken = []
    for _ in range(3):
        for transport in transports:
            office.sender(transport).step()
        taken.append(sorted(one.recipient for transport in transports for one in transport.taken))
        for transport in transports:
            transport.taken.clear()
        office.clock.turn(minutes=1)
    assert taken == [
        ["alice0@verein.example", "alice1@verein.example"],
        ["alice2@verein.example", "alice3@verein.example"],
        ["alice4@verein.example"],
    ]
    assert {mail.state for mail in office.mails()} == {"sent"}
