"""A real IMAP server for a test: Dovecot, with a configuration of its own, as whoever runs the tests."""

import grp
import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4
from pathlib import Path

from services.notifications.settings import ImapServer
from shared.testing import eventually, free_port, require

USER, PASSWORD = "reihe@verband.example", "geheim"
FOLDER = "INBOX"

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
{whoever}
mail_location = maildir:{folder}/mail
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class RunningImap:
    """``server`` as the settings say it."""

    server: ImapServer

    def deliver(self, *mails: bytes, folder: str = FOLDER) -> None:
        """Put mails into the mailbox, unread."""
        with self._connection() as connection:
            for mail in mails:
                assert connection.append(folder, "", "", mail)[0] == "OK"

    def unread(self) -> int:
        with self._connection() as connection:
            connection.select(FOLDER, readonly=True)
            return len(connection.search(None, "UNSEEN")[1][0].split())

    def _connection(self) -> IMAP4:
        connection = IMAP4(self.server.host, self.server.port, timeout=10)
        connection.login(self.server.user, self.server.password)
        return connection


@contextmanager
def running_imap() -> Iterator[RunningImap]:
    require("dovecot")
    # In a folder of its own: the path of a socket may only be short.
    with tempfile.TemporaryDirectory(prefix="imap") as folder:
        port = free_port()
        me = pwd.getpwuid(os.getuid())
        path = Path(folder)
        (path / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        owner = _owner(me)
        (path / "mail").mkdir()
        os.chown(path / "mail", owner.pw_uid, owner.pw_gid)
        path.chmod(0o755)
        configuration = _CONFIGURATION.format(
            folder=folder, port=port, whoever=_processes_of(me), uid=owner.pw_uid, gid=owner.pw_gid
        )
        (path / "dovecot.conf").write_text(configuration)
        with subprocess.Popen(["dovecot", "-F", "-c", str(path / "dovecot.conf")]) as process:
            try:
                eventually(lambda: _answers(port), because="dovecot does not answer")
                yield RunningImap(ImapServer("imap", "127.0.0.1", port, FOLDER, USER, PASSWORD))
            finally:
                process.terminate()
                process.wait(timeout=10)


def _owner(me: pwd.struct_passwd) -> pwd.struct_passwd:
    """Of the mails: Dovecot gives root none."""
    return me if me.pw_uid else pwd.getpwnam("nobody")


def _processes_of(me: pwd.struct_passwd) -> str:
    """Started by root, Dovecot's processes step down to users of its own; by anybody else, they all are that one."""
    if me.pw_uid == 0:
        return ""
    group = grp.getgrgid(me.pw_gid).gr_name
    names = ("default_internal_user", "default_login_user")
    return "\n".join([*(f"{name} = {me.pw_name}" for name in names), f"default_internal_group = {group}"])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(4) == b"* OK"
    except OSError:
        return False
