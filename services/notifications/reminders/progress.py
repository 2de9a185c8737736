"""What organisers see of a rule: when it is due about each session, and how many have been written to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.models import Event, Mail, Reminder, ReminderDate
from services.notifications.reminders.dates import when_of
from services.notifications.snapshot import Session as EventSession


@dataclass(frozen=True, slots=True)
class Turn:
    """A rule and one session. ``mails`` are numbers by state; ``due_at`` is None where no moment was left."""

    session: EventSession
    due_at: datetime | None
    outcome: str | None
    mails: Mapping[str, int]

    @property
    def state(self) -> str:
        """``planned``, ``written`` or ``missed``."""
        if self.due_at is None:
            return "missed"
        return self.outcome or "planned"

    @property
    def total(self) -> int:
        return sum(self.mails.values())


@dataclass(frozen=True, slots=True)
class Overview:
    reminder: Reminder
    turns: Sequence[Turn]


def overviews(session: Session, event: Event, reminders: Sequence[Reminder]) -> list[Overview]:
    """In the order of the rules; of each, the sessions that it is about or was."""
    ids = [reminder.id for reminder in reminders]
    dates, mails = _dates(session, ids), _mails(session, ids)
    return [Overview(one, _turns(event, one, dates[one.id], mails[one.id])) for one in reminders]


def _turns(
    event: Event, reminder: Reminder, dates: Mapping[UUID, ReminderDate], mails: Mapping[UUID, Mapping[str, int]]
) -> list[Turn]:
    told = event.told
    shown = {one.id for one in when_of(reminder).occasions(told)} | set(dates)
    found = [(one, dates.get(one.id)) for one in told.sessions if one.id in shown]
    return [
        Turn(one, date.due_at if date else None, date.outcome if date else None, mails.get(one.id, {}))
        for one, date in found
    ]


def _dates(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[UUID, ReminderDate]]:
    found: dict[UUID, dict[UUID, ReminderDate]] = defaultdict(dict)
    for date in session.scalars(select(ReminderDate).where(ReminderDate.reminder_id.in_(ids))):
        found[date.reminder_id][date.session_id] = date
    return found


def _mails(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[UUID, dict[str, int]]]:
    columns = (Mail.reminder_id, Mail.reminder_session_id, Mail.state)
    query = select(*columns, func.count().label("number")).where(Mail.reminder_id.in_(ids)).group_by(*columns)
    found: dict[UUID, dict[UUID, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for reminder_id, session_id, state, number in session.execute(query):
        if reminder_id and session_id:
            found[reminder_id][session_id][state] = number
    return found
