"""Nobody gets ahead of others by correcting themselves: what would do so, an organiser looks at and does for them."""

from collections.abc import Iterable

from services.registration.decide import is_full
from services.registration.models import Actor, Registration
from services.registration.rule import Traits, pool_of, priority_of
from services.registration.seats import Seats
from services.registration.states import ActorKind, State
from shared.database import UnitOfWork
from shared.errors import InvalidError
from shared.languages import text as _


def refuse_to_get_ahead(
    seats: Seats, registration: Registration, actor: Actor, before: Traits, after: Traits, fields: Iterable[str]
) -> None:
    """Refuse what a person changes of their own ``fields`` if it would better their class or reserve them a seat.

    Whoever thereby falls behind may do it. Raises :class:`InvalidError` (``gets_ahead``) at the fields.
    """
    if actor.kind is not ActorKind.PERSON:
        return
    rule = seats.rule
    waits = registration.state == State.WAITLISTED
    pool = pool_of(rule, after)
    if (waits and priority_of(rule, after) < priority_of(rule, before)) or pool not in (None, pool_of(rule, before)):
        raise _gets_ahead(fields)


def refuse_to_leave_a_full_organisation(
    uow: UnitOfWork, seats: Seats, registration: Registration, actor: Actor
) -> None:
    """The same for whoever waits because their organisation has all of its seats, and would not with another."""
    if actor.kind is not ActorKind.PERSON or registration.state != State.WAITLISTED:
        return
    own = registration.organisation_key
    if is_full(seats.rule.quota(uow.now), own, seats.taken_by([own])):
        raise _gets_ahead(["organisation"])


def _gets_ahead(fields: Iterable[str]) -> InvalidError:
    sentence = _(
        "With this you would come before others who wait, or have a reserved seat. Please write to us: we look at it, "
        "and change it for you."
    )
    errors = {field: [sentence] for field in fields}
    return InvalidError("gets_ahead", _("Please check the fields that are marked."), errors=errors)
