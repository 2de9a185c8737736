"""Setting aside who waits, for instance because nobody can reach them: they are passed over, and keep their place."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.acts import note_act
from services.registration.models import Actor, Decision, Registration
from services.registration.refusals import event_frozen
from services.registration.seats import opened_for, registration_under_lock
from services.registration.series_line import look_again
from services.registration.states import State
from services.registration.waitlist import does_not_wait, settle, who_waits_together
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _


def set_aside(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str) -> Registration:
    """Pass over a waiting registration and its party at free seats until somebody resumes it, for a logged reason.

    Raises :class:`ConflictError`: ``event_cancelled``, ``transition_refused`` if it doesn't wait, ``set_aside`` if
    it is so already.
    """
    return _change(uow, registration_id, actor, reason, to=True)


def resume(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str = "") -> Registration:
    """Count a registration and its party again that were set aside, at the place in line that they have kept.

    Raises :class:`ConflictError`: ``event_cancelled``, ``transition_refused`` if it doesn't wait, ``not_set_aside``.
    """
    return _change(uow, registration_id, actor, reason, to=False)


def why_set_aside(session: Session, registrations: Iterable[Registration]) -> dict[UUID, str]:
    """The reasons that organisers gave last, by registration, for those of these that are set aside."""
    ids = sorted(one.id for one in registrations if one.set_aside)
    if not ids:
        return {}
    query = select(Decision).where(Decision.registration_id.in_(ids), Decision.outcome == "set_aside")
    found = session.scalars(query.order_by(Decision.seats_version, Decision.id))
    return {decision.registration_id: decision.note for decision in found}


def _change(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str, *, to: bool) -> Registration:
    done = "set_aside" if to else "resumed"
    with opened_for(uow, registration_id) as seats:
        if seats.event.is_cancelled:
            raise event_frozen()
        registration = registration_under_lock(uow.session, registration_id)
        if registration.state != State.WAITLISTED:
            raise does_not_wait()
        if registration.set_aside == to:
            raise _already_so(to)
        for one in who_waits_together(uow.session, registration):
            one.set_aside = to
            seats.log(one.id, done, f"by_{actor.kind}", actor, note=reason)
            note_act(uow, f"registration.{done}", one, actor)
        uow.session.flush()
        look_again(uow, [registration.enrolment_id])
        settle(uow, seats)
    return registration


def _already_so(to: bool) -> ConflictError:
    if to:
        return ConflictError("set_aside", _("This registration is set aside already."))
    return ConflictError("not_set_aside", _("This registration is not set aside."))
