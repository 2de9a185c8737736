"""Choosing the modules of a series anew: some are given up, others taken, in one transaction and one summary."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.certificates import take_back
from services.registration.changes import end
from services.registration.enrolled import registrations_of, tell_enrolment
from services.registration.enrolment_changes import own_enrolment
from services.registration.enrolments import EnrolmentWish, book_module, check_answers_of
from services.registration.models import THE_PERSON, Enrolment, Event, Person, Registration
from services.registration.rule import Traits
from services.registration.seats import lock_all, opened, registration_under_lock
from services.registration.series import modules_among, series_of
from services.registration.states import ENDED
from services.registration.waitlist import settle
from shared.audit import Subject, by_person
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import Text, localised
from shared.languages import text as _
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class ModuleChoice:
    """``kept`` are the modules that an enrolment has and that can be given up, ``others`` those that can be added."""

    kept: Mapping[UUID, Registration]
    others: Sequence[Event]


def choice_of(session: Session, enrolment: Enrolment, now: datetime) -> ModuleChoice | None:
    """What can be chosen; None where nothing can.

    Whoever waits for the whole series cannot add single modules: the whole would be another one for those who wait.
    """
    modules = [event for event in series_of(session, enrolment.series_id).modules if not event.is_cancelled]
    own = _live(session, enrolment)
    if any(one.waits_for_series for one in own.values()):
        return None
    kept = {event.id: own[event.id] for event in modules if event.id in own and now < event.ends_at}
    others = [event for event in modules if event.id not in own and event.rule.refusal(now) is None]
    return ModuleChoice(kept, others) if kept else None


def choose_modules(
    uow: UnitOfWork,
    person: Person,
    enrolment_id: UUID,
    wanted: Collection[UUID],
    vault: Vault,
    *,
    answers: Mapping[str, Any],
    needs: Mapping[str, Any],
) -> Enrolment:
    """Have exactly the ``wanted`` modules of what can be chosen; ``answers`` and ``needs`` are for those that are new.

    Each new one is a seat or a place in line as for anybody who comes now. Either all of it is done or nothing. Raises
    :class:`NotFoundError` for somebody else's enrolment, :class:`ConflictError` (``not_changeable``), and
    :class:`InvalidError` at ``modules``, also for a module that refuses them, or at the answers.
    """
    enrolment = own_enrolment(uow.session, person, enrolment_id)
    series = series_of(uow.session, enrolment.series_id)
    lock_all(uow.session, {event.id for event in series.modules} & {*wanted, *_live(uow.session, enrolment)})
    choice = choice_of(uow.session, enrolment, uow.now)
    if choice is None:
        raise ConflictError("not_changeable", _("The modules of this registration can no longer be chosen anew."))
    adding = [event.id for event in choice.others if event.id in wanted]
    _check_wanted(choice, wanted, adding)
    leaving = [one for event_id, one in sorted(choice.kept.items()) if event_id not in wanted]
    if not adding and not leaving:
        return enrolment
    wish = _wish_like(next(iter(choice.kept.values())), answers, needs)
    _add(uow, modules_among(uow.session, adding), wish, enrolment, vault)
    for registration in leaving:
        _leave(uow, registration)
    take_back(uow, *leaving)
    enrolment.refused = {one: code for one, code in enrolment.refused.items() if UUID(one) not in adding}
    enrolment.version += 1
    uow.session.flush()
    tell_enrolment(uow, enrolment, "enrolled")
    subject = Subject("enrolment", enrolment_id)
    numbers = {"modules": {"before": len(choice.kept), "after": len(choice.kept) + len(adding) - len(leaving)}}
    uow.audit("enrolment.changed", by_person(person.id), subject, changes=numbers)
    return enrolment


def _live(session: Session, enrolment: Enrolment) -> dict[UUID, Registration]:
    own = registrations_of(session, enrolment.id)
    return {one.event_id: one for one in own if one.state not in ENDED and one.person_id == enrolment.person_id}


def _check_wanted(choice: ModuleChoice, wanted: Collection[UUID], adding: Sequence[UUID]) -> None:
    if unknown := set(wanted) - choice.kept.keys() - set(adding):
        raise _at_modules(_("Not a module that you can choose: %(ids)s", ids=", ".join(sorted(map(str, unknown)))))
    if not wanted:
        raise _at_modules(_("Please leave at least one module. You can cancel all of them on your page."))


def _at_modules(*sentences: Text | str) -> InvalidError:
    return InvalidError("invalid", _("Please check the fields that are marked."), errors={"modules": sentences})


def _wish_like(registration: Registration, answers: Mapping[str, Any], needs: Mapping[str, Any]) -> EnrolmentWish:
    return EnrolmentWish(
        first_name=registration.first_name,
        last_name=registration.last_name,
        email=registration.email,
        locale=registration.locale,
        organisation=registration.organisation,
        organisation_id=registration.organisation_id,
        traits=Traits(code=registration.code),
        answers=answers,
        needs=needs,
    )


def _add(uow: UnitOfWork, modules: Sequence[Event], wish: EnrolmentWish, enrolment: Enrolment, vault: Vault) -> None:
    check_answers_of(modules, wish)
    for event in modules:
        outcome = book_module(uow, event, wish, enrolment.id, vault)
        if isinstance(outcome, ReiheError):
            raise _at_modules(f"{localised(event.title, wish.locale)}:", outcome.text)


def _leave(uow: UnitOfWork, registration: Registration) -> None:
    with opened(uow, registration.event_id) as seats:
        end(uow, seats, registration_under_lock(uow.session, registration.id), THE_PERSON, summarised=True)
        settle(uow, seats)
