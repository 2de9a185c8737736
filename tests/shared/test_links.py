from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.links import Link, Purpose, make_token, read_token

KEY = ("k" * 32,)
OLENA = Link(UUID("018f0000-0000-7000-8000-000000000001"), 3)


def test_a_token_opens_what_it_was_made_for() -> None:
    assert read_token(KEY, Purpose.MY_PAGE, make_token(KEY, Purpose.MY_PAGE, OLENA)) == OLENA


def test_a_token_is_worth_nothing_for_another_purpose() -> None:
    assert read_token(KEY, Purpose.CALENDAR, make_token(KEY, Purpose.MY_PAGE, OLENA)) is None


def test_a_token_is_worth_nothing_under_another_key() -> None:
    assert read_token(("x" * 32,), Purpose.MY_PAGE, make_token(KEY, Purpose.MY_PAGE, OLENA)) is None


@given(st.integers(0, 327))
def test_a_token_with_one_changed_bit_is_worth_nothing(position: int) -> None:
    import base64

    raw = bytearray(base64.urlsafe_b64decode(make_token(KEY, Purpose.MY_PAGE, OLENA) + "=="))
    raw[position // 8 % len(raw)] ^= 1 << position % 8
    assert read_token(KEY, Purpose.MY_PAGE, base64.urlsafe_b64encode(raw).rstrip(b"=").decode()) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert read_token(KEY, Purpose.MY_PAGE, text) is None


def test_a_token_is_short_enough_for_a_line_of_a_mail() -> None:
    assert len(make_token(KEY, Purpose.MY_PAGE, OLENA)) < 60


def test_while_keys_change_new_links_have_the_newest_and_those_sent_before_still_open() -> None:
    new, changing = ("n" * 32,), ("n" * 32, *KEY)
    assert make_token(changing, Purpose.MY_PAGE, OLENA) == make_token(new, Purpose.MY_PAGE, OLENA)
    assert read_token(changing, Purpose.MY_PAGE, make_token(KEY, Purpose.MY_PAGE, OLENA)) == OLENA
    assert read_token(new, Purpose.MY_PAGE, make_token(KEY, Purpose.MY_PAGE, OLENA)) is None
