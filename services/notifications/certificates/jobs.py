"""Orders of organisers to issue certificates: what they cover, and how far they are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.notifications.certificates.failures import Failure
from services.notifications.models import IDEMPOTENCY, Earned, Event, Job, JobItem, table_of
from shared.audit import Subject, added, by_account
from shared.database import UnitOfWork, new_id
from shared.errors import InvalidError, NotFoundError
from shared.idempotency import remember, remembered
from shared.languages import text as _
from shared.rows import rounded
from shared.staff import Staff

_WITHOUT_BEING_NAMED = ("earned", "failed")
"""What an order for all covers. What an organiser has revoked is issued anew only if it is named."""
_WHEN_NAMED = (*_WITHOUT_BEING_NAMED, "revoked")
_MOST_FAILURES = 200

NOT_EARNED = _("This person has not earned a certificate at this event.")


def order(uow: UnitOfWork, event_id: UUID, registration_ids: Sequence[UUID] | None, actor: Staff) -> Job:
    """Have certificates issued at once: for everybody who has earned one and has none, or for these.

    Raises :class:`NotFoundError` for an unknown event, :class:`InvalidError` for somebody who has earned none.
    """
    known_event(uow.session, event_id)
    earned = _earned_for_update(uow.session, event_id, registration_ids)
    states = _WITHOUT_BEING_NAMED if registration_ids is None else _WHEN_NAMED
    to_issue = [one for one in earned if one.state in states]
    for one in to_issue:
        one.state, one.ordered_at, one.failure = "earned", uow.now, None
    job = Job(id=new_id(), event_id=event_id, account_id=actor.account_id, created_at=uow.now)
    uow.session.add(job)
    uow.session.add_all(JobItem(job_id=job.id, registration_id=one.id) for one in to_issue)
    uow.wake("certificates")
    author, subject = by_account(actor.account_id), Subject("job", job.id)
    uow.audit("certificates.ordered", author, subject, event_id=event_id, changes=added(certificates=len(to_issue)))
    return job


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key, with the digest of the request that it came with."""

    key: str
    body_digest: str


def order_once(uow: UnitOfWork, event_id: UUID, registration_ids: Sequence[UUID] | None, actor: Staff, key: Key) -> Job:
    """The same as :func:`order`, however often it is asked for with one key.

    Raises :class:`InvalidError` if the key came with another request before.
    """
    known_event(uow.session, event_id, for_update=True)
    scope = f"{actor.account_id}:certificates:{event_id}"
    known = remembered(uow.session, IDEMPOTENCY, scope, key.key, key.body_digest)
    if known is not None:
        return uow.session.get_one(Job, known)
    job = order(uow, event_id, registration_ids, actor)
    remember(uow.session, IDEMPOTENCY, scope, key.key, key.body_digest, job.id, uow.now)
    return job


def _earned_for_update(session: Session, event_id: UUID, registration_ids: Sequence[UUID] | None) -> list[Earned]:
    """Those that were asked for, locked in one order, so that two orders never wait for each other."""
    query = (
        select(Earned)
        .where(Earned.event_id == event_id, Earned.series_id.is_(None), Earned.state != "lost")
        .order_by(Earned.id)
    )
    if registration_ids is not None:
        query = query.where(Earned.id.in_(registration_ids))
    found = list(session.scalars(query.with_for_update()))
    if registration_ids is not None:
        _check_all_found(registration_ids, {one.id for one in found})
    return found


def _check_all_found(registration_ids: Sequence[UUID], found: set[UUID]) -> None:
    missing = [place for place, wanted in enumerate(registration_ids) if wanted not in found]
    if missing:
        raise InvalidError(
            "not_earned", NOT_EARNED, errors={f"registration_ids.{place}": [NOT_EARNED] for place in missing}
        )


def settle(uow: UnitOfWork, registration_ids: Collection[UUID], outcome: str) -> None:
    """Note in all open orders what has become of these registrations' certificates."""
    if not registration_ids:
        return
    items = table_of(JobItem)
    waiting = items.c.registration_id.in_(rounded(registration_ids)) & items.c.outcome.is_(None)
    uow.session.execute(update(items).where(waiting).values(outcome=outcome))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is; numbers of certificates."""

    job: Job
    total: int
    issued: int
    failed: int
    withdrawn: int

    @classmethod
    def of(cls, job: Job, outcomes: Mapping[str | None, int]) -> Self:
        counts = (outcomes.get(outcome, 0) for outcome in ("issued", "failed", "withdrawn"))
        return cls(job, sum(outcomes.values()), *counts)

    @property
    def done(self) -> int:
        return self.issued + self.failed + self.withdrawn

    @property
    def is_finished(self) -> bool:
        return self.done == self.total


def progress_of(session: Session, job_id: UUID) -> Progress:
    """Raises :class:`NotFoundError` for an unknown order."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFoundError("job_unknown", _("There is no job with this id."))
    return _progress(session, job)


def newest_progress(session: Session, event_id: UUID) -> Progress | None:
    """Of the event's last order; None if there was none."""
    query = select(Job).where(Job.event_id == event_id).order_by(Job.id.desc()).limit(1)
    job = session.scalars(query).first()
    return _progress(session, job) if job else None


def _progress(session: Session, job: Job) -> Progress:
    query = select(JobItem.outcome, func.count()).where(JobItem.job_id == job.id).group_by(JobItem.outcome)
    return Progress.of(job, dict(iter(session.execute(query))))


def failures_of(session: Session, job_id: UUID) -> Iterator[tuple[UUID, Failure]]:
    """The registrations of an order whose certificates could not be made, each with the reason; the first 200."""
    query = (
        select(Earned.id, Earned.failure)
        .join(JobItem, JobItem.registration_id == Earned.id)
        .where(JobItem.job_id == job_id, JobItem.outcome == "failed", Earned.failure.is_not(None))
        .order_by(Earned.id)
        .limit(_MOST_FAILURES)
    )
    for registration_id, failure in session.execute(query):
        yield registration_id, Failure.from_json(failure)


def known_event(session: Session, event_id: UUID, *, for_update: bool = False) -> Event:
    """The event whose certificates are asked for. Raises :class:`NotFoundError`."""
    event = session.get(Event, event_id, with_for_update=for_update or None)
    if event is None:
        raise NotFoundError(
            "event_unknown", _("There are no certificates here yet: they begin when the event has been published.")
        )
    return event
