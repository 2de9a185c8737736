"""Mails as files, where no mail server is set."""

from pathlib import Path

import pytest

from services.notifications.app import create_worker, mail_transport
from services.notifications.mime import Envelope
from services.notifications.transport import UnreachableError
from services.notifications.transport.files import FileTransport
from shared.messaging.in_process import InProcessTransport
from shared.testing import eventually
from tests.notifications.parts import Office, alice, an_event, parsed, text_of


def a_mail(content: bytes = b"Subject: Hello\r\n\r\nHello\r\n") -> Envelope:
    return Envelope("0192", "reihe@verband.example", "alice@verein.example", content, needs_utf8=False)


def test_a_mail_becomes_a_whole_file_under_its_name(tmp_path: Path) -> None:
    FileTransport(tmp_path / "mail").send(a_mail())
    (file,) = (tmp_path / "mail").iterdir()
    assert (file.name, file.read_bytes()) == ("0192.eml", a_mail().content)


def test_a_mail_that_is_sent_again_takes_the_place_of_its_file(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path)
    transport.send(a_mail(b"first"))
    transport.send(a_mail(b"second"))
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"second"]


def test_a_folder_that_cannot_be_made_is_no_fault_of_the_mail(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands here")
    with pytest.raises(UnreachableError, match="mail"):
        FileTransport(tmp_path / "mail").send(a_mail())


def test_a_running_worker_turns_a_message_into_a_file(sqlite_office: Office) -> None:
    """The whole way, with the worker's own threads: message in, mail out, with links that work."""
    core, folder = sqlite_office.core, sqlite_office.settings.data_dir / "mail"
    assert isinstance(mail_transport(core.settings), FileTransport)
    event = an_event()
    worker = create_worker(core, InProcessTransport({}))
    worker.start()
    try:
        sqlite_office.publish(event)
        sqlite_office.confirm(alice(), event)
        (file,) = eventually(lambda: list(folder.glob("*.eml")), because="the mail is written")
    finally:
        worker.stop()
    message = parsed(file.read_bytes())
    assert message["To"].addresses[0].addr_spec == "alice@verein.example"
    assert "PERSONAL-LINK" not in text_of(message)
