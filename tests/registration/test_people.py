"""Who comes to an event: searched, filtered, page by page."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.people import Filter, count_by_state, everybody, people_of
from services.registration.states import State
from shared.errors import InvalidError
from tests.registration.parts import House


@pytest.fixture
def event(house: House) -> UUID:
    event = house.event(capacity=3)
    house.register(event, "Émile Zola", organisation="Les Amis")
    house.register(event, "Ana Müller", organisation="Verein für Bildung")
    house.register(event, "Олена Шевченко", email="olena@example.org")
    house.register(event, "Ana 100%_sure", email="percent@example.org")
    return event


def names(house: House, event: UUID, **wanted: Any) -> list[str]:
    with house.database.read() as session:
        return [entrant.registration.first_name for entrant in people_of(session, event, Filter(**wanted)).items]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ["Ana", "Ana", "Émile", "Олена"]),
        ("emile", ["Émile"]),
        ("ZOLA émile", ["Émile"]),
        ("muller", ["Ana"]),
        ("шев", ["Олена"]),
        ("olena@", ["Олена"]),
        ("bildung", ["Ana"]),
        ("ana zola", []),
        ("100%", ["Ana"]),
        ("%_s", ["Ana"]),
        ("100_", []),
    ],
)
def test_people_are_found_by_name_address_and_organisation_in_any_spelling(
    house: House, event: UUID, q: str, found: list[str]
) -> None:
    assert sorted(names(house, event, q=q)) == found


def test_people_are_filtered_by_state_and_organisation(house: House, event: UUID) -> None:
    assert names(house, event, state="waitlisted") == ["Ana"]
    assert names(house, event, organisation="VEREIN FUR BILDUNG") == ["Ana"]
    assert names(house, event, state="confirmed", q="ana") == ["Ana"]
    assert names(house, event, state="cancelled") == []


def test_whoever_waits_is_listed_with_their_position(house: House, event: UUID) -> None:
    with house.database.read() as session:
        found = people_of(session, event, Filter(), order="seq").items
    assert [entrant.position for entrant in found] == [None, None, None, 1]


@pytest.mark.parametrize("order", ["name", "seq"])
def test_pages_follow_each_other_without_gap_or_repeat(house: House, event: UUID, order: str) -> None:
    house.register(event, "Ana Müller", email="second@example.org")
    cursor, seen = None, []
    with house.database.read() as session:
        for _ in range(5):
            found = people_of(session, event, Filter(), order=order, limit=1, cursor=cursor)  # type: ignore[arg-type]
            seen += [entrant.registration.id for entrant in found.items]
            cursor = found.next_cursor
        with pytest.raises(InvalidError, match="cursor_invalid"):
            people_of(session, event, Filter(), order=order, cursor="AAAA")  # type: ignore[arg-type]
    assert len(set(seen)) == 5
    assert cursor is None


def test_everybody_comes_by_name_and_is_counted_by_state(house: House, event: UUID) -> None:
    with house.database.read() as session:
        listed = [entrant.registration.last_name for entrant in everybody(session, event, Filter())]
        counted = count_by_state(session, event)
    assert listed[1:3] == ["Müller", "Zola"]
    assert (counted[State.CONFIRMED], counted[State.WAITLISTED], counted[State.LAPSED]) == (3, 1, 0)


def test_other_events_are_not_mixed_in(house: House, event: UUID) -> None:
    other = house.event()
    house.register(other, "Émile Zola")
    assert names(house, other) == ["Émile"]
