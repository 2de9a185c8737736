"""A cursor comes back from outside: whatever is not ours is refused, never handed to the database."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, MetaData, String, Uuid, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.database import UtcDateTime, new_id
from shared.errors import InvalidError
from shared.paging import Page, page
from shared.testing import TurnableClock
from tests.conftest import EngineFor


class Base(DeclarativeBase):
    metadata = MetaData()


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@pytest.fixture
def engine(engine_for: EngineFor, database_kind: str, clock: TurnableClock) -> Engine:
    made = engine_for(database_kind, "paging", Base.metadata)
    with Session(made.execution_options(writing=True)) as session:
        session.add_all(Thing(name=f"{number // 2:02}", at=clock()) for number in range(7))
        session.commit()
    return made


def _things(session: Session, cursor: str | None, *, descending: bool = False) -> Page[Thing]:
    key = (Thing.name, Thing.at, Thing.id)
    return page(
        session,
        select(Thing),
        key,
        lambda thing: (thing.name, thing.at, thing.id),
        limit=3,
        cursor=cursor,
        descending=descending,
    )


@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_each_row_once_and_in_order(engine: Engine, descending: bool) -> None:
    found: list[tuple[str, UUID]] = []
    cursor: str | None = None
    with Session(engine) as session:
        while True:
            part = _things(session, cursor, descending=descending)
            found += [(thing.name, thing.id) for thing in part.items]
            cursor = part.next_cursor
            if cursor is None:
                break
    assert len(found) == 7
    assert found == sorted(set(found), reverse=descending)


ID = "01920000-0000-7000-8000-000000000000"
NOW = "2027-01-11T09:00:00+00:00"


@pytest.mark.parametrize(
    "values",
    [
        [["v", "01"]],
        [["v", 1], ["t", NOW], ["u", ID]],
        [["v", "01"], ["v", NOW], ["u", ID]],
        [["v", "01"], ["t", NOW[:-6]], ["u", ID]],
        [["v", "01"], ["t", NOW], ["v", ID]],
        [["v", "0\x00"], ["t", NOW], ["u", ID]],
        [["v", ["01"]], ["t", NOW], ["u", ID]],
        [["x", "01"], ["t", NOW], ["u", ID]],
        "01",
        7,
    ],
)
def test_a_foreign_cursor_is_refused(engine: Engine, values: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    with Session(engine) as session, pytest.raises(InvalidError):
        _things(session, cursor)


@pytest.mark.parametrize("cursor", ["x", "%%%", "Ä", "[" * 100, "bm90IGpzb24"])
def test_what_is_no_cursor_at_all_is_refused(engine: Engine, cursor: str) -> None:
    with Session(engine) as session, pytest.raises(InvalidError):
        _things(session, cursor)
