"""The API keeps to its own description, whatever is sent: no 5xx, and no answer that is not documented."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.catalogue.models import metadata
from shared.testing import TurnableClock, engine_with_tables
from tests.catalogue.parts import Catalogue
from tests.catalogue.parts import settings as settings_in

API = "/api/catalogue/v1"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A catalogue with a little of everything, for all examples of this module."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    with engine_with_tables(f"sqlite:///{folder / 'test.db'}", metadata) as engine:
        catalogue = Catalogue(engine, TurnableClock(), settings_in(folder))
        catalogue.employ()
        series = catalogue.published_series()
        catalogue.published_event(series_id=str(series.id))
        catalogue.event()
        yield catalogue


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_answers_are_as_described(busy: Catalogue) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", busy.client().application)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) > 10
    for operation, mode in product(operations, GenerationMode):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def answers_as_described(case: Case[Any]) -> None:
            case.call_and_validate(headers=busy.as_("alice"), checks=CHECKS)

        answers_as_described()


def test_the_description_has_no_leftovers(busy: Catalogue) -> None:
    description = busy.client().get(f"{API}/openapi.json").get_json()
    names = set(description["components"]["schemas"])
    assert not [name for name in names if name[-1].isdigit()]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation.get("summary"), f"{method} {path} has no summary"
