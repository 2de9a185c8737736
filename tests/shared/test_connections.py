"""Connections to PostgreSQL that were lost while nobody used them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from shared.database import make_engine, passes
from shared.testing import POSTGRES_URL, require

NEVER = 3_600.0


@contextmanager
def engine_with_a_lost_connection(*, ask_after: float) -> Iterator[Engine]:
    """Its pool holds one connection, which the server has ended."""
    require("postgresql")
    engine = make_engine(POSTGRES_URL, pool_size=1, ask_after=ask_after)
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    try:
        yield engine
    finally:
        engine.dispose()


def test_a_connection_that_lay_idle_is_asked_whether_it_lives_and_replaced() -> None:
    with engine_with_a_lost_connection(ask_after=0) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_one_that_was_just_used_is_not_asked_and_its_loss_passes() -> None:
    with engine_with_a_lost_connection(ask_after=NEVER) as engine:
        with engine.connect() as connection, pytest.raises(OperationalError) as raised:
            connection.execute(text("SELECT 1"))
        assert passes(raised.value)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
