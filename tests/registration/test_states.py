"""The transition table: what it lacks is refused."""

from itertools import product

import pytest

from services.registration.announcements import TOPICS
from services.registration.models import THE_ENGINE, THE_PERSON, Actor, Registration
from services.registration.states import ENDED, SEATED, TRANSITIONS, ActorKind, State, check_transition
from shared.errors import ConflictError
from shared.messages.registration import ACTORS, STATES
from shared.testing import TurnableClock

EVERY_CHANGE = [(before, after) for before, after in product((None, *State), State)]


@pytest.mark.parametrize(("before", "after"), EVERY_CHANGE)
@pytest.mark.parametrize("actor", ActorKind)
def test_only_what_stands_in_the_table_may_happen(before: State | None, after: State, actor: ActorKind) -> None:
    if actor in TRANSITIONS.get((before, after), ()):
        check_transition(before, after, actor)
    else:
        with pytest.raises(ConflictError, match="transition_refused"):
            check_transition(before, after, actor)


def test_nothing_follows_an_end() -> None:
    assert not [change for change in TRANSITIONS if change[0] in ENDED]


def test_only_the_engine_and_organisers_move_people_up() -> None:
    assert TRANSITIONS[State.WAITLISTED, State.CONFIRMED] == {ActorKind.ENGINE, ActorKind.ORGANISER}


def test_states_and_actors_are_those_of_the_messages() -> None:
    assert tuple(State) == STATES
    assert set(ActorKind) == set(ACTORS)
    assert set(SEATED) | set(ENDED) | {State.WAITLISTED} == set(State)


def test_every_state_that_can_be_reached_is_told() -> None:
    assert {after for _before, after in TRANSITIONS} == set(TOPICS)


@pytest.mark.parametrize("actor", [THE_PERSON, THE_ENGINE])
def test_a_registration_refuses_what_the_table_lacks_and_stays_as_it_is(actor: Actor, clock: TurnableClock) -> None:
    registration = Registration(state="cancelled", version=3)
    with pytest.raises(ConflictError):
        registration.change_state(State.CONFIRMED, actor, clock())
    assert (registration.state, registration.version) == ("cancelled", 3)
