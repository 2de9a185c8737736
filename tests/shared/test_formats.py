"""Dates and times as each language writes them."""

from datetime import UTC, datetime

import pytest

from shared import formats
from shared.languages import FOR_PARTICIPANTS

AFTERNOON = datetime(2027, 3, 27, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("locale", FOR_PARTICIPANTS)
def test_hours_are_counted_to_24_in_every_language(locale: str) -> None:
    assert formats.time(AFTERNOON, locale, "Europe/Berlin") == "14:05"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de-leicht", "Samstag, 27. März 2027"),
        ("en", "Saturday, 27 March 2027"),
        ("fr", "samedi 27 mars 2027"),
        ("tr", "27 Mart 2027 Cumartesi"),
        ("uk", "27 березня 2027 р. (субота)"),
        ("ar", "السبت، 27 مارس 2027"),
    ],
)
def test_a_date_has_its_weekday_and_the_order_of_the_language(locale: str, expected: str) -> None:
    assert formats.date(AFTERNOON, locale, "Europe/Berlin") == expected
