"""Orders of organisers to issue certificates: what they cover, and how far they are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.notifications.certificates.failures import Failure
from services.notifications.certificates.occasions import Occasion, known
from services.notifications.models import Earned, Job, JobItem, table_of
from services.notifications.once import Key, made_once
from shared.audit import Subject, added, by_account
from shared.database import UnitOfWork, new_id
from shared.errors import InvalidError, NotFoundError
from shared.languages import Text
from shared.languages import text as _
from shared.rows import rounded
from shared.staff import Staff

_WITHOUT_BEING_NAMED = ("earned", "failed")
"""What an order for all covers. What an organiser has revoked is issued anew only if it is named."""
_WHEN_NAMED = (*_WITHOUT_BEING_NAMED, "revoked")
_MOST_FAILURES = 200

NOT_EARNED = _("This person has not earned a certificate at this event.")
NOT_EARNED_IN_SERIES = _("This person has not earned the certificate for this series.")


def order(uow: UnitOfWork, occasion: Occasion, registration_ids: Sequence[UUID] | None, actor: Staff) -> Job:
    """Have certificates issued at once: for everybody who has earned one and has none, or for these.

    In a series people are named by the registration that stands on their certificate.

    Raises :class:`NotFoundError` for an unknown event or series, :class:`InvalidError` for somebody who has earned
    none.
    """
    known(uow.session, occasion)
    earned = _earned_for_update(uow.session, occasion, registration_ids)
    states = _WITHOUT_BEING_NAMED if registration_ids is None else _WHEN_NAMED
    to_issue = [one for one in earned if one.state in states]
    for one in to_issue:
        one.state, one.ordered_at, one.failure = "earned", uow.now, None
    whose = {"event_id": occasion.event_id, "series_id": occasion.series_id}
    job = Job(id=new_id(), **whose, account_id=actor.account_id, created_at=uow.now)
    uow.session.add(job)
    uow.session.add_all(JobItem(job_id=job.id, registration_id=one.id) for one in to_issue)
    uow.wake("certificates")
    author = by_account(actor.account_id)
    subject = Subject("job", job.id) if occasion.kind == "event" else occasion.subject
    changes = added(certificates=len(to_issue))
    uow.audit("certificates.ordered", author, subject, event_id=occasion.event_id, changes=changes)
    return job


def order_once(
    uow: UnitOfWork, occasion: Occasion, registration_ids: Sequence[UUID] | None, actor: Staff, key: Key | None
) -> Job:
    """The same as :func:`order`, however often it is asked for with one key.

    Raises :class:`InvalidError` if the key came with another request before.
    """
    known(uow.session, occasion, for_update=True)
    scope = f"{actor.account_id}:certificates:{occasion.id}"
    job_id = made_once(uow, scope, key, lambda: order(uow, occasion, registration_ids, actor).id)
    return uow.session.get_one(Job, job_id)


def _earned_for_update(session: Session, occasion: Occasion, registration_ids: Sequence[UUID] | None) -> list[Earned]:
    """Those that were asked for, locked in one order, so that two orders never wait for each other."""
    query = select(Earned).where(occasion.has(Earned), Earned.state != "lost").order_by(Earned.id)
    if registration_ids is not None:
        query = query.where(Earned.registration_id.in_(registration_ids))
    found = list(session.scalars(query.with_for_update()))
    if registration_ids is not None:
        not_earned = NOT_EARNED if occasion.kind == "event" else NOT_EARNED_IN_SERIES
        _check_all_found(registration_ids, {one.registration_id for one in found}, not_earned)
    return found


def _check_all_found(registration_ids: Sequence[UUID], found: set[UUID], not_earned: Text) -> None:
    missing = [place for place, wanted in enumerate(registration_ids) if wanted not in found]
    if missing:
        raise InvalidError(
            "not_earned", not_earned, errors={f"registration_ids.{place}": [not_earned] for place in missing}
        )


def settle(uow: UnitOfWork, earned_ids: Collection[UUID], outcome: str) -> None:
    """Note in all open orders what has become of the certificates that these verdicts are on."""
    if not earned_ids:
        return
    items = table_of(JobItem)
    waiting = items.c.registration_id.in_(rounded(earned_ids)) & items.c.outcome.is_(None)
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


def newest_progress(session: Session, occasion: Occasion) -> Progress | None:
    """Of the last order; None if there was none."""
    query = select(Job).where(occasion.has(Job)).order_by(Job.id.desc()).limit(1)
    job = session.scalars(query).first()
    return _progress(session, job) if job else None


def _progress(session: Session, job: Job) -> Progress:
    query = select(JobItem.outcome, func.count()).where(JobItem.job_id == job.id).group_by(JobItem.outcome)
    return Progress.of(job, dict(iter(session.execute(query))))


def failures_of(session: Session, job_id: UUID) -> Iterator[tuple[UUID, Failure]]:
    """The registrations of an order whose certificates could not be made, each with the reason; the first 200."""
    query = (
        select(Earned.registration_id, Earned.failure)
        .join(JobItem, JobItem.registration_id == Earned.id)
        .where(JobItem.job_id == job_id, JobItem.outcome == "failed", Earned.failure.is_not(None))
        .order_by(Earned.id)
        .limit(_MOST_FAILURES)
    )
    for registration_id, failure in session.execute(query):
        yield registration_id, Failure.from_json(failure)
