import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import has_control_characters, one_line, search_key, slug_from


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Fördermittelakquise", "foerdermittelakquise"),
        ("Personal- und Strukturaufbau", "personal-und-strukturaufbau"),
        ("Straße & Größe", "strasse-groesse"),
        ("Việt Nam", "viet-nam"),
        ("Статут", ""),
    ],
)
def test_a_slug_is_readable_ascii(title: str, slug: str) -> None:
    assert slug_from(title) == slug


def test_a_long_slug_ends_at_a_word() -> None:
    assert slug_from("wort " * 40, longest=22) == "wort-wort-wort-wort"


@pytest.mark.parametrize(("typed", "wanted"), [("Müller", "MULLER"), ("  Ágnes ", "agnes"), ("İpek", "ipek")])
def test_a_search_finds_whatever_the_case_and_accents(typed: str, wanted: str) -> None:
    assert search_key(typed) == search_key(wanted)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\u2028b", "a\nb", "a\ud800b", "a\x85b"])
def test_control_characters_are_found_in_a_line(text: str) -> None:
    assert has_control_characters(text)


def test_line_ends_are_welcome_in_a_longer_text() -> None:
    assert not has_control_characters("first\r\nsecond", multiline=True)
