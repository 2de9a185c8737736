"""Holds a service's routes against its audit log: whatever changes something writes down what was done.

Each service lists its changing routes: those that write, with a call that succeeds, and the few that need not, with
the reason. A route that stands in neither list fails a test. The same holds for routes that hand out files.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared.database import Database
from shared.web.audit_words import Words

World = TypeVar("World")

FILE = re.compile(r"\.(csv|xlsx|pdf|eml|zip)$|/files/")
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Write(Generic[World]):
    """A route such as ``POST /my/<token>``, the act that it writes into the log, and how it is called."""

    route: str
    act: str
    call: Callable[[World], Any]
    """Gives the answer, or a page with its ``response``."""


def changing_routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in (rule.methods or set()) & CHANGING
    }


def file_routes(app: Flask) -> set[str]:
    """Those that hand out tables and documents."""
    return {f"GET {rule.rule}" for rule in app.url_map.iter_rules() if FILE.search(rule.rule)}


def unlisted(routes: set[str], writes: Iterable[Write[World]], without: Mapping[str, str]) -> set[str]:
    """Routes that stand in neither list, and listed ones that do not exist."""
    return routes ^ {*(write.route for write in writes), *without}


def check_written(app: Flask, database: Database, words: Words, write: Write[World], world: World) -> None:
    """Call the route; fails unless it is the one that answers, succeeds, and writes the act in words that are known."""
    answered = write.call(world)
    answer: TestResponse = answered if isinstance(answered, TestResponse) else answered.response
    assert answer.status_code < 400, answer.get_data(as_text=True)
    answer.close()
    request = answer.request
    rule, _values = app.url_map.bind("localhost").match(request.path, request.method, return_rule=True)
    assert f"{request.method} {rule.rule}" == write.route
    rows = words.log.table.c
    query = select(rows.action, rows.subject_kind, rows.changes).where(
        rows.request_id == answer.headers["X-Request-Id"]
    )
    with database.read() as session:
        written = session.execute(query).all()
    assert write.act in [row.action for row in written]
    assert {row.subject_kind for row in written} <= words.subjects.keys()
    assert {name.partition(".")[0] for row in written for name in row.changes} <= words.fields.keys()
