"""Sending: mails are claimed by a lease, handed to the transport, and marked; what fails for now comes again."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Load

from services.notifications.mailing import MailKind
from services.notifications.mime import Envelope, UnusableAddressError, envelope
from services.notifications.models import Mail, Person, table_of
from services.notifications.pacing import begin_within_pace, next_minute
from services.notifications.personal_links import links_for
from services.notifications.settings import NotificationsSettings
from services.notifications.signing import signed
from services.notifications.transport import (
    MailTransport,
    PostponedError,
    RefusedError,
    UndeliverableError,
    UnreachableError,
)
from services.notifications.transport.smtp import longest_attempt
from services.notifications.undeliverable import mark_undeliverable, what_was_said
from shared.clock import Clock
from shared.database import Alone, Database, UnitOfWork
from shared.logs import get_logger
from shared.messaging.lease import claim
from shared.retry import doubling
from shared.text import normalised_email

log = get_logger(__name__)

BATCH = 32
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(hours=24)
"""So long a mail is tried again that the server does not take for now."""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=2)
"""Between two attempts to reach a server that does not answer."""
LONGEST_ERROR = 500


_MAILS = table_of(Mail)
_SENT = (
    update(_MAILS)
    .where(_MAILS.c.id == bindparam("mail_id"), _MAILS.c.state == "queued")
    .values(state="sent", sent_at=bindparam("taken_at"), attempts=_MAILS.c.attempts + 1, claimed_until=None, error=None)
)
"""Mark a mail as sent, at once: what a worker that dies has sent and not marked is sent twice."""

Claimed = tuple[Mail, Person | None]
"""A mail, and whom its links are for: nobody who was erased meanwhile."""


class Sender:
    """One worker's sending. Several may run at once: no mail is claimed by two."""

    def __init__(
        self, database: Database, transport: MailTransport, settings: NotificationsSettings, clock: Clock
    ) -> None:
        self._database = database
        self._transport = transport
        self._settings = settings
        self._clock = clock
        attempt = longest_attempt(settings.smtp_timeout)
        self._window = attempt / 4
        """Seconds after a claim in which mails of it are begun."""
        self._lease = timedelta(seconds=self._window + attempt)
        self._pauses = 0
        self._paused_until: datetime | None = None
        self._unmarked: dict[UUID, datetime] = {}

    def step(self) -> bool:
        """Send one batch. True if there may be more at once."""
        with self._database.alone() as alone:
            self._mark_what_was_taken(alone)
            if self._paused_until and self._clock() < self._paused_until:
                return False
            last_start = time.monotonic() + self._window
            number, claimed = self._claim()
            self._send_all(claimed, last_start, alone)
        return number == BATCH and self._paused_until is None

    def _claim(self) -> tuple[int, list[Claimed]]:
        """How many mails were due, and those of them that are to be sent now."""
        table = table_of(Mail)
        now = self._clock()
        ready = (table.c.state == "queued") & (table.c.available_at <= now)
        with self._database.unit_of_work(now) as uow:
            ids = claim(
                uow.session, table, ready, order_by=[table.c.priority, table.c.id], limit=BATCH, lease=self._lease
            )
            query = (
                select(Mail, Person)
                .outerjoin(Person, Person.id == Mail.person_id)
                .where(Mail.id.in_(ids))
                .order_by(Mail.priority, Mail.id)
                .options(Load(Mail).undefer_group("content"))
            )
            found = [(row.Mail, row.Person) for row in uow.session.execute(query)] if ids else []
            to_send = self._within_pace(uow, self._deliverable(uow, found))
            uow.commit()
        return len(ids), to_send

    def _deliverable(self, uow: UnitOfWork, claimed: Sequence[Claimed]) -> list[Claimed]:
        """Those whose address is not given up; the others fail with what was said of it."""
        said = what_was_said(uow.session, (mail.to_email for mail, _ in claimed)) if claimed else {}
        stopped = [
            mail for mail, _ in claimed if mail.kind != MailKind.LINK and normalised_email(mail.to_email) in said
        ]
        for mail in stopped:
            log.warning("mail_stopped", mail_id=str(mail.id))
            error = said[normalised_email(mail.to_email)]
            _set(uow, [mail.id], state="failed", claimed_until=None, error=error)
        return [(mail, person) for mail, person in claimed if mail not in stopped]

    def _within_pace(self, uow: UnitOfWork, claimed: Sequence[Claimed]) -> list[Claimed]:
        """Those that their domains get in this minute; the others wait for the next."""
        per_minute = self._settings.mails_per_domain
        if not per_minute or not claimed:
            return list(claimed)
        allowed = begin_within_pace(uow, [mail.to_email for mail, _ in claimed], per_minute)
        too_many = [mail.id for (mail, _), may in zip(claimed, allowed, strict=True) if not may]
        _set(uow, too_many, claimed_until=None, available_at=next_minute(uow.now))
        return [one for one, may in zip(claimed, allowed, strict=True) if may]

    def _send_all(self, claimed: Sequence[Claimed], last_start: float, alone: Alone) -> None:
        """Send while the lease is long enough for one more attempt; the rest is let go."""
        waiting = iter(claimed)
        for mail, person in waiting:
            if time.monotonic() > last_start:
                self._release([mail.id, *_ids(waiting)])
                return
            try:
                self._send(mail, person, alone)
            except UnreachableError as error:
                self._pause(error)
                self._release([mail.id, *_ids(waiting)], error=str(error)[:LONGEST_ERROR])
                return
            self._paused_until, self._pauses = None, 0

    def _send(self, mail: Mail, person: Person | None, alone: Alone) -> None:
        try:
            self._transport.send(self._envelope(mail, person))
        except (RefusedError, UnusableAddressError) as error:
            self._refuse(mail, error)
        except PostponedError as error:
            self._postpone(mail, str(error))
        except UnreachableError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one mail must not hold up its neighbours
            # The text of an exception may hold personal values; its kind may not.
            log.error("mail_failed_unexpectedly", mail_id=str(mail.id), error=type(error).__name__)
            self._postpone(mail, type(error).__name__)
        else:
            self._unmarked[mail.id] = self._clock()
            self._mark_what_was_taken(alone)

    def _envelope(self, mail: Mail, person: Person | None) -> Envelope:
        written = envelope(mail, self._settings, links_for(mail, person, self._settings), self._clock())
        return replace(written, content=signed(written.content, self._settings))

    def _mark_what_was_taken(self, alone: Alone) -> None:
        """Mark as sent. What could not be marked, because the database was away, is not sent again by this worker."""
        for mail_id, taken_at in list(self._unmarked.items()):
            alone.write(_SENT, {"mail_id": mail_id, "taken_at": taken_at})
            del self._unmarked[mail_id]

    def _refuse(self, mail: Mail, error: RefusedError | UnusableAddressError) -> None:
        log.warning("mail_refused", mail_id=str(mail.id))
        said = str(error)[:LONGEST_ERROR]
        with self._database.unit_of_work(self._clock()) as uow:
            _set(uow, [mail.id], claimed_until=None, state="failed", attempts=mail.attempts + 1, error=said)
            if isinstance(error, UndeliverableError):
                mark_undeliverable(uow, mail.to_email, said, mail.id)
            uow.commit()

    def _postpone(self, mail: Mail, error: str) -> None:
        attempts, now = mail.attempts + 1, self._clock()
        given_up = now - mail.queued_at >= GIVE_UP_AFTER
        log.warning("mail_postponed", mail_id=str(mail.id), attempts=attempts, given_up=given_up)
        self._mark(
            mail.id,
            state="failed" if given_up else "queued",
            attempts=attempts,
            available_at=now + doubling(FIRST_RETRY, attempts, LONGEST_RETRY),
            error=error[:LONGEST_ERROR],
        )

    def _pause(self, error: UnreachableError) -> None:
        self._pauses += 1
        self._paused_until = self._clock() + doubling(FIRST_PAUSE, self._pauses, LONGEST_PAUSE)
        log.error("mail_server_unreachable", error=type(error.__cause__).__name__, pauses=self._pauses)

    def _release(self, ids: Sequence[UUID], **values: Any) -> None:
        self._change(ids, claimed_until=None, **values)

    def _mark(self, mail_id: UUID, **values: Any) -> None:
        self._change([mail_id], claimed_until=None, **values)

    def _change(self, ids: Sequence[UUID], **values: Any) -> None:
        with self._database.unit_of_work(self._clock()) as uow:
            _set(uow, ids, **values)
            uow.commit()


def _set(uow: UnitOfWork, ids: Sequence[UUID], **values: Any) -> None:
    """Change mails that still wait."""
    statement = update(Mail).where(Mail.id.in_(ids), Mail.state == "queued").values(values)
    uow.session.execute(statement.execution_options(synchronize_session=False))


def _ids(claimed: Iterator[Claimed]) -> list[UUID]:
    return [mail.id for mail, _ in claimed]
