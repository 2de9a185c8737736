"""Values are written so that no text can become structure, and what cannot be written is refused."""

import sys

import pytest

from shared.ical.text import common_name, mailto, position, printable, text, uri
from shared.text import has_control_characters


def test_characters_that_no_calendar_can_carry_are_dropped() -> None:
    written = printable("".join(map(chr, range(sys.maxunicode + 1))))
    assert not has_control_characters(written, multiline=True)
    assert len(written) > 1_111_000


def test_half_a_surrogate_pair_does_not_stop_a_calendar() -> None:
    assert text("Jubiläum \ud83c").to_ical() == "Jubiläum ".encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85"])
def test_every_kind_of_line_end_becomes_the_one_that_icalendar_has(line_end: str) -> None:
    assert text(f"eins{line_end}zwei").to_ical() == b"eins\\nzwei"


def test_signs_with_a_meaning_are_escaped() -> None:
    assert text(r"a, b; c\New: d").to_ical() == rb"a\, b\; c\\New: d"


def test_a_text_names_its_language_if_it_is_known() -> None:
    assert text("Grüße", "de").params == {"LANGUAGE": "de"}
    assert text("Grüße").params == {}


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", " ", "\x00", "\t", "\u2028"])
def test_a_uri_that_would_break_its_line_is_refused(breaking: str) -> None:
    with pytest.raises(ValueError, match="percent-encode"):
        uri(f"https://example.org/{breaking}ATTENDEE:mailto:evil@example.org")


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\x00", "\u2028"])
def test_an_address_that_would_break_its_line_is_refused(breaking: str) -> None:
    with pytest.raises(ValueError, match="no line ends or control characters"):
        mailto(f"anna{breaking}@example.org")


@pytest.mark.parametrize("no_address", ["", "anna", "anna@", "@example.org", "anna@ example.org"])
def test_what_is_no_address_is_refused_with_an_example(no_address: str) -> None:
    with pytest.raises(ValueError, match=r"write it as name@example\.org"):
        mailto(no_address)


@pytest.mark.parametrize(
    ("email", "written"),
    [
        ("anna.weber+reihe@example.org", "mailto:anna.weber+reihe@example.org"),
        ("o'neill&co=1@example.org", "mailto:o'neill&co=1@example.org"),
        ('"anna weber"@example.org', "mailto:%22anna%20weber%22@example.org"),
        ("100%?@example.org", "mailto:100%25%3F@example.org"),
        ("änne@example.org", "mailto:%C3%A4nne@example.org"),
    ],
)
def test_an_address_becomes_a_mailto_uri(email: str, written: str) -> None:
    assert mailto(email) == written


def test_a_name_is_one_line_without_double_quotes() -> None:
    assert common_name(' Anna\r\n"Anni"\x07  Weber ') == "Anna 'Anni' Weber"
    assert common_name("Anna \\") == "Anna /"


@pytest.mark.parametrize(
    ("latitude", "longitude", "written"),
    [
        (53.0793, 8.8017, "53.079300;8.801700"),
        (-0.0000049, 1e-5, "-0.000005;0.000010"),
        (90, -180, "90.000000;-180.000000"),
    ],
)
def test_a_position_is_written_with_six_decimals(latitude: float, longitude: float, written: str) -> None:
    place = position(latitude, longitude)
    assert place is not None
    assert place.to_ical() == written


def test_a_place_without_coordinates_has_no_position() -> None:
    assert position(None, None) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "complaint"),
    [
        (53.1, None, "both latitude and longitude"),
        (None, 8.8, "both latitude and longitude"),
        (90.1, 8.8, "-90 to 90"),
        (53.1, -180.1, "-180 to 180"),
        (float("nan"), 8.8, "-90 to 90"),
    ],
)
def test_half_a_position_and_one_off_the_earth_are_refused(
    latitude: float | None, longitude: float | None, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        position(latitude, longitude)
