"""What every composition root builds first: a service's database, outbox, inbox and wake-up call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from shared.audit import AuditLog
from shared.clock import Clock
from shared.config import Settings
from shared.database import Database, make_engine
from shared.messaging.delivery import messaging_parts, waiting_messages
from shared.messaging.inbox import Handler, Inbox, InboxTables, Preparation
from shared.messaging.outbox import OnSent, Outbox, Transport, nothing_more
from shared.wakeup import Wakeup, make_wakeup
from shared.worker import Part

AnySettings = TypeVar("AnySettings", bound=Settings)


@dataclass(frozen=True)
class Core(Generic[AnySettings]):
    """The parts of one service that its web side and its worker share. In one process they share this object."""

    name: str
    settings: AnySettings
    clock: Clock
    wakeup: Wakeup
    database: Database
    outbox: Outbox
    inbox: Inbox

    def messaging(self, transport: Transport | None, on_sent: OnSent = nothing_more) -> list[Part]:
        """The worker's loops for messages; ``transport`` None means RabbitMQ."""
        return messaging_parts(
            settings=self.settings,
            database=self.database,
            outbox=self.outbox,
            inbox=self.inbox,
            wakeup=self.wakeup,
            clock=self.clock,
            transport=transport,
            on_sent=on_sent,
        )

    def pulse(self) -> dict[str, Any]:
        return waiting_messages(self.database, self.outbox, self.inbox, self.clock)

    def close(self) -> None:
        self.wakeup.close()
        self.database.close()


def make_core(
    name: str,
    settings: AnySettings,
    database_url: str,
    *,
    outbox_table: Table,
    inbox_tables: InboxTables,
    audit_log: AuditLog,
    handlers: Mapping[str, Handler],
    clock: Clock,
    most_together: int = 1,
    preparations: Mapping[str, Preparation] | None = None,
) -> Core[AnySettings]:
    wakeup = make_wakeup(database_url)
    outbox = Outbox(outbox_table, name)
    database = Database(make_engine(database_url), outbox, wakeup.notify, audit_log=audit_log)
    inbox = Inbox(database, inbox_tables, name, handlers, clock, most_together=most_together, preparations=preparations)
    return Core(name, settings, clock, wakeup, database, outbox, inbox)
