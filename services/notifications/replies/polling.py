"""Looking into the mailbox now and then: each new mail is taken in once, in a transaction with how far was read."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from services.notifications.models import Mailbox, table_of
from services.notifications.replies.imap import ImapMailbox, MailboxError
from services.notifications.replies.intake import Outcome, take_in
from services.notifications.settings import ImapServer, NotificationsSettings
from shared.clock import Clock
from shared.database import Database, UnitOfWork, new_id
from shared.logs import get_logger
from shared.messaging.inbox import insert_for
from shared.messaging.lease import claim

log = get_logger(__name__)

BATCH = 50
LEASE = timedelta(minutes=10)

Open = Callable[[ImapServer], ImapMailbox]


class Poller:
    """Of several workers one reads at a time. ``open_mailbox`` is another one in tests."""

    def __init__(
        self,
        database: Database,
        settings: NotificationsSettings,
        server: ImapServer,
        clock: Clock,
        open_mailbox: Open = ImapMailbox,
    ) -> None:
        self._database = database
        self._settings = settings
        self._server = server
        self._clock = clock
        self._open = open_mailbox
        self._name = f"{server.host}:{server.port}/{server.user}/{server.folder}"

    def step(self) -> bool:
        """Read one batch. True if there may be more at once."""
        mailbox_id = self._claim()
        if mailbox_id is None:
            return False
        try:
            with self._open(self._server) as mailbox:
                return self._read(mailbox, mailbox_id)
        except MailboxError as error:
            log.error("mailbox_unreadable", because=str(error))
            return False
        finally:
            self._note(mailbox_id, claimed_until=None)

    def _claim(self) -> UUID | None:
        table = table_of(Mailbox)
        with self._database.unit_of_work(self._clock()) as uow:
            new = {"id": new_id(), "name": self._name, "uid_validity": 0, "last_uid": 0}
            insert = insert_for(uow.session.get_bind().dialect.name, table).values(new)
            uow.session.execute(insert.on_conflict_do_nothing(index_elements=["name"]))
            ids = claim(uow.session, table, table.c.name == self._name, order_by=[table.c.id], limit=1, lease=LEASE)
            uow.commit()
        return ids[0] if ids else None

    def _read(self, mailbox: ImapMailbox, mailbox_id: UUID) -> bool:
        last = self._last_uid(mailbox_id, mailbox.uid_validity)
        uids = mailbox.uids_after(last, BATCH)
        for uid in mailbox.of_interest(uids):
            raw = mailbox.mail(uid)
            if raw is not None and self._take(mailbox_id, uid, raw) is not Outcome.NOT_FOR_US:
                mailbox.mark_read(uid)
        if uids:
            self._note(mailbox_id, last_uid=uids[-1])
        return len(uids) == BATCH

    def _last_uid(self, mailbox_id: UUID, uid_validity: int) -> int:
        """0 for a mailbox that is new, or was made anew: what is known already is recognised."""
        with self._database.read() as session:
            known = session.get_one(Mailbox, mailbox_id)
            if known.uid_validity == uid_validity:
                return known.last_uid
        self._note(mailbox_id, uid_validity=uid_validity, last_uid=0)
        return 0

    def _take(self, mailbox_id: UUID, uid: int, raw: bytes) -> Outcome:
        try:
            with self._database.unit_of_work(self._clock()) as uow:
                outcome = take_in(uow, self._settings, raw)
                self._remember(uow, mailbox_id, last_uid=uid)
                uow.commit()
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one mail must not hold up those behind it
            # Its text may hold what somebody wrote; its kind may not. If the database is away, noting that fails too.
            log.error("incoming_mail_failed", uid=uid, error=type(error).__name__)
            self._note(mailbox_id, last_uid=uid)
            return Outcome.NOT_FOR_US
        return outcome

    def _note(self, mailbox_id: UUID, **values: object) -> None:
        with self._database.unit_of_work(self._clock()) as uow:
            self._remember(uow, mailbox_id, **values)
            uow.commit()

    def _remember(self, uow: UnitOfWork, mailbox_id: UUID, **values: object) -> None:
        change = update(Mailbox).where(Mailbox.id == mailbox_id).values(**values)
        uow.session.execute(change.execution_options(synchronize_session=False))
