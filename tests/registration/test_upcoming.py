"""Organisers see what retention is about to delete, and afterwards exactly that is gone."""

from datetime import timedelta

import pytest

from services.registration.privacy.upcoming import totals, upcoming
from services.registration.retention import rules
from shared.retention import see_to_all
from shared.vault import Vault
from tests.registration.browser import Browser
from tests.registration.front import Front, settings
from tests.registration.parts import House
from tests.registration.test_retention import attend

DUE = "/organise/privacy/due"
CARD = "/organise/privacy/fragments/due"


def ahead(house: House) -> dict[str, int]:
    own = settings(str(house.database.engine.url))
    with house.database.read() as session:
        return totals(upcoming(session, own, house.clock()))


def a_past_event(house: House, days: int) -> None:
    """Three people, of whom one waits and one was there; it ended so many days ago."""
    event = house.event()
    seated = house.register(event, "Ana Novak")
    house.register(event)
    house.register(event)
    house.wait_until(house.clock() + timedelta(days=30))
    attend(house, event, seated.registration_id)
    house.clock.moment += timedelta(days=days, hours=6)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1, {"waitlist": 1}), (61, {"contact": 2}), (62, {"contact": 2}), (3621, {"evidence": 1})],
)
def test_what_is_announced_goes_within_thirty_days(house: House, days: int, expected: dict[str, int]) -> None:
    a_past_event(house, days)
    own = rules(settings(str(house.database.engine.url)))
    see_to_all(house.database, own, house.clock())
    announced = ahead(house)
    house.clock.moment += timedelta(days=30)
    done = see_to_all(house.database, own, house.clock())
    assert announced == expected == {rule: done[rule] for rule in announced}


def test_nothing_is_announced_of_what_lies_ahead(house: House) -> None:
    house.register(house.event())
    assert ahead(house) == {}


def test_needs_are_announced_as_soon_as_the_event_lies_near(house: House) -> None:
    event = house.event(needs=["wheelchair"])
    sealed = Vault(("n" * 40,)).seal({"wheelchair": True})
    house.register(event, needs=["wheelchair"], sealed_needs=sealed)
    house.clock.moment += timedelta(days=31)
    assert ahead(house) == {"needs": 1}


def test_the_page_names_events_days_and_what_is_held(front: Front) -> None:
    a_past_event(front.house, 61)
    page = Browser(front, "alice").open(DUE)
    rows = page.all("main tbody tr")
    assert any("Association law E-mail addresses, answers and notes 3 registrations from" in row for row in rows)


def test_the_card_counts_and_leads_to_the_page(front: Front) -> None:
    a_past_event(front.house, 61)
    card = Browser(front, "audrey").open(CARD)
    assert "of 3 registrations" in " ".join(card.all("li"))
    assert card.one("a")["href"] == DUE


@pytest.mark.parametrize("path", [DUE, CARD])
def test_only_organisers_and_auditors_see_it(front: Front, path: str) -> None:
    assert [Browser(front, name).open(path).status for name in ("alice", "audrey", "adam", "bob", "charlie")] == [
        200,
        200,
        200,
        403,
        403,
    ]
