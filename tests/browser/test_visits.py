"""No page is forgotten by the tests that look at every page."""

import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from services import __main__ as one_process
from services.catalogue import app as catalogue
from services.notifications import app as notifications
from services.registration import app as registration
from shared.web.routes import service_for
from tests.browser.visits import NO_PAGES, PUBLIC, STAFF

ANY_ID = "018f0000-0000-7000-8000-000000000001"


@pytest.fixture
def applications(tmp_path: Path) -> dict[str, Flask]:
    own = {"REIHE_ENVIRONMENT": "development", "REIHE_DATA_DIR": str(tmp_path), "REIHE_PORT": "8000"}
    system = one_process.compose(one_process.environment_of_one_process({**os.environ, **own}))
    return {
        "catalogue": catalogue.create_app(system.catalogue),
        "registration": registration.create_app(system.registration),
        "notifications": notifications.create_app(system.notifications),
    }


def rules_of_pages(applications: dict[str, Flask]) -> set[str]:
    rules = {
        rule.rule for app in applications.values() for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    return {rule for rule in rules if not any(re.fullmatch(pattern, rule) for pattern in NO_PAGES)}


def visited_rule(applications: dict[str, Flask], path: str) -> str:
    """The rule that answers this path; the path itself where none does."""
    filled = path.format_map(defaultdict(lambda: ANY_ID)).partition("?")[0]
    try:
        rule, _values = applications[service_for(filled)].url_map.bind("localhost").match(filled, return_rule=True)
    except NotFound:
        return path
    return str(rule.rule)


def test_every_page_is_visited(applications: dict[str, Flask]) -> None:
    visited = {visited_rule(applications, path) for path in [*PUBLIC, *STAFF]}
    assert rules_of_pages(applications) - visited == set()


def test_all_visits_but_the_one_to_nowhere_lead_to_a_page(applications: dict[str, Flask]) -> None:
    visited = {visited_rule(applications, path) for path in [*PUBLIC, *STAFF]}
    assert visited - rules_of_pages(applications) == {"/nowhere"}


def test_every_exception_is_needed(applications: dict[str, Flask]) -> None:
    rules = [rule.rule for app in applications.values() for rule in app.url_map.iter_rules()]
    assert [pattern for pattern in NO_PAGES if not any(re.fullmatch(pattern, rule) for rule in rules)] == []
