"""A real SMTP server that can be told to misbehave."""

import asyncio
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from services.notifications.settings import SmtpServer
from shared.testing import free_port


class MisbehavingServer:
    """Listens on a free port of 127.0.0.1.

    ``on_rcpt`` and ``on_data`` are asked in turn what to answer; an answer of None says nothing and keeps the client
    waiting, ``"drop"`` closes the connection, ``"take and drop"`` does so after keeping the mail.
    """

    def __init__(self, *, knows_utf8: bool = False, **options: Any) -> None:
        self.taken: list[bytes] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[str, str]] = []
        self.on_mail: list[str | None] = []
        self.on_rcpt: list[str | None] = []
        self.on_data: list[str | None] = []
        self._hanging = asyncio.Event()
        self._open: list[asyncio.Transport] = []
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            authenticator=self._authenticate,
            enable_SMTPUTF8=knows_utf8,
            **options,
        )

    # --- what aiosmtpd calls ------------------------------------------------

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if server.transport not in self._open:
            self._open.append(server.transport)
        return responses

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer(self.on_mail, server, "250 OK")

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        answer = await self._answer(self.on_rcpt, server, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        content, wanted = bytes(envelope.content), self.on_data[:1]
        if wanted in ([], ["take and drop"]):
            self.taken.append(content)
            self.recipients += envelope.rcpt_tos
        return await self._answer(self.on_data, server, "250 Taken")

    async def _answer(self, answers: list[str | None], server: Any, usual: str) -> str:
        answer = answers.pop(0) if answers else usual
        if answer is None:
            await self._hanging.wait()
        if answer in ("drop", "take and drop"):
            server.transport.abort()
            await self._hanging.wait()
        return answer or usual

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right password", handled=False)

    # --- for tests ----------------------------------------------------------

    def settings(self, *, user: str = "", password: str = "", scheme: str = "smtp") -> SmtpServer:
        return SmtpServer(scheme, "127.0.0.1", self._controller.port, user, password)

    @property
    def connections(self) -> int:
        """How many there were."""
        return len(self._open)

    def close_connections(self) -> None:
        """As a server does that has waited long enough."""
        for transport in self._open:
            self._controller.loop.call_soon_threadsafe(transport.abort)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._controller.loop.call_soon_threadsafe(self._hanging.set)
        self._controller.stop()
