"""Who sent a request, and how much one address and one network may send."""

from collections.abc import Iterator

import pytest

from services.registration import limits
from services.registration.settings import parse_networks
from services.registration.web.senders import sender_network
from shared.testing import TurnableClock
from tests.registration.front import Front, open_front, wish
from tests.registration.parts import House

GATEWAY, NEIGHBOUR, OTHER = "127.0.0.1", "172.18.0.2", "8.8.8.8"


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        (GATEWAY, "8.8.4.4", "8.8.4.0/24"),
        (GATEWAY, "1.1.1.1, 8.8.4.4", "8.8.4.0/24"),
        (GATEWAY, "2606:4700:1:2::3", "2606:4700:1::/48"),
        (GATEWAY, "", "127.0.0.0/24"),
        (GATEWAY, "unknown", "127.0.0.0/24"),
        (f"::ffff:{GATEWAY}", "8.8.4.4", "8.8.4.0/24"),
        (NEIGHBOUR, "8.8.4.4", "172.18.0.0/24"),
        (OTHER, "1.1.1.1", "8.8.8.0/24"),
        (f"::ffff:{OTHER}", "1.1.1.1", "8.8.8.0/24"),
        ("", "8.8.4.4", ""),
    ],
)
def test_only_a_gateway_may_speak_for_others(front: Front, peer: str, forwarded: str, network: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with front.flask.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert sender_network() == network


@pytest.fixture
def behind_a_neighbour(sqlite_house: House, clock: TurnableClock) -> Iterator[Front]:
    opened = open_front(sqlite_house.database, clock, trusted_proxies=parse_networks(f"{NEIGHBOUR}, 10.0.0.0/8"))
    yield opened
    opened.core.close()


@pytest.mark.parametrize(("peer", "network"), [(NEIGHBOUR, "8.8.4.0/24"), ("10.1.2.3", "8.8.4.0/24")])
def test_an_installation_says_which_proxies_it_trusts(behind_a_neighbour: Front, peer: str, network: str) -> None:
    headers = {"X-Forwarded-For": "8.8.4.4"}
    with behind_a_neighbour.flask.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert sender_network() == network


def test_what_is_no_network_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="everywhere"):
        parse_networks("everywhere")


@pytest.fixture
def limited(sqlite_house: House, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    monkeypatch.setattr(limits, "REGISTRATIONS_PER_ADDRESS", limits.Limit("a", 2, limits.LONGEST_SPAN))
    opened = open_front(sqlite_house.database, clock, registrations_per_network=4)
    yield opened
    opened.core.close()


def _status(front: Front, name: str, sender: str) -> int:
    event = front.house.event()
    headers = {"X-Forwarded-For": sender}
    return front.post(f"/events/{event}/registrations", wish(name), headers=headers).status_code


def test_one_address_registers_only_so_often_in_an_hour(limited: Front) -> None:
    assert [_status(limited, "Ana Novak", f"8.8.{n}.1") for n in range(3)] == [201, 201, 429]
    limited.house.clock.turn(minutes=61)
    assert _status(limited, "Ana Novak", "8.8.9.1") == 201


def test_one_network_registers_only_so_many_in_an_hour(limited: Front) -> None:
    assert [_status(limited, f"Person N{n}", f"8.8.8.{n}") for n in range(5)] == [201, 201, 201, 201, 429]
    assert _status(limited, "Person Elsewhere", "8.8.9.1") == 201


@pytest.fixture
def unlimited(sqlite_house: House, clock: TurnableClock) -> Iterator[Front]:
    opened = open_front(sqlite_house.database, clock, rate_limits=False, registrations_per_network=1)
    yield opened
    opened.core.close()


def test_for_load_tests_the_limits_can_be_switched_off(unlimited: Front) -> None:
    assert [_status(unlimited, f"Person N{n}", "8.8.8.8") for n in range(3)] == [201, 201, 201]
