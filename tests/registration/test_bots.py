"""Bots are told from people without a puzzle."""

import pytest

from services.registration.bots import LONGEST_FILLING, SHORTEST_FILLING, check_form, form_stamp
from shared.errors import InvalidError
from shared.testing import TurnableClock

KEY = ("k" * 40,)


def test_a_form_filled_in_by_a_person_passes(clock: TurnableClock) -> None:
    stamp = form_stamp(KEY, clock())
    check_form(KEY, stamp, "", clock() + SHORTEST_FILLING)
    check_form(KEY, stamp, "", clock() + LONGEST_FILLING)


def test_the_field_that_nobody_sees_must_stay_empty(clock: TurnableClock) -> None:
    with pytest.raises(InvalidError, match="honeypot"):
        check_form(KEY, form_stamp(KEY, clock()), "http://buy.example", clock() + SHORTEST_FILLING)


def test_a_form_that_comes_back_at_once_is_refused(clock: TurnableClock) -> None:
    with pytest.raises(InvalidError, match="too_fast"):
        check_form(KEY, form_stamp(KEY, clock()), "", clock.turn(seconds=2))


@pytest.mark.parametrize("stamp", ["", "1", "1.", ".", "1.ünlü", "٣.x", "9" * 5_000 + ".x"])
def test_a_stamp_that_is_not_ours_is_refused(clock: TurnableClock, stamp: str) -> None:
    with pytest.raises(InvalidError, match="form_expired"):
        check_form(KEY, stamp, "", clock())


def test_a_stamp_cannot_be_made_earlier_or_used_for_ever(clock: TurnableClock) -> None:
    shown, _dot, mac = form_stamp(KEY, clock()).partition(".")
    with pytest.raises(InvalidError, match="form_expired"):
        check_form(KEY, f"{int(shown) - 60}.{mac}", "", clock())
    with pytest.raises(InvalidError, match="form_expired"):
        check_form(KEY, f"{shown}.{mac}", "", clock.turn(days=3))


def test_a_form_that_was_open_while_keys_changed_is_taken(clock: TurnableClock) -> None:
    stamp, new = form_stamp(KEY, clock()), ("n" * 40,)
    check_form((*new, *KEY), stamp, "", clock.turn(seconds=10))
    with pytest.raises(InvalidError, match="form_expired"):
        check_form(new, stamp, "", clock())
