"""Giving somebody all modules at once that they wait for as a whole, with the seats of all of these events locked."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.registration.decide import decide
from services.registration.enrolled import tell_enrolment
from services.registration.line import units_of
from services.registration.models import Enrolment, Registration, table
from services.registration.seats import Seats, lock_all, opened
from services.registration.series_line import who_is_hindered
from services.registration.waitlist import carry_out, settle
from shared.database import UnitOfWork

ENROLMENTS = table(Enrolment)
REGISTRATIONS = table(Registration)


def look_at_series(uow: UnitOfWork, enrolment_id: UUID) -> None:
    """Give the enrolment, and those that wait with it, all that they wait for, as far as the lines allow it."""
    events = events_waited_with(uow.session, _waited_for(uow.session, [enrolment_id]))
    lock_all(uow.session, events)
    if events_waited_with(uow.session, events) - events:
        # Somebody has come meanwhile who waits for more. It stays due, and all of it is locked the next time.
        return
    _note_looked_at(uow, [enrolment_id])
    complete_what_can_be(uow, events)


def events_waited_with(session: Session, event_ids: Collection[UUID]) -> set[UUID]:
    """These events, and all that those wait for together with them who wait for a series there; and so on."""
    known: set[UUID] = set()
    found = set(event_ids)
    while found - known:
        known |= found
        columns = REGISTRATIONS.c
        here = select(columns.enrolment_id).where(columns.event_id.in_(sorted(known)), columns.waits_for_series)
        found = known | _waited_for(session, session.scalars(here.distinct()).all())
    return known


def _waited_for(session: Session, enrolment_ids: Sequence[UUID]) -> set[UUID]:
    columns = REGISTRATIONS.c
    query = select(columns.event_id).where(columns.enrolment_id.in_(enrolment_ids), columns.waits_for_series)
    return set(session.scalars(query))


def complete_what_can_be(uow: UnitOfWork, event_ids: Collection[UUID]) -> None:
    """The same with all of these events locked, of which nobody waits for one outside.

    Every line is passed with a seat kept for the first who waits for a series. Whoever is the first wherever they wait
    gets all of it. Else one is passed over for now, and the lines are passed again, so that nobody gets ahead of those
    who could have a seat. Whoever gets a fallback module meanwhile is looked at once more.
    """
    with ExitStack() as stack:
        locked = [stack.enter_context(opened(uow, event_id)) for event_id in sorted(event_ids)]
        seats = {each.event.id: each for each in locked if not each.event.is_cancelled}
        waiting = _waiting(uow.session, seats.keys())
        _note_looked_at(uow, list(waiting))
        hindered = {one: waiting.pop(one) for one in who_is_hindered(uow.session, waiting.keys())}
        never = frozenset[UUID]().union(*map(_ids, hindered.values()))
        passed_over = never
        while True:
            kept = _pass_all(uow, seats, passed_over)
            of_whom = {enrolment_id for enrolment_id, all_of_it in waiting.items() if kept & _ids(all_of_it)}
            if not of_whom:
                break
            complete = [one for one in sorted(of_whom) if _ids(waiting[one]) <= kept]
            if complete:
                _give_all(uow, seats, complete[0], waiting.pop(complete[0]))
                passed_over = never
            else:
                passed_over |= _ids(waiting[_whom_to_pass_over(seats, of_whom, waiting, kept)])


Waiting = Mapping[UUID, Sequence[Registration]]
"""By enrolment, what it waits for."""


def _waiting(session: Session, event_ids: Collection[UUID]) -> dict[UUID, list[Registration]]:
    query = select(Registration).where(Registration.event_id.in_(event_ids), Registration.waits_for_series)
    found: dict[UUID, list[Registration]] = {}
    for registration in session.scalars(query.execution_options(populate_existing=True)):
        if registration.enrolment_id is not None:
            found.setdefault(registration.enrolment_id, []).append(registration)
    return found


def _pass_all(uow: UnitOfWork, seats: Mapping[UUID, Seats], passed_over: frozenset[UUID]) -> set[UUID]:
    """For whom seats are kept now."""
    for each in seats.values():
        each.passed_over = passed_over
        settle(uow, each)
    return {registration_id for each in seats.values() for registration_id in each.kept_for}


def _whom_to_pass_over(seats: Mapping[UUID, Seats], of_whom: set[UUID], waiting: Waiting, kept: set[UUID]) -> UUID:
    """Somebody for whom there is no seat somewhere; if each only stands behind another, whoever came last."""
    without = [one for one in of_whom if any(not seats[r.event_id].kept_for for r in waiting[one] if r.id not in kept)]
    return max(without or of_whom)


def _give_all(
    uow: UnitOfWork, seats: Mapping[UUID, Seats], enrolment_id: UUID, all_of_it: Sequence[Registration]
) -> None:
    for registration in all_of_it:
        here = seats[registration.event_id]
        unit = replace(units_of([registration])[0], hindrance=None)
        kept_for_others = {kind: hold for kind, hold in here.withheld.items() if hold.reason != "series_incomplete"}
        state = replace(here.state((), [unit]), withheld=kept_for_others)
        carry_out(uow, here, decide(state, (), here.rule, uow.now), summarised=True)
    uow.session.flush()
    _note_looked_at(uow, [enrolment_id])
    enrolment = uow.session.get_one(Enrolment, enrolment_id)
    if enrolment.version:
        # One that is just being made is told of when all of it is known.
        enrolment.version += 1
        uow.session.flush()
        tell_enrolment(uow, enrolment, "completed")


def _note_looked_at(uow: UnitOfWork, enrolment_ids: Sequence[UUID]) -> None:
    uow.session.execute(update(ENROLMENTS).where(ENROLMENTS.c.id.in_(enrolment_ids)).values(due_at=None))


def _ids(registrations: Sequence[Registration]) -> frozenset[UUID]:
    return frozenset(registration.id for registration in registrations)
