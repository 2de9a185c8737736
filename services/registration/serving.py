"""Batches of wishes are answered: together in one transaction and, if that fails, each for itself."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from services.registration.booking import Wish, book_under_lock, together
from services.registration.desk import Answer, Take, busy
from services.registration.seats import opened, opened_where_free
from shared.clock import Clock
from shared.database import Database, passes, waited_for_lock
from shared.errors import ReiheError
from shared.logs import get_logger

log = get_logger(__name__)


def serve(database: Database, clock: Clock, takes: Mapping[UUID, Take]) -> Mapping[UUID, Sequence[Answer]]:
    """An answer for each wish, in their order, by event. Raises nothing that is an :class:`Exception`.

    Several events are answered in one transaction, as far as their locks are free at this moment and nothing fails.
    What is left is answered event by event: there is no order in which locks would have to be waited for, and whatever
    is wrong with one event is no other's concern.
    """
    answered = _booked_together(database, clock, takes) if len(takes) > 1 else {}
    return answered | {
        event_id: serve_event(database, clock, event_id, take)
        for event_id, take in takes.items()
        if event_id not in answered
    }


def _booked_together(database: Database, clock: Clock, takes: Mapping[UUID, Take]) -> dict[UUID, Sequence[Answer]]:
    """The answers for those events whose locks are free; none if anything goes wrong."""
    outcomes: dict[UUID, Sequence[Answer]] = {}
    try:
        with database.unit_of_work(clock()) as uow:
            for seats in opened_where_free(uow, takes.keys()):
                outcomes[seats.event.id] = book_under_lock(uow, seats, takes[seats.event.id]())
            uow.commit()
    except Exception as error:  # each event is answered for itself, where it fails again or not at all
        log.warning("turn_failed", error=type(error).__name__, events=len(takes), exc_info=error)
        return {}
    return outcomes


def serve_event(database: Database, clock: Clock, event_id: UUID, take: Take) -> list[Answer]:
    """An answer for each wish for the event, in their order. Raises nothing that is an :class:`Exception`.

    The wishes are taken under the event's lock, so that whoever comes while another process has it need not wait for a
    batch of their own.

    All that a constraint could refuse is read first, so a failure means a lost connection or a mistake. A COMMIT whose
    answer was lost may have happened; each wish that is tried again is therefore looked for by its id. Where the
    event's lock did not come in time, nothing has happened, and trying again would only take as long once more.
    """
    try:
        return _booked(database, clock, event_id, take)
    except ReiheError:
        return _each_for_itself(database, clock, event_id, take())
    except Exception as error:
        wishes = take()
        if waited_for_lock(error):
            return [busy() for _ in wishes]
        log.warning("batch_failed", error=type(error).__name__, wishes=len(wishes), exc_info=error)
        return _each_for_itself(database, clock, event_id, wishes)


def _each_for_itself(database: Database, clock: Clock, event_id: UUID, wishes: Sequence[Wish]) -> list[Answer]:
    """Whatever is wrong with one wish, or one party, is its answer; a database that is away is everybody's."""
    answers: list[Answer] = []
    for people in together(wishes):
        try:
            answers += _booked(database, clock, event_id, partial(list, people))
        except Exception as error:  # noqa: BLE001  # raised in the thread of whoever made the wish
            if passes(error):
                return answers + [busy() for _ in wishes[len(answers) :]]
            answers += [error for _ in people]
    return answers


def _booked(database: Database, clock: Clock, event_id: UUID, take: Take) -> list[Answer]:
    with database.unit_of_work(clock()) as uow:
        with opened(uow, event_id) as seats:
            wishes = take()
            # The lock may have come late, and registration may have opened since.
            uow.now = clock()
            outcomes = book_under_lock(uow, seats, wishes)
        uow.commit()
    return list(outcomes)
