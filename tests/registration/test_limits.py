"""Limits as rows: what one address and one network may do in a time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.registration.limits import Limit, address_from, forget, network_of, require, subject, use
from services.registration.models import Attempt
from shared.errors import TooManyError
from tests.registration.parts import House

LIMIT = Limit("test", 2, timedelta(hours=1))


def uses(house: House, who: str, limit: Limit = LIMIT) -> bool:
    with house.database.unit_of_work(house.clock()) as uow:
        allowed = use(uow, limit, who)
        uow.commit()
    return allowed


def test_a_subject_may_as_often_as_the_limit_says_within_its_time(house: House) -> None:
    assert [uses(house, "a") for _ in range(3)] == [True, True, False]
    assert uses(house, "b")
    assert uses(house, "a", Limit("other", 1, timedelta(hours=1)))
    house.clock.turn(minutes=61)
    assert uses(house, "a")


def test_beyond_the_limit_the_request_is_refused(house: House) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        require(uow, LIMIT, "a")
        require(uow, LIMIT, "a")
        with pytest.raises(TooManyError, match="too_many"):
            require(uow, LIMIT, "a")


def test_rows_that_no_limit_looks_at_are_deleted(house: House) -> None:
    uses(house, "old")
    house.clock.turn(hours=2)
    uses(house, "new")
    with house.database.unit_of_work(house.clock()) as uow:
        forget(uow)
        uow.commit()
    with house.database.read() as session:
        assert list(session.scalars(select(Attempt.subject))) == ["new"]


def test_neither_addresses_nor_networks_can_be_read_from_a_row() -> None:
    assert "example" not in subject("key", "ana@example.org")
    assert len(subject("key", "x" * 1_000)) == 64
    assert subject("key", "a") != subject("other key", "a")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
    ],
)
def test_neighbours_count_as_one_network(address: str, network: str) -> None:
    assert network_of(address_from(address)) == network
