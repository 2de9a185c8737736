"""nginx hands each path to the service that shared/web/routes.py names, and hands it on unchanged."""

from itertools import product
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.web.routes import ROUTES, service_for
from tests.deploy.conftest import Front

PATHS = [
    "/",
    "/series",
    "/series/25-jahre.ics",
    "/events/vereinsrecht",
    "/calendar.ics",
    "/events/people",
    "/organise",
    "/organise/events",
    "/organise/events/1",
    "/organise/events/1/edit",
    "/organise/events/1/2/people",
    "/organise/events/1/mailings",
    "/organise/events/1/mail/2",
    "/organise//events/1/people",
    "/organise/events//people",
    "/organise/events/a%2Fb/people",
    "/organise/organisations/1",
    "/organise/accounts",
    "/api/catalogue/v1/events",
    "/api/registration",
    "/api/registrations/v1",
    "/api/notifications/v1/openapi.json",
    "/%6Dy/token",
    "/my%2Ftoken",
    "/MY/token",
    "/mY",
    "/myself",
    "//my/token",
    "/my//token",
    "/my%0Atoken",
    "/assets/0123/reihe.css",
    "/login/renew",
    "/a%20b/ü".replace("ü", quote("ü")),
    "/healthz",
    "/nothing/here",
]
ENDS = ["", "/", "/x", "/x/y", "x", "%20", "/%2F"]
FROM_PATTERNS = [pattern.replace("*", "0190") + end for pattern, end in product(ROUTES, ENDS)]
WORDS = sorted(
    {word for pattern in ROUTES for word in pattern.split("/")} | {"catalogue", "events", "v1", "a b", "%2F"}
)
HIDDEN = ("/metrics", "/ops")


def is_hidden(path: str) -> bool:
    return any(path.lstrip("/") == hidden[1:] or path.lstrip("/").startswith(f"{hidden[1:]}/") for hidden in HIDDEN)


@pytest.mark.parametrize("target", [path for path in [*PATHS, *FROM_PATTERNS] if not is_hidden(unquote(path))])
def test_each_path_reaches_the_service_that_the_table_names(front: Front, target: str) -> None:
    answer = front.ask(target)
    assert answer.headers["X-Service"] == service_for(unquote(target))
    assert front.upstreams[answer.headers["X-Service"]].asked[0].target == target


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*WORDS, "", "x"]), max_size=6))
def test_no_path_made_of_the_tables_words_goes_astray(front: Front, segments: list[str]) -> None:
    path = "/" + "/".join(segments)
    answer = front.ask(quote(path))
    assert answer.headers["X-Service"] == (None if is_hidden(path) else service_for(path))


def test_the_query_string_is_handed_on(front: Front) -> None:
    front.ask("/register/events/x?lang=de&next=%2Fa")
    assert front.upstreams["registration"].asked[0].target == "/register/events/x?lang=de&next=%2Fa"


@pytest.mark.parametrize(
    "target",
    [
        "/metrics",
        "/metrics/",
        "//metrics",
        "/%6detrics",
        "/x/../metrics",
        "/metrics?x",
        "/ops",
        "/ops/catalogue/metrics",
        "/ops/registration/readyz",
        "/ops/%72egistration/healthz",
        "/./ops/notifications/metrics",
    ],
)
def test_what_is_for_those_who_run_the_system_is_answered_to_nobody(front: Front, target: str) -> None:
    assert front.ask(target).status == 404
    assert not any(upstream.asked for upstream in front.upstreams.values())
