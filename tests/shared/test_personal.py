"""Every column that holds words says whether they are a person's, and why they are kept."""

import pytest
from sqlalchemy import Column, String, Table

from shared.database import make_metadata
from shared.messages import SERVICES
from shared.personal import CONTACT, KEPT, Registry, undeclared
from tests.contracts.documents import personal_registry
from tests.migrations import metadata_of


@pytest.mark.parametrize("service", SERVICES)
def test_no_column_is_forgotten(service: str) -> None:
    registry = personal_registry(service)
    assert list(undeclared(metadata_of(service), registry)) == []
    assert {why.kept for columns in registry.personal.values() for why in columns.values()} <= KEPT.keys()


def test_a_column_that_is_new_gone_or_declared_twice_is_noticed() -> None:
    metadata = make_metadata()
    Table("people", metadata, Column("email", String), Column("nickname", String))
    registry = Registry({"people": {"email": CONTACT, "fax": CONTACT}}, {"people": "email"})
    assert list(undeclared(metadata, registry)) == [
        "people.fax: does not exist",
        "people.nickname: is not declared",
        "people.email: is declared twice",
    ]
