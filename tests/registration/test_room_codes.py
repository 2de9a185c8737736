"""The code on a room's screen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.room_codes import ALPHABET, LENGTH, STEP, fits, room_code, seconds_left

KEY = ("k" * 40,)
ROOM = UUID(int=1)
MOMENTS = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""By the second, until 2106."""


@given(MOMENTS, st.integers(0, STEP))
def test_a_code_holds_for_a_minute_after_it_was_seen(seen: datetime, later: int) -> None:
    assert fits(KEY, ROOM, room_code(KEY, ROOM, seen), seen + timedelta(seconds=later))


@given(MOMENTS, st.integers(2 * STEP, 10_000))
def test_two_minutes_later_it_holds_no_more(seen: datetime, later: int) -> None:
    shown, then = room_code(KEY, ROOM, seen), seen + timedelta(seconds=later)
    still = {room_code(KEY, ROOM, then), room_code(KEY, ROOM, then - timedelta(seconds=STEP))}
    assert fits(KEY, ROOM, shown, then) == (shown in still)


@given(MOMENTS)
def test_it_is_short_and_of_characters_that_nobody_mistakes(now: datetime) -> None:
    code = room_code(KEY, ROOM, now)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert not set("01OI") & set(ALPHABET)
    assert 1 <= seconds_left(now) <= STEP


def test_it_belongs_to_one_session_one_minute_and_one_key() -> None:
    now = datetime(2027, 1, 13, 9, tzinfo=UTC)
    codes = [
        room_code(KEY, ROOM, now),
        room_code(KEY, UUID(int=2), now),
        room_code(KEY, ROOM, now + timedelta(seconds=STEP)),
        room_code(("other",), ROOM, now),
    ]
    assert len(set(codes)) == len(codes)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_taken_or_not_and_never_fails(typed: str) -> None:
    now = datetime(2027, 1, 13, 9, tzinfo=UTC)
    assert fits(KEY, ROOM, typed, now) in (True, False)


def test_small_letters_and_blanks_do_not_matter() -> None:
    now = datetime(2027, 1, 13, 9, tzinfo=UTC)
    code = room_code(KEY, ROOM, now).lower()
    assert fits(KEY, ROOM, f" {code[:3]} {code[3:]} ", now)
    assert not fits(KEY, ROOM, code[:-1], now)


def test_while_keys_change_a_code_by_either_is_taken() -> None:
    now, new = datetime(2027, 1, 13, 9, tzinfo=UTC), ("n" * 40,)
    shown = room_code(KEY, ROOM, now)
    assert room_code((*new, *KEY), ROOM, now) == room_code(new, ROOM, now)
    assert fits((*new, *KEY), ROOM, shown, now)
    assert not fits(new, ROOM, shown, now)
