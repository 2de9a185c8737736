"""Who has earned the certificate for a whole series: one verdict for each person, over all modules.

Two doors may record the same person at two modules at once. Whoever judges holds the series first, shared with others
who judge single people, alone if all are judged, and then the person's verdict; only then is read what it rests on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, union
from sqlalchemy.orm import Session, selectinload

from services.registration.certificate_rules import Standing, is_earned, judge_series
from services.registration.models import Attendance, Event, Registration, SeriesVerdict, ToldSeries, table
from services.registration.presence import ledger, minutes_of
from services.registration.states import State
from shared.database import UnitOfWork, new_id
from shared.messages.catalogue import SeriesCertificateRulePart
from shared.messages.registration import CertificateEarnedV1, CertificateLostV1
from shared.messaging.inbox import insert_for

Key = tuple[UUID, str]
"""Who somebody is within a series: the person's id and the name as lists are sorted by it."""


def store_series(uow: UnitOfWork, told: Mapping[str, Any]) -> None:
    """Keep what catalogue tells of a series (the body of ``series.changed``), and judge everybody anew."""
    rule = told["certificate_rule"]
    ensure_series(uow, told)
    series = _held(uow.session, told["series_id"], alone=True)
    series.slug, series.title = told["slug"], told["title"]
    series.certificate_rule = SeriesCertificateRulePart().dump(rule) if rule else None
    series.event_ids = [str(event_id) for event_id in told["event_ids"]]
    _judge(uow, series, None)


def ensure_series(uow: UnitOfWork, part: Mapping[str, Any]) -> None:
    """Whoever judges needs the series to hold, also if an event tells of it first (its ``SeriesPart``)."""
    values = {
        "id": part["series_id"],
        "slug": part["slug"],
        "title": part["title"],
        "certificate_rule": None,
        "event_ids": [],
    }
    insert = insert_for(uow.session.get_bind().dialect.name, table(ToldSeries))
    uow.session.execute(insert.on_conflict_do_nothing(), [values])


def judge_all_in(uow: UnitOfWork, *series_ids: UUID | None) -> None:
    """Judge everybody who has attended something of these series, after modules or rules have changed."""
    for series_id in sorted({one for one in series_ids if one is not None}):
        _judge(uow, _held(uow.session, series_id, alone=True), None)


def judge_people_in(uow: UnitOfWork, series_ids: Iterable[UUID | None], person_ids: Collection[UUID]) -> None:
    """Judge these people, after what they attended, their places or their names have changed."""
    for series_id in sorted({one for one in series_ids if one is not None}):
        series = _held(uow.session, series_id, alone=False)
        # Without a rule there are no verdicts: whoever takes the rule away holds the series alone and drops them.
        if series.certificate_rule:
            _judge(uow, series, person_ids)


def _held(session: Session, series_id: UUID, *, alone: bool) -> ToldSeries:
    query = select(ToldSeries).where(ToldSeries.id == series_id).with_for_update(read=not alone)
    return session.scalars(query.execution_options(populate_existing=True)).one()


@dataclass(slots=True)
class _Attended:
    """What one person attended; ``registrations`` are those with a seat, by the beginning of their modules."""

    registrations: list[Registration] = field(default_factory=list)
    minutes: dict[UUID, int] = field(default_factory=dict)


def _judge(uow: UnitOfWork, series: ToldSeries, person_ids: Collection[UUID] | None) -> None:
    verdicts = _held_verdicts(uow, series, person_ids)
    if not verdicts:
        return
    modules = _modules(uow.session, series.id)
    attended = _attended(uow.session, modules, {verdict.person_id for verdict in verdicts})
    available_at = _available_at(series, modules)
    for verdict in verdicts:
        of_person = attended.get((verdict.person_id, verdict.sort_key), _Attended())
        standing = judge_series(series.certificate_rule, modules, of_person.minutes)
        if standing and of_person.registrations:
            _decide(uow, series, verdict, modules, of_person, standing, available_at)
        else:
            _drop(uow, verdict)


def _modules(session: Session, series_id: UUID) -> list[Event]:
    query = select(Event).where(Event.series_id == series_id).order_by(Event.starts_at, Event.id)
    return list(session.scalars(query.options(selectinload(Event.sessions)).execution_options(populate_existing=True)))


def _held_verdicts(uow: UnitOfWork, series: ToldSeries, person_ids: Collection[UUID] | None) -> Sequence[SeriesVerdict]:
    """The verdicts on these people, begun where there is none; held in one order, lest two who judge cross."""
    present, begun = _concerned(uow.session, series, person_ids)
    if missing := present - begun:
        insert = insert_for(uow.session.get_bind().dialect.name, table(SeriesVerdict))
        uow.session.execute(insert.on_conflict_do_nothing(), [_begun(series.id, key) for key in sorted(missing)])
    if not present | begun:
        return []
    query = select(SeriesVerdict).where(SeriesVerdict.series_id == series.id)
    if person_ids is not None:
        query = query.where(SeriesVerdict.person_id.in_(person_ids))
    query = query.order_by(SeriesVerdict.person_id, SeriesVerdict.sort_key)
    return uow.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _concerned(session: Session, series: ToldSeries, person_ids: Collection[UUID] | None) -> tuple[set[Key], set[Key]]:
    """Of whom there is evidence under a rule, and on whom there is a verdict; asked at once: mostly there is none."""
    present = (
        select(Registration.person_id, Registration.sort_key, literal(False))
        .join(Event, Event.id == Registration.event_id)
        .where(Event.series_id == series.id, Registration.state == State.CONFIRMED)
        .where(select(Attendance.id).where(Attendance.registration_id == Registration.id).exists())
    )
    begun = select(SeriesVerdict.person_id, SeriesVerdict.sort_key, literal(True))
    begun = begun.where(SeriesVerdict.series_id == series.id)
    if person_ids is not None:
        present = present.where(Registration.person_id.in_(person_ids))
        begun = begun.where(SeriesVerdict.person_id.in_(person_ids))
    found: tuple[set[Key], set[Key]] = set(), set()
    for person_id, sort_key, has_begun in session.execute(union(present, begun) if series.certificate_rule else begun):
        found[bool(has_begun)].add((person_id, sort_key))
    return found


def _begun(series_id: UUID, key: Key) -> dict[str, Any]:
    person_id, sort_key = key
    nothing: dict[str, Any] = {"registration_id": None, "available_at": None, "decided_at": None}
    return {
        "id": new_id(),
        "series_id": series_id,
        "person_id": person_id,
        "sort_key": sort_key,
        "earned": False,
        "revision": 0,
        "standing": [],
        "sessions": [],
        **nothing,
    }


def _attended(session: Session, modules: Sequence[Event], person_ids: Collection[UUID]) -> Mapping[Key, _Attended]:
    by_event = {module.id: module for module in modules}
    query = select(Registration).where(
        Registration.event_id.in_(by_event),
        Registration.person_id.in_(person_ids),
        Registration.state == State.CONFIRMED,
    )
    registrations = session.scalars(query.execution_options(populate_existing=True)).all()
    rows = ledger(session, [registration.id for registration in registrations])
    found: dict[Key, _Attended] = defaultdict(_Attended)
    for one in sorted(registrations, key=lambda one: (by_event[one.event_id].starts_at, one.id)):
        of_person = found[one.person_id, one.sort_key]
        of_person.registrations.append(one)
        for session_id, minutes in minutes_of(one.id, by_event[one.event_id].sessions, rows).items():
            of_person.minutes[session_id] = max(minutes, of_person.minutes.get(session_id, 0))
    return found


def _available_at(series: ToldSeries, modules: Sequence[Event]) -> datetime | None:
    """When the last module ends, if all that are to take place are published."""
    held = [module for module in modules if not module.is_cancelled]
    if not held or set(series.event_ids) - {str(module.id) for module in held}:
        return None
    return max(module.ends_at for module in held)


def _decide(
    uow: UnitOfWork,
    series: ToldSeries,
    verdict: SeriesVerdict,
    modules: Sequence[Event],
    of_person: _Attended,
    standing: Standing,
    available_at: datetime | None,
) -> None:
    earned = is_earned(standing)
    decided = {
        "earned": earned,
        "standing": [condition.as_json() for condition in standing],
        "sessions": _sessions(modules, of_person.minutes),
        "registration_id": of_person.registrations[-1].id,
        "available_at": available_at,
    }
    if all(getattr(verdict, name) == value for name, value in decided.items()):
        return
    lost = verdict.earned and not earned
    verdict.revision += earned or lost
    verdict.decided_at = uow.now
    for name, value in decided.items():
        setattr(verdict, name, value)
    if earned:
        _tell_earned(uow, series, verdict, of_person.registrations[-1])
    elif lost:
        _tell_lost(uow, verdict, of_person.registrations[-1].event_id)


def _tell_earned(uow: UnitOfWork, series: ToldSeries, verdict: SeriesVerdict, registration: Registration) -> None:
    body = {
        **holder_told(registration),
        "earned_id": verdict.id,
        "series": {"series_id": series.id, "slug": series.slug, "title": series.title},
        "revision": verdict.revision,
        "sessions": sessions_told(verdict.sessions),
        "available_at": verdict.available_at,
    }
    uow.publish(CertificateEarnedV1, verdict.id, 0, body)


def _tell_lost(uow: UnitOfWork, verdict: SeriesVerdict, event_id: UUID) -> None:
    body = {
        "earned_id": verdict.id,
        "series_id": verdict.series_id,
        "registration_id": verdict.registration_id,
        "event_id": event_id,
        "revision": verdict.revision,
    }
    uow.publish(CertificateLostV1, verdict.id, 0, body)


def holder_told(registration: Registration) -> dict[str, Any]:
    """Whose certificate it is, as messages say it: the person as the registration names them."""
    return {
        "registration_id": registration.id,
        "event_id": registration.event_id,
        "person_id": registration.person_id,
        "link_generation": registration.person.link_generation,
        "first_name": registration.first_name,
        "last_name": registration.last_name,
        "email": registration.email,
        "organisation": registration.organisation,
        "locale": registration.locale,
    }


def sessions_told(sessions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sessions of a verdict, as messages hold them."""
    return [{**part, "event_id": UUID(part["event_id"]), "session_id": UUID(part["session_id"])} for part in sessions]


def _sessions(modules: Sequence[Event], minutes: Mapping[UUID, int]) -> list[dict[str, Any]]:
    return [
        {"event_id": str(module.id), "session_id": str(held.id), "minutes": minutes[held.id]}
        for module in modules
        if not module.is_cancelled
        for held in module.sessions
        if not held.cancelled and held.id in minutes
    ]


def _drop(uow: UnitOfWork, verdict: SeriesVerdict) -> None:
    """There is nothing to judge any more: no rule, no place, or nobody of this name."""
    if verdict.earned and verdict.registration_id is not None:
        verdict.revision += 1
        _tell_lost(uow, verdict, uow.session.get_one(Registration, verdict.registration_id).event_id)
    uow.session.delete(verdict)
