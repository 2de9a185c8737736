"""What was done to a registration, for the audit log; why a seat was given or not stands in the log of decisions."""

from typing import Any
from uuid import UUID

from services.registration.models import Actor, Registration, organiser
from services.registration.people import Filter
from shared.audit import Changes, Subject, added, by_account
from shared.database import UnitOfWork


def note_act(
    uow: UnitOfWork, action: str, registration: Registration, actor: Actor, changes: Changes | None = None
) -> None:
    """Write down what somebody did to the registration."""
    uow.audit(
        action,
        actor.author(registration.person_id),
        Subject("registration", registration.id),
        event_id=registration.event_id,
        changes=changes,
    )


def state_change(before: str, after: str) -> Changes:
    return {"state": {"before": str(before), "after": str(after)}}


def note_export(uow: UnitOfWork, event_id: UUID, account_id: UUID, wanted: Filter) -> None:
    """Write down that somebody took the event's list of people away; what they searched for may be a name."""
    asked = [question.key for question, _answer in wanted.answers]
    filters = added(state=wanted.state, organisation=wanted.organisation, searched=bool(wanted.q), answers=asked)
    author = by_account(account_id)
    uow.audit("people.exported", author, Subject("event", event_id), event_id=event_id, changes=filters)


def note_read(uow: UnitOfWork, action: str, event_id: UUID, account_id: UUID, **what: Any) -> None:
    """Write down that a program of somebody's read people by name: ``what`` says how many, and how they were found."""
    uow.audit(action, by_account(account_id), Subject("event", event_id), event_id=event_id, changes=added(**what))


def note_list_printed(uow: UnitOfWork, subject: Subject, account_id: UUID, funder: str) -> None:
    """Write down that somebody took the list to sign away, and for which funder."""
    _note_proof(uow, "list.printed", subject, account_id, funder)


def note_badges_printed(uow: UnitOfWork, event_id: UUID, account_id: UUID, people: int) -> None:
    """Write down that somebody took name badges of so many people away."""
    note_read(uow, "badges.printed", event_id, account_id, people=people)


def note_pack_taken(uow: UnitOfWork, subject: Subject, account_id: UUID, funder: str) -> None:
    """Write down that somebody took all that proves an event or a series away, and for which funder."""
    _note_proof(uow, "pack.taken", subject, account_id, funder)


def _note_proof(uow: UnitOfWork, action: str, subject: Subject, account_id: UUID, funder: str) -> None:
    event_id = subject.id if subject.kind == "event" else None
    uow.audit(action, by_account(account_id), subject, event_id=event_id, changes=added(funder=funder))


def note_needs_read(uow: UnitOfWork, event_id: UUID, account_id: UUID, people: int) -> None:
    """Write down that somebody saw by name what so many people of the event need."""
    author, subject = by_account(account_id), Subject("event", event_id)
    uow.audit("needs.read", author, subject, event_id=event_id, changes=added(people=people))


def note_file_fetched(uow: UnitOfWork, registration: Registration, file_id: UUID, account_id: UUID) -> None:
    """Write down that somebody took a file away that came as an answer."""
    note_act(uow, "answer_file.fetched", registration, organiser(account_id), added(file_id=file_id))


def note_feedback_export(uow: UnitOfWork, event_id: UUID, account_id: UUID) -> None:
    """Write down that somebody took the results of the event's survey away."""
    uow.audit("feedback.exported", by_account(account_id), Subject("event", event_id), event_id=event_id)


def note_statistics_export(uow: UnitOfWork, account_id: UUID, *, year: int | None) -> None:
    """Write down that somebody took the events' numbers away."""
    uow.audit("statistics.exported", by_account(account_id), Subject("statistics"), changes=added(year=year))


def note_directory_export(uow: UnitOfWork, account_id: UUID) -> None:
    """Write down that somebody took the directory of organisations away."""
    uow.audit("organisations.exported", by_account(account_id), Subject("directory"))
