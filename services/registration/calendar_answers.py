"""What people's calendars answered to their invitations, as notifications tells it: shown beside the registration."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.models import CalendarAnswer, Registration, table
from services.registration.states import State
from shared.database import UnitOfWork
from shared.languages import Text
from shared.languages import text as _
from shared.messaging.inbox import insert_for

DIFFERENT = "different"
"""Not the same for all sessions."""
WORDS: Mapping[str, Text] = {
    "accepted": _("accepted"),
    "tentative": _("maybe"),
    "declined": _("declined"),
    DIFFERENT: _("differs by session"),
}

AnswersBySession = Mapping[UUID, str]


def store_answer(uow: UnitOfWork, told: Mapping[str, Any]) -> None:
    """Keep what notifications says of one invitation (the body of ``invitation.answered.v1``)."""
    values = {name: told[name] for name in ("registration_id", "event_id", "session_id", "answer", "answered_at")}
    insert = insert_for(uow.session.get_bind().dialect.name, table(CalendarAnswer))
    uow.session.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=values), [{"id": told["invitation_id"], **values}]
    )


def calendar_answers_of(session: Session, registration_ids: Sequence[UUID]) -> Mapping[UUID, AnswersBySession]:
    """By registration, for those of whom there is an answer."""
    query = select(CalendarAnswer).where(
        CalendarAnswer.registration_id.in_(registration_ids), CalendarAnswer.answer.is_not(None)
    )
    found: dict[UUID, dict[UUID, str]] = {}
    for row in session.scalars(query):
        found.setdefault(row.registration_id, {})[row.session_id] = row.answer or ""
    return found


def overall(answers: AnswersBySession) -> str:
    """One word for all sessions: an answer, :data:`DIFFERENT`, or nothing."""
    said = set(answers.values())
    return DIFFERENT if len(said) > 1 else next(iter(said), "")


def count_answers(session: Session, session_id: UUID) -> Mapping[str, int]:
    """How many of those who have a seat have answered what about one session."""
    query = (
        select(CalendarAnswer.answer, func.count())
        .join(Registration, Registration.id == CalendarAnswer.registration_id)
        .where(
            CalendarAnswer.session_id == session_id,
            CalendarAnswer.answer.is_not(None),
            Registration.state == State.CONFIRMED,
        )
        .group_by(CalendarAnswer.answer)
    )
    return Counter({answer: number for answer, number in session.execute(query) if answer})
