"""Requests to addresses that people have entered."""

import socket
import threading
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import pytest

from services.registration.outward import Outward, UnreachedError, is_public
from services.registration.settings import parse_networks
from tests.registration.receiver import Receiver, receiving

THIS_MACHINE = parse_networks("127.0.0.0/8")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def this_machine(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff0e::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:1::1",
    ],
)
def test_addresses_that_are_not_public_for_certain(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::ffff:127.0.0.1"], ["1.1.1.1", "127.0.0.1"]])
def test_a_name_with_one_address_that_is_not_public_is_not_called(receiver: Receiver, addresses: list[str]) -> None:
    outward = Outward(resolve=lambda _host, _port: addresses)
    with pytest.raises(UnreachedError, match="address_not_public"):
        outward.post(receiver.url(), b"{}", {})
    assert receiver.requests == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_whatever_means_this_machine_is_not_called(receiver: Receiver, host: str) -> None:
    with pytest.raises(UnreachedError):
        Outward().post(receiver.url(host), b"{}", {})
    assert receiver.requests == []


def test_a_name_is_resolved_once_and_the_checked_address_called(receiver: Receiver) -> None:
    asked = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    assert Outward(THIS_MACHINE, resolve=resolve).post(receiver.url(), b"{}", {"x-one": "1"}) == 204
    assert asked == ["hooks.example"]
    (request,) = receiver.requests
    assert (request.path, request.body) == ("/in?key=1", b"{}")
    assert request.headers["host"] == f"hooks.example:{receiver.port}"
    assert request.headers["x-one"] == "1"


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.status = 307
    assert Outward(THIS_MACHINE, resolve=this_machine).post(receiver.url(), b"{}", {}) == 307
    assert len(receiver.requests) == 1


def test_nobody_listening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnreachedError, match="connection_failed"):
        Outward(THIS_MACHINE).post(f"http://127.0.0.1:{port}/", b"{}", {})


def test_tls_is_not_given_up_where_the_other_side_has_none(receiver: Receiver) -> None:
    with pytest.raises(UnreachedError, match="tls_failed"):
        Outward(THIS_MACHINE).post(f"https://127.0.0.1:{receiver.port}/", b"{}", {})
    assert receiver.requests == []


def test_an_answer_that_comes_byte_by_byte_is_cut_off() -> None:
    over = threading.Event()

    def dribble() -> None:
        connection, _address = server.accept()
        with connection:
            try:
                while not over.wait(0.02):
                    connection.sendall(b"H")
            except OSError:
                over.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=dribble)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(UnreachedError):
            Outward(THIS_MACHINE, longest=0.2).post(url, b"{}", {})
        over.set()
        thread.join()
