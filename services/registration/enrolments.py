"""Enrolments: one person registers for several modules of a series in one go.

Each module is booked as for anybody, in one transaction that has locked the seats of all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.booking import Registered, Wish, book
from services.registration.enrolled import (
    Enrolled,
    Mode,
    enrolled_as_it_stands,
    registrations_of,
    tell_enrolment,
)
from services.registration.kept_needs import check_needs
from services.registration.models import Enrolment, Event, Person, table
from services.registration.needs import needs_from
from services.registration.questions import answered, field_of
from services.registration.refusals import key_reused, no_module_open, none_accepted, refusal, whole_without_waitlist
from services.registration.rule import NO_TRAITS, Traits
from services.registration.seats import lock_all, opened
from services.registration.series import Series, modules_among, series_of
from services.registration.series_line import look_again
from services.registration.states import State
from services.registration.waitlist import settle
from services.registration.whole_series import complete_what_can_be, events_waited_with
from shared.audit import Subject, added, by_person
from shared.database import UnitOfWork, new_id
from shared.errors import FieldErrors, InvalidError, ReiheError
from shared.languages import Text, localised
from shared.languages import text as _
from shared.messaging.inbox import insert_for
from shared.vault import Vault

ENROLMENTS = table(Enrolment)


@dataclass(frozen=True, slots=True)
class EnrolmentWish:
    """What somebody who wants to come to a series has sent, cleaned.

    ``modules`` are ids of events; None means all that can still be registered for. ``answers`` and ``needs`` are as
    they were sent, for all modules together: each gets those that it asks for.
    """

    first_name: str
    last_name: str
    email: str
    locale: str
    organisation: str = ""
    organisation_id: UUID | None = None
    """The directory's entry that was chosen."""
    traits: Traits = NO_TRAITS
    answers: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, Any] = field(default_factory=dict)
    modules: Sequence[UUID] | None = None
    mode: Mode = "each"
    fallback_modules: Sequence[UUID] = ()
    """Of the modules of the ``whole``, those that are wanted for themselves while the whole cannot be had."""
    idempotency_key: str | None = None
    body_digest: str | None = None


def enrol(uow: UnitOfWork, series_id: UUID, wish: EnrolmentWish, vault: Vault) -> Enrolled | ReiheError:
    """Register somebody for modules of a series: each for itself, or the ``whole`` of them at once.

    Whoever wants the whole has all of it at once if every module has a seat for them. Else they wait in each, without
    holding up anybody, until all of them have; the fallback modules are given to them as to anybody else.

    The outcome is a :class:`ConflictError` if every module refused them: the code is that of all modules, or
    ``no_module_accepted``; what goes by mail then must still be committed. Raises :class:`NotFoundError` for an unknown
    series, :class:`ConflictError` (``closed``) if all its modules are, and :class:`InvalidError` by field, also for an
    idempotency key that came with another body.
    """
    series = series_of(uow.session, series_id)
    if earlier := _enrolled_with(uow.session, series_id, wish.idempotency_key):
        return _repeated(uow.session, earlier, wish)
    modules = _chosen(uow, series, wish)
    # All at once and in the one order, before anything else is locked or written.
    to_lock = {event.id for event in modules}
    if wish.mode == "whole":
        to_lock = events_waited_with(uow.session, to_lock)
    lock_all(uow.session, to_lock)
    if earlier := _enrolled_with(uow.session, series_id, wish.idempotency_key):
        return _repeated(uow.session, earlier, wish)
    # What was read before may have changed while this waited.
    modules = modules_among(uow.session, [event.id for event in modules])
    check_answers_of(modules, wish)
    enrolment_id = new_id()
    outcomes = {event.id: book_module(uow, event, wish, enrolment_id, vault) for event in modules}
    if wish.mode == "whole":
        _refuse_the_whole(modules, outcomes, wish)
    if not any(isinstance(outcome, Registered) for outcome in outcomes.values()):
        return none_accepted([outcome for outcome in outcomes.values() if isinstance(outcome, ReiheError)])
    enrolment = _write(uow, series, wish, enrolment_id, outcomes)
    if wish.mode == "whole":
        _seat_or_wait(uow, enrolment, to_lock, wish)
        _refuse_waiting_without_waitlist(uow, modules, enrolment_id, wish)
    enrolment.version = 1
    uow.session.flush()
    tell_enrolment(uow, enrolment, "enrolled")
    changes = added(mode=wish.mode, modules=len(outcomes) - len(enrolment.refused))
    uow.audit("enrolment.made", by_person(enrolment.person_id), Subject("enrolment", enrolment_id), changes=changes)
    return enrolled_as_it_stands(uow.session, enrolment)


def _chosen(uow: UnitOfWork, series: Series, wish: EnrolmentWish) -> list[Event]:
    _check_fallback(series, wish)
    if wish.modules is None:
        chosen = [event for event in series.modules if not event.is_cancelled and uow.now < event.closes_at]
        if not chosen:
            raise no_module_open()
        return chosen
    if unknown := set(wish.modules) - {event.id for event in series.modules}:
        sentence = _("Not a module of this series: %(ids)s", ids=", ".join(sorted(map(str, unknown))))
        raise _invalid({"modules": [sentence]})
    return [event for event in series.modules if event.id in wish.modules]


def _check_fallback(series: Series, wish: EnrolmentWish) -> None:
    if wish.fallback_modules and wish.mode != "whole":
        raise _invalid({"fallback_modules": [_("These go only with waiting for the whole series.")]})
    if wish.modules is not None and (others := set(wish.fallback_modules) - set(wish.modules)):
        titles = {event.id: localised(event.title, wish.locale) for event in series.modules}
        named = ", ".join(titles.get(one, str(one)) for one in sorted(others))
        sentence = _("Please choose among the modules above too, or take away here: %(titles)s", titles=named)
        raise _invalid({"fallback_modules": [sentence]})


def check_answers_of(modules: Sequence[Event], wish: EnrolmentWish) -> None:
    """Refuse answers that do not fit one of the modules, and what none of them asks for."""
    errors: dict[str, Sequence[Text | str]] = {}
    for event in modules:
        errors |= answered(event.all_questions, _answers_for(event, wish))[1]
    asked = {question.key for event in modules for question in event.all_questions if question.is_asked}
    errors |= {field_of(key): [_("This question is not asked here.")] for key in wish.answers.keys() - asked}
    errors |= needs_from(sorted({name for event in modules for name in event.needs}), wish.needs)[1]
    if errors:
        raise _invalid(errors)


def _invalid(errors: FieldErrors) -> InvalidError:
    return InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


def _answers_for(event: Event, wish: EnrolmentWish) -> dict[str, Any]:
    asked = {question.key for question in event.all_questions if question.is_asked}
    return {key: answer for key, answer in wish.answers.items() if key in asked}


def book_module(
    uow: UnitOfWork, event: Event, wish: EnrolmentWish, enrolment_id: UUID, vault: Vault
) -> Registered | ReiheError:
    """Register for one module, as a part of the enrolment; the outcomes are those of :func:`booking.book`."""
    needs = check_needs(event, {name: said for name, said in wish.needs.items() if name in event.needs})
    own = Wish(
        first_name=wish.first_name,
        last_name=wish.last_name,
        email=wish.email,
        locale=wish.locale,
        organisation=wish.organisation,
        organisation_id=wish.organisation_id,
        traits=wish.traits,
        answers=_answers_for(event, wish),
        needs=tuple(needs),
        sealed_needs=vault.seal(needs) if needs else None,
        enrolment_id=enrolment_id,
        waits_for_series=wish.mode == "whole",
    )
    (outcome,) = book(uow, event.id, [own])
    return outcome


def _refuse_the_whole(
    modules: Sequence[Event], outcomes: Mapping[UUID, Registered | ReiheError], wish: EnrolmentWish
) -> None:
    """Raise what one of the modules refuses them with: the whole of them can never be had then."""
    for event in modules:
        refused = outcomes[event.id]
        if isinstance(refused, ReiheError):
            is_for_waiting = refused.code == "series_incomplete"
            raise whole_without_waitlist(localised(event.title, wish.locale)) if is_for_waiting else refused


def _seat_or_wait(uow: UnitOfWork, enrolment: Enrolment, locked: Collection[UUID], wish: EnrolmentWish) -> None:
    """Give them all seats at once, or else let the fallback modules wait for nothing but themselves."""
    if events_waited_with(uow.session, locked) <= set(locked):
        complete_what_can_be(uow, locked)
    else:
        # Somebody came before the lock who waits for more than is locked: all of it is locked in a moment.
        look_again(uow, [enrolment.id])
    for registration in registrations_of(uow.session, enrolment.id):
        if registration.waits_for_series and registration.event_id in wish.fallback_modules:
            with opened(uow, registration.event_id) as seats:
                seats.stand_alone(registration)
                uow.session.flush()
                settle(uow, seats)


def _refuse_waiting_without_waitlist(
    uow: UnitOfWork, modules: Sequence[Event], enrolment_id: UUID, wish: EnrolmentWish
) -> None:
    """Raise if they would have to wait where nobody can: the whole of them can never be had then."""
    waiting = {one.event_id for one in registrations_of(uow.session, enrolment_id) if one.state == State.WAITLISTED}
    for event in modules:
        if event.id in waiting and not event.rule.waitlist_enabled:
            raise whole_without_waitlist(localised(event.title, wish.locale))
        if event.id in waiting and not event.rule.moves(uow.now):
            raise refusal("waitlist_closed")


def _write(
    uow: UnitOfWork,
    series: Series,
    wish: EnrolmentWish,
    enrolment_id: UUID,
    outcomes: Mapping[UUID, Registered | ReiheError],
) -> Enrolment:
    """Two that have no module in common may come with one key at the same moment: the second finds it taken."""
    values = {
        "id": enrolment_id,
        "series_id": series.id,
        "series": {"series_id": str(series.id), "slug": series.slug, "title": dict(series.title)},
        "person_id": uow.session.scalars(select(Person.id).where(Person.email == wish.email)).one(),
        "mode": wish.mode,
        "refused": {str(one): outcome.code for one, outcome in outcomes.items() if isinstance(outcome, ReiheError)},
        "idempotency_key": wish.idempotency_key,
        "body_digest": wish.body_digest,
        "created_at": uow.now,
        "version": 0,
    }
    insert = insert_for(uow.session.get_bind().dialect.name, ENROLMENTS)
    unless_taken = insert.on_conflict_do_nothing(index_elements=["series_id", "idempotency_key"])
    uow.session.execute(unless_taken, [values])
    enrolment = uow.session.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise key_reused()
    return enrolment


def _enrolled_with(session: Session, series_id: UUID, idempotency_key: str | None) -> Enrolment | None:
    if idempotency_key is None:
        return None
    query = select(Enrolment).where(Enrolment.series_id == series_id, Enrolment.idempotency_key == idempotency_key)
    return session.scalars(query).one_or_none()


def _repeated(session: Session, enrolment: Enrolment, wish: EnrolmentWish) -> Enrolled | ReiheError:
    if enrolment.body_digest != wish.body_digest:
        return key_reused()
    return enrolled_as_it_stands(session, enrolment, repeated=True)
