"""Feedback after an event: who may give it and when, and what of it organisers see.

Answers are added up in portions as they come, and shown so that no two looks differ by fewer than :data:`SMALLEST`
people (ADR 0028).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import (
    Event,
    FeedbackGiven,
    FeedbackPortion,
    FeedbackSurvey,
    Person,
    Registration,
    table,
)
from services.registration.seats import registration_not_found
from services.registration.states import State
from shared.audit import Changes, Subject, by_account
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _
from shared.messaging.inbox import insert_for

SMALLEST = 5
"""People of whom at least one number speaks."""
DAYS = 30
"""For which a survey stays open, unless the organiser says otherwise."""
MOST_DAYS = 90
FINAL_AFTER = timedelta(minutes=5)
"""After closing: an answer whose transaction began in time is in by then."""
RATED = ("overall", "content", "organisation", "language")
TOLD = ("helped", "improve")
RATINGS = ("1", "2", "3", "4", "5")
NO_RATING = ""


class Standing(StrEnum):
    """What a registration can do about its event's survey."""

    OPEN = "open"
    GIVEN = "given"
    NOT_YET = "not_yet"
    OVER = "over"
    NONE = "none"
    """There is no survey, or not for this registration."""


@dataclass(frozen=True, slots=True)
class Results:
    """What is shown: of how many ``answers``; how many chose each rating and, in alphabetical order, the texts."""

    answers: int
    ratings: Mapping[str, Mapping[str, int]]
    texts: Mapping[str, Sequence[str]]
    final: bool
    """Whether nothing more will come."""


def closing(event: Event, survey: FeedbackSurvey) -> datetime:
    """When the survey stops taking answers."""
    return survey.closes_at or event.ends_at + timedelta(days=survey.days)


def survey_of(session: Session, event_id: UUID) -> FeedbackSurvey | None:
    return session.get(FeedbackSurvey, event_id, populate_existing=True)


def set_up(uow: UnitOfWork, event: Event, *, offered: bool, days: int, account_id: UUID) -> None:
    """Switch feedback on or off, and say for how many days it is open.

    Raises :class:`ConflictError` (``feedback_has_answers``) for other days once somebody has answered.
    """
    insert = insert_for(uow.session.get_bind().dialect.name, table(FeedbackSurvey))
    first = {"event_id": event.id, "offered": False, "days": DAYS}
    uow.session.execute(insert.on_conflict_do_nothing(), [first])
    survey = _locked(uow.session, event.id)
    if survey.closes_at is not None and days != survey.days:
        raise ConflictError("feedback_has_answers", _("Somebody has answered already, so the days stay as they are."))
    changes = _differences(survey, {"offered": offered, "days": days})
    if changes:
        survey.offered, survey.days = offered, days
        author, subject = by_account(account_id), Subject("event", event.id)
        uow.audit("feedback.set_up", author, subject, event_id=event.id, changes=changes)


def _differences(survey: FeedbackSurvey, wanted: Mapping[str, int]) -> Changes:
    pairs = {name: (getattr(survey, name), after) for name, after in wanted.items()}
    return {name: {"before": before, "after": after} for name, (before, after) in pairs.items() if before != after}


def standing_of(session: Session, registration: Registration, event: Event, now: datetime) -> Standing:
    """Whoever had a seat at the end may answer once, from the event's end until the survey closes."""
    survey = survey_of(session, event.id)
    if survey is None or not survey.offered or event.is_cancelled or registration.state != State.CONFIRMED:
        return Standing.NONE
    if session.get(FeedbackGiven, registration.id, populate_existing=True):
        return Standing.GIVEN
    if now < event.ends_at:
        return Standing.NOT_YET
    return Standing.OPEN if now < closing(event, survey) else Standing.OVER


def awaited(session: Session, person: Person, now: datetime) -> set[UUID]:
    """Those of the person's registrations that can give feedback now."""
    query = (
        select(Registration.id, Event, FeedbackSurvey)
        .join(Event, Event.id == Registration.event_id)
        .join(FeedbackSurvey, FeedbackSurvey.event_id == Event.id)
        .outerjoin(FeedbackGiven, FeedbackGiven.registration_id == Registration.id)
        .where(Registration.person_id == person.id, Registration.state == State.CONFIRMED, FeedbackSurvey.offered)
        .where(FeedbackGiven.registration_id.is_(None), Event.state != "cancelled", Event.ends_at <= now)
    )
    return {found for found, event, survey in session.execute(query) if now < closing(event, survey)}


def give(
    uow: UnitOfWork,
    person: Person,
    registration_id: UUID,
    ratings: Mapping[str, str],
    texts: Mapping[str, str],
) -> Standing:
    """Add an answer to the sum; the standing before it, ``open`` if it was taken.

    ``ratings`` names each of :data:`RATED`, ``texts`` each of :data:`TOLD`. Nothing that is written here joins the
    answer with the person, so there is no row in the audit log either. Raises :class:`NotFoundError` for somebody
    else's registration.
    """
    registration, event = own_with_event(uow.session, person, registration_id)
    if survey_of(uow.session, event.id) is None:
        return Standing.NONE
    survey = _locked(uow.session, event.id)
    standing = standing_of(uow.session, registration, event, uow.now)
    if standing is Standing.OPEN:
        survey.closes_at = closing(event, survey)
        uow.session.add(FeedbackGiven(registration_id=registration.id))
        _add(_filling(uow.session, event.id), ratings, texts)
    return standing


def own_with_event(session: Session, person: Person, registration_id: UUID) -> tuple[Registration, Event]:
    """Raises :class:`NotFoundError` for somebody else's registration."""
    query = select(Registration, Event).join(Event, Event.id == Registration.event_id)
    found = session.execute(
        query.where(Registration.id == registration_id, Registration.person_id == person.id)
    ).one_or_none()
    if found is None:
        raise registration_not_found()
    registration, event = found
    return registration, event


def _locked(session: Session, event_id: UUID) -> FeedbackSurvey:
    query = select(FeedbackSurvey).where(FeedbackSurvey.event_id == event_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _filling(session: Session, event_id: UUID) -> FeedbackPortion:
    """The portion that has room; the survey is locked."""
    portions = _portions(session, event_id)
    if portions and portions[-1].answers < SMALLEST:
        return portions[-1]
    fresh = FeedbackPortion(event_id=event_id, number=len(portions), answers=0, ratings={}, texts={})
    session.add(fresh)
    return fresh


def _add(portion: FeedbackPortion, ratings: Mapping[str, str], texts: Mapping[str, str]) -> None:
    portion.answers += 1
    portion.ratings = {name: Counter(portion.ratings.get(name, {})) + Counter([ratings[name]]) for name in RATED}
    said = {name: [texts[name]] if texts[name] else [] for name in TOLD}
    portion.texts = {name: sorted([*portion.texts.get(name, []), *said[name]]) for name in TOLD}


def _portions(session: Session, event_id: UUID) -> Sequence[FeedbackPortion]:
    query = select(FeedbackPortion).where(FeedbackPortion.event_id == event_id).order_by(FeedbackPortion.number)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def results_of(session: Session, event: Event, survey: FeedbackSurvey, now: datetime) -> Results:
    """What may be seen now; no answers at all while there are too few."""
    final = now >= closing(event, survey) + FINAL_AFTER
    portions = _portions(session, event.id)
    shown = portions[: portions_shown([portion.answers for portion in portions], final=final)]
    return Results(
        answers=sum(portion.answers for portion in shown),
        ratings={name: _sum(portion.ratings[name] for portion in shown) for name in RATED},
        texts={name: sorted(said for portion in shown for said in portion.texts[name]) for name in TOLD},
        final=final,
    )


def portions_shown(sizes: Sequence[int], *, final: bool) -> int:
    """How many of the portions, all full but the last, may be shown.

    While answers come, the newest full portion is held back: it keeps company to those who come after it, who at the
    end may be too few to be shown alone.
    """
    if final:
        return len(sizes) if sum(sizes) >= SMALLEST else 0
    full = sum(size == SMALLEST for size in sizes)
    return max(0, full - 1)


def _sum(counted: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for counts in counted:
        total.update(counts)
    return {rating: total[rating] for rating in (*RATINGS, NO_RATING)}
