"""The log of decisions, in sentences."""

from typing import get_args

import pytest

from services.registration import decide, rule
from services.registration.states import State
from services.registration.web.histories import OUTCOMES, REASONS

NEVER_OF_A_REGISTRATION = {
    *get_args(rule.WindowRefusal),
    "party_exceeds_capacity",
    "party_exceeds_quota",
}
"""Why a wish is refused at entry, which leaves no registration behind."""

REASONS_OF_RULINGS = {reason for part in get_args(decide.Reason) for reason in (get_args(part) or (part,))}


def test_every_outcome_of_the_engine_has_a_name() -> None:
    assert {*get_args(decide.Outcome)} - {"refused"} <= OUTCOMES.keys()


def test_every_reason_of_the_engine_has_a_sentence() -> None:
    assert REASONS.keys() >= REASONS_OF_RULINGS - NEVER_OF_A_REGISTRATION


@pytest.mark.parametrize("state", [State.OFFERED, State.PENDING])
def test_what_ran_out_has_a_sentence(state: State) -> None:
    assert f"{state}_ran_out" in REASONS
