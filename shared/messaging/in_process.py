"""Delivery within one process: from one service's outbox straight into the others' inboxes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shared.messages import REGISTRY
from shared.messages.base import Envelope

if TYPE_CHECKING:
    from shared.messaging.inbox import Inbox


class InProcessTransport:
    """``inboxes`` is filled by whoever starts the services; it holds one inbox for each service's name."""

    def __init__(self, inboxes: Mapping[str, "Inbox"]) -> None:
        self._inboxes = inboxes

    def send(self, envelopes: Sequence[Envelope]) -> None:
        for service, inbox in self._inboxes.items():
            inbox.store([e for e in envelopes if service in REGISTRY[e.topic].consumers])

    def keep_alive(self) -> None:
        """There is no connection."""

    def close(self) -> None:
        """There is no connection."""
