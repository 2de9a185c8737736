"""The mailbox is read over IMAP from a real server: each mail once, what is for people left to them."""

import mailbox
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from services.notifications import __main__ as command
from services.notifications.models import Invitation, Mailbox, Reply
from services.notifications.replies import polling
from services.notifications.replies.imap import ImapMailbox, MailboxError
from services.notifications.replies.intake import take_in
from services.notifications.replies.polling import Poller
from services.notifications.replies.reading import LARGEST_MAIL
from services.notifications.settings import ImapServer, parse_imap_url
from shared.commands import run
from shared.testing import free_port
from tests.notifications.imap_server import RunningImap, running_imap
from tests.notifications.parts import Office, alice, an_event
from tests.notifications.reply_mails import STAMP, ReplyMail, bounce

LATER = STAMP + timedelta(hours=1)

pytestmark = pytest.mark.xdist_group("imap")


@pytest.fixture
def imap() -> Iterator[RunningImap]:
    with running_imap() as server:
        yield server


def invitation(office: Office) -> Invitation:
    with office.core.database.read() as session:
        return session.scalars(select(Invitation)).one()


def invited(office: Office) -> Invitation:
    event = an_event()
    office.publish(event)
    office.confirm(alice(), event)
    return invitation(office)


def poller(office: Office, server: ImapServer) -> Poller:
    return Poller(office.core.database, office.settings, server, office.clock)


def a_letter(words: str = "May I bring my dog?") -> bytes:
    letter = EmailMessage()
    letter["From"] = "alice@verein.example"
    letter.set_content(words)
    return letter.as_bytes()


def count(office: Office) -> int:
    with office.core.database.read() as session:
        return len(list(session.scalars(select(Reply.id))))


def test_answers_and_bounces_are_taken_in_and_the_rest_is_left_to_people(office: Office, imap: RunningImap) -> None:
    row = invited(office)
    office.send()
    imap.deliver(a_letter(), bytes(ReplyMail(uid=row.uid)), bounce(office.mails()[0].message_id), a_letter())
    poller(office, imap.server).step()
    assert invitation(office).answer == "accepted"
    assert office.mails()[0].state == "failed"
    assert imap.unread() == 2


def test_each_mail_is_read_once_and_new_ones_are_found(
    sqlite_office: Office, imap: RunningImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "BATCH", 2)
    row = invited(sqlite_office)
    imap.deliver(*(a_letter(str(number)) for number in range(3)), bytes(ReplyMail(uid=row.uid)))
    reader = poller(sqlite_office, imap.server)
    assert reader.step()
    while reader.step():
        pass
    assert invitation(sqlite_office).answer == "accepted"
    imap.deliver(bytes(ReplyMail(uid=row.uid, partstat="DECLINED", message_id="<2@x.example>", stamp=LATER)))
    reader.step()
    assert invitation(sqlite_office).answer == "declined"


def test_a_mailbox_that_was_made_anew_is_read_from_its_beginning(sqlite_office: Office, imap: RunningImap) -> None:
    row = invited(sqlite_office)
    imap.deliver(bytes(ReplyMail(uid=row.uid)))
    reader = poller(sqlite_office, imap.server)
    reader.step()
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        known = uow.session.scalars(select(Mailbox)).one()
        known.uid_validity, known.last_uid = known.uid_validity - 1, 1_000
        uow.commit()
    reader.step()
    assert count(sqlite_office) == 1
    with sqlite_office.core.database.read() as session:
        assert session.scalars(select(Mailbox.last_uid)).one() == 1


def test_a_mail_that_is_far_too_large_is_not_fetched(sqlite_office: Office, imap: RunningImap) -> None:
    row = invited(sqlite_office)
    imap.deliver(bytes(ReplyMail(uid=row.uid)) + b"\r\n" * LARGEST_MAIL)
    poller(sqlite_office, imap.server).step()
    assert count(sqlite_office) == 0
    assert imap.unread() == 1


def test_one_mail_that_breaks_something_does_not_hold_up_the_next(
    sqlite_office: Office, imap: RunningImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invited(sqlite_office)
    imap.deliver(bytes(ReplyMail(uid=row.uid, message_id="<bad@x.example>")), bytes(ReplyMail(uid=row.uid)))

    def failing(uow: object, settings: object, raw: bytes) -> object:
        if b"<bad@x.example>" in raw:
            raise RuntimeError("something unforeseen")
        return take_in(uow, settings, raw)  # type: ignore[arg-type]

    monkeypatch.setattr(polling, "take_in", failing)
    poller(sqlite_office, imap.server).step()
    assert invitation(sqlite_office).answer == "accepted"
    assert imap.unread() == 1


def test_of_two_workers_one_reads(sqlite_office: Office, imap: RunningImap) -> None:
    row = invited(sqlite_office)
    imap.deliver(bytes(ReplyMail(uid=row.uid)))
    first, second = poller(sqlite_office, imap.server), poller(sqlite_office, imap.server)
    assert first._claim() is not None
    assert second.step() is False
    assert count(sqlite_office) == 0


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"folder": "Nowhere"}, {"port": free_port()}])
def test_a_mailbox_that_cannot_be_opened_is_tried_again_later(
    sqlite_office: Office, imap: RunningImap, wrong: dict[str, object]
) -> None:
    invited(sqlite_office)
    server = replace(imap.server, **wrong)  # type: ignore[arg-type]
    with pytest.raises(MailboxError) as raised, ImapMailbox(server):
        pass
    assert "geheim" not in str(raised.value)
    reader = poller(sqlite_office, server)
    assert reader.step() is False
    assert reader._claim() is not None, "nobody holds it any more"


# --- files --------------------------------------------------------------------


def test_a_file_with_one_mail_or_many_is_taken_in(
    sqlite_office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invited(sqlite_office)
    single, many = tmp_path / "reply.eml", tmp_path / "many.mbox"
    single.write_bytes(bytes(ReplyMail(uid=row.uid)))
    box = mailbox.mbox(many)
    box.add(a_letter())
    box.add(bytes(ReplyMail(uid=row.uid)))
    box.close()
    commands = command.NotificationsCommands()
    monkeypatch.setattr(commands, "_compose", lambda: sqlite_office.core)
    assert run(commands, ["read-mail", str(single), str(many)]) == 0
    printed = capsys.readouterr().out.splitlines()
    lines = [line.removeprefix(f"{tmp_path}/") for line in printed if line.startswith(str(tmp_path))]
    assert lines == ["reply.eml 1: taken", "many.mbox 1: left to people", "many.mbox 2: known already"]
    assert invitation(sqlite_office).answer == "accepted"


def test_a_file_that_is_not_there_is_named(
    sqlite_office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = command.NotificationsCommands()
    monkeypatch.setattr(commands, "_compose", lambda: sqlite_office.core)
    assert run(commands, ["read-mail", "nowhere.eml"]) == 1
    assert "nowhere.eml: No such file or directory" in capsys.readouterr().err


# --- settings -------------------------------------------------------------------


def test_the_address_of_a_mailbox_is_read_with_its_folder() -> None:
    server = parse_imap_url("imaps://reihe%40verband.example:ge%2Fheim@mail.verband.example/Antworten/Reihe")
    assert (server.scheme, server.host, server.port) == ("imaps", "mail.verband.example", 993)
    assert (server.user, server.password) == ("reihe@verband.example", "ge/heim")
    assert server.folder == "Antworten/Reihe"
    assert parse_imap_url("imap://x:y@localhost").folder == "INBOX"
    assert "ge/heim" not in repr(server)


@pytest.mark.parametrize("wrong", ["", "imaps://mail.example", "pop3://a:b@mail.example", "imaps://a:b@mail.example:x"])
def test_an_address_that_is_none_of_a_mailbox_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="imaps://user:password@"):
        parse_imap_url(wrong)
