"""How mails leave: by SMTP, or into files where there is no server. Both keep the same promise."""

from typing import Protocol

from services.notifications.mime import Envelope


class TransportError(Exception):
    """The mail was not handed over. The message is for organisers: what the server said, in its words."""


class RefusedError(TransportError):
    """The server refuses this mail for good."""


class UndeliverableError(RefusedError):
    """The server knows for good that nothing can be delivered to this address."""


class PostponedError(TransportError):
    """The server does not take this mail now, or nobody knows whether it did: it is to be tried again later."""


class UnreachableError(TransportError):
    """There is nobody to hand anything to. It says nothing about this mail."""


class MailTransport(Protocol):
    def send(self, envelope: Envelope) -> None:
        """Hand one mail over, or raise a :class:`TransportError`."""

    def close(self) -> None:
        """End what is open; the next mail may open it again."""
