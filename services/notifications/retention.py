"""How long notifications keeps what mails say: rules for :mod:`shared.retention` (ADR 0038).

What it knows of people it forgets when registration says so (:mod:`services.notifications.forgetting`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from services.notifications.models import AUDIT, INBOX, OUTBOX, Mail, Reply
from services.notifications.settings import NotificationsSettings
from shared.database import Database, UnitOfWork
from shared.retention import Rule, rules_for_all

FILES_AT_A_TIME = 500


def rules(settings: NotificationsSettings) -> list[Rule]:
    kept = timedelta(days=settings.keep_mail_days)
    held = settings.legal_holds

    def old_mails(_session: Session, now: datetime) -> Select[UUID]:
        said = (Mail.text != "") | (Mail.html != "")
        of_others = or_(Mail.event_id.is_(None), Mail.event_id.not_in(held))
        return select(Mail.id).where(Mail.state != "queued", Mail.queued_at < now - kept, said, of_others)

    def old_replies(_session: Session, now: datetime) -> Select[UUID]:
        said = (Reply.sender != "") | (Reply.comment != "") | (Reply.subject != "")
        of_others = or_(Reply.event_id.is_(None), Reply.event_id.not_in(held))
        return select(Reply.id).where(Reply.received_at < now - kept, said, of_others)

    return [
        Rule("mails", old_mails, _blank_mails),
        Rule("replies", old_replies, _blank_replies),
        *rules_for_all(settings, INBOX.messages, OUTBOX, AUDIT.table),
    ]


def _blank_mails(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    blank: dict[str, Any] = {"text": "", "html": "", "calendars": [], "error": None}
    uow.session.execute(update(Mail).where(Mail.id.in_(ids)).values(blank))
    uow.wake("mail_files")


def _blank_replies(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    blank = {"sender": "", "subject": "", "attendee": "", "comment": "", "delegate": ""}
    uow.session.execute(update(Reply).where(Reply.id.in_(ids)).values(blank))


def delete_files(database: Database, folder: Path) -> None:
    """Delete the files of mails of which the database keeps nothing any more, where mails become files."""
    files = sorted(folder.glob("*.eml"))
    with database.read() as session:
        for begin in range(0, len(files), FILES_AT_A_TIME):
            portion = {UUID(file.stem): file for file in files[begin : begin + FILES_AT_A_TIME]}
            kept = session.scalars(select(Mail.id).where(Mail.id.in_(portion), Mail.text != ""))
            for forgotten in portion.keys() - set(kept):
                portion[forgotten].unlink(missing_ok=True)
