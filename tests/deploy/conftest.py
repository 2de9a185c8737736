"""The gateway before three stand-ins for the services."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from shared.messages import SERVICES
from tests.deploy.running import RunningGateway, running_gateway
from tests.deploy.upstreams import Response, Upstream, ask, plainly


@dataclass(frozen=True)
class Front:
    """The gateway and what stands behind it."""

    gateway: RunningGateway
    upstreams: dict[str, Upstream]

    def ask(
        self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        return ask(self.gateway.address, target, method=method, headers=headers, body=body)


@pytest.fixture(scope="session")
def _front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with ExitStack() as stack:
        upstreams = {name: stack.enter_context(Upstream(name)) for name in SERVICES}
        addresses = {name: upstream.address for name, upstream in upstreams.items()}
        running = stack.enter_context(running_gateway(tmp_path_factory.mktemp("gateway"), addresses))
        yield Front(running, upstreams)


@pytest.fixture
def front(_front: Front) -> Front:
    """The gateway, with services that have forgotten what the last test asked."""
    for upstream in _front.upstreams.values():
        upstream.asked.clear()
        upstream.reply = plainly
    return _front


@pytest.fixture
def page() -> str:
    """A public page that no other test has asked for, so that nothing of it is kept yet."""
    return f"/events/{uuid.uuid4().hex}"
