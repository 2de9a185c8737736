"""The states of a registration, and the one table of what may follow what, by whom."""

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import ConflictError
from shared.languages import text as _


class State(StrEnum):
    """As product.md names them. The value is what stands in the database, in messages and in the API."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class ActorKind(StrEnum):
    PERSON = "person"
    ORGANISER = "organiser"
    ENGINE = "engine"


ENDED = (State.CANCELLED, State.LAPSED)
"""The address may be registered again."""

SEATED = (State.CONFIRMED, State.PENDING, State.OFFERED)
"""A seat is taken."""

_PERSON_OR_ORGANISER = frozenset({ActorKind.PERSON, ActorKind.ORGANISER})

_ENGINE = frozenset({ActorKind.ENGINE})
_ENGINE_OR_ORGANISER = frozenset({ActorKind.ENGINE, ActorKind.ORGANISER})

TRANSITIONS: Mapping[tuple[State | None, State], frozenset[ActorKind]] = {
    (None, State.CONFIRMED): _PERSON_OR_ORGANISER,
    (None, State.PENDING): _PERSON_OR_ORGANISER,
    (None, State.WAITLISTED): _PERSON_OR_ORGANISER,
    (State.WAITLISTED, State.CONFIRMED): _ENGINE_OR_ORGANISER,
    (State.WAITLISTED, State.PENDING): _ENGINE_OR_ORGANISER,
    (State.WAITLISTED, State.OFFERED): _ENGINE_OR_ORGANISER,
    (State.WAITLISTED, State.CANCELLED): _PERSON_OR_ORGANISER,
    (State.OFFERED, State.CONFIRMED): _PERSON_OR_ORGANISER,
    (State.OFFERED, State.CANCELLED): _PERSON_OR_ORGANISER,
    (State.OFFERED, State.LAPSED): _ENGINE,
    (State.PENDING, State.CONFIRMED): _PERSON_OR_ORGANISER,
    (State.PENDING, State.CANCELLED): _PERSON_OR_ORGANISER,
    (State.PENDING, State.LAPSED): _ENGINE,
    (State.CONFIRMED, State.CANCELLED): _PERSON_OR_ORGANISER,
}
"""(from, to) → who may bring it about. What is not here is refused, singly and in bulk."""


def check_transition(before: State | None, after: State, actor: ActorKind) -> None:
    """Raise :class:`ConflictError` (``transition_refused``) unless the table has this change for this actor."""
    if actor not in TRANSITIONS.get((before, after), ()):
        raise ConflictError(
            "transition_refused", _("This registration has changed in the meantime, so this can no longer be done.")
        )
