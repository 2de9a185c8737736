"""How long something is kept, in words: whole years as years, all else as days."""

import pytest

from services.registration.privacy.keeping import how_long, whole_years
from shared.personal import KEPT
from tests.registration.front import settings


@pytest.mark.parametrize(
    ("days", "years"),
    [(1, 0), (90, 0), (364, 0), (365, 1), (366, 1), (367, 0), (1095, 3), (1096, 3), (3650, 10), (3653, 10), (3660, 0)],
)
def test_whole_years_are_known_with_leap_days_and_without(days: int, years: int) -> None:
    assert whole_years(days) == years


def test_every_class_has_words_with_the_installation_s_own_days() -> None:
    own = settings("sqlite://", keep_audit_days=1, keep_evidence_days=100, keep_contact_days=33)
    words = {kept: str(how_long(kept, own)) for kept in KEPT}
    assert words["audit"] == "one day"
    assert words["evidence"] == "100 days after the event if the person was there, otherwise 33 days"
    assert all(words.values())
