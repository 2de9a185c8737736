"""What the gateway adds, passes on and says itself."""

import gzip
import json
import re
from collections.abc import Iterator

import pytest

from shared.messages import SERVICES
from shared.testing import free_port
from shared.web.app import MAX_BODY
from tests.deploy.conftest import Front
from tests.deploy.running import RunningGateway, running_gateway
from tests.deploy.upstreams import Answer, Response, ask

LONG = b"many words " * 500


def test_strict_transport_security_is_promised_over_https_only(front: Front) -> None:
    over_https = front.ask("/", headers={"X-Forwarded-Proto": "https"})
    assert over_https.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert front.ask("/").headers["Strict-Transport-Security"] is None


def test_the_services_own_headers_are_neither_changed_nor_doubled(front: Front) -> None:
    own = {
        "Content-Security-Policy": "default-src 'self'",
        "X-Content-Type-Options": "nosniff",
        "Retry-After": "2",
        "Cache-Control": "private, no-cache",
        "Set-Cookie": "reihe_language=de",
    }
    front.upstreams["catalogue"].reply = lambda _: Answer(503, own)
    answer = front.ask("/")
    assert {name: answer.headers.get_all(name) for name in own} == {name: [value] for name, value in own.items()}


def test_the_request_id_is_made_once_and_told_to_all(front: Front) -> None:
    answer = front.ask("/")
    seen = front.upstreams["catalogue"].asked[0].headers["X-Request-Id"]
    assert answer.headers["X-Request-Id"] == seen
    assert re.fullmatch(r"[0-9a-f]{32}", seen)


@pytest.mark.parametrize("sent", ["short", "x" * 65, "with spaces", 'quote"quote', "<script>"])
def test_a_request_id_that_is_none_is_replaced(front: Front, sent: str) -> None:
    answer = front.ask("/", headers={"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] == front.upstreams["catalogue"].asked[0].headers["X-Request-Id"] != sent


def test_a_service_hears_for_whom_and_how_it_was_asked(front: Front) -> None:
    front.ask(
        "/", headers={"X-Forwarded-For": "203.0.113.9, 10.0.0.2", "X-Forwarded-Proto": "https", "Host": "r.example"}
    )
    headers = front.upstreams["catalogue"].asked[0].headers
    assert headers.get_all("X-Forwarded-For") == ["203.0.113.9"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"]
    assert headers.get_all("Host") == ["r.example"]


@pytest.mark.parametrize("sent", ["gopher", "https, http", "javascript:"])
def test_a_scheme_that_is_none_is_not_believed(front: Front, sent: str) -> None:
    front.ask("/", headers={"X-Forwarded-Proto": sent})
    assert front.upstreams["catalogue"].asked[0].headers.get_all("X-Forwarded-Proto") == ["http"]


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml", "text/csv"])
def test_text_is_compressed(front: Front, page: str, kind: str) -> None:
    front.upstreams["catalogue"].reply = lambda _: Answer(headers={"Content-Type": kind}, body=LONG)
    answer = front.ask(page, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == LONG


def test_json_keeps_its_strong_etag_for_if_match(front: Front) -> None:
    reply = Answer(headers={"Content-Type": "application/json", "ETag": '"v3"'}, body=LONG)
    front.upstreams["catalogue"].reply = lambda _: reply
    answer = front.ask("/api/catalogue/v1/events/1", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["ETag"], answer.headers["Content-Encoding"]) == ('"v3"', None)


def test_what_came_compressed_is_not_compressed_again(front: Front, page: str) -> None:
    calendar = Answer(headers={"Content-Type": "text/calendar", "Content-Encoding": "gzip"}, body=gzip.compress(LONG))
    front.upstreams["catalogue"].reply = lambda _: calendar
    assert gzip.decompress(front.ask(page, headers={"Accept-Encoding": "gzip"}).body) == LONG


def test_a_body_that_a_service_may_refuse_itself_reaches_it(front: Front) -> None:
    body = b"x" * (MAX_BODY + 1)
    assert front.ask("/organise/events", method="POST", body=body).status == 200
    assert len(front.upstreams["catalogue"].asked[0].body) == len(body)


def test_a_huge_body_is_refused_at_the_gate(front: Front) -> None:
    answer = front.ask("/api/registration/v1/events/1/registrations", method="POST", body=b"x" * (18 * MAX_BODY + 1))
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert json.loads(answer.body)["code"] == "content_too_large"
    assert not front.upstreams["registration"].asked


@pytest.fixture(scope="module")
def deserted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway whose services are all away."""
    addresses = {name: f"127.0.0.1:{free_port()}" for name in SERVICES}
    with running_gateway(tmp_path_factory.mktemp("deserted"), addresses) as gateway:
        yield gateway


def is_safe(answer: Response) -> bool:
    return (
        answer.headers.get_all("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
        and answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        and answer.headers["Server"] == "nginx"
    )


def test_a_service_that_is_away_is_told_kindly_to_people(deserted: RunningGateway) -> None:
    answer = ask(deserted.address, "/events/x")
    assert (answer.status, answer.headers["Retry-After"]) == (502, "10")
    assert "Bei uns ist etwas schiefgegangen." in answer.body.decode()
    assert is_safe(answer)


def test_a_service_that_is_away_is_a_problem_to_programs(deserted: RunningGateway) -> None:
    answer = ask(deserted.address, "/api/catalogue/v1/events", method="POST", body=b"{}")
    problem = json.loads(answer.body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status, problem["status"], problem["code"]) == (502, 502, "service_unreachable")
    assert is_safe(answer)


def test_the_gateways_own_page_not_found_carries_the_safe_headers_too(front: Front) -> None:
    answer = front.ask("/metrics")
    assert "Diese Seite gibt es nicht." in answer.body.decode()
    assert is_safe(answer)
