"""A browser without scripts at registration's pages: fills in the forms it is shown, and keeps its cookies."""

from typing import Any

from flask import Response as FlaskResponse
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from services.registration.handlers import event_cancelled
from services.registration.models import STAFF
from shared.database import new_id
from shared.messages.base import dumped, loaded
from shared.messages.catalogue import EventCancelledV1
from shared.messaging.inbox import Received
from shared.staff import Staff
from shared.web.sign_in import COOKIE, write_cookie
from tests.catalogue.browser import Page, fields_of
from tests.registration.front import Front
from tests.registration.parts import placed

A_WHILE = 20
"""Seconds that a person takes for a form."""


class CompiledOnce(BytecodeCache):
    """Every test has its own application; compiling the templates anew for each is what would take the time."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledOnce()


class Browser:
    """``name`` is the member of staff who is signed in; nobody is if it is empty."""

    def __init__(self, front: Front, name: str = "", language: str = "en") -> None:
        self.front = front
        self.client = front.flask.test_client()
        front.flask.jinja_env.bytecode_cache = TEMPLATES
        self.headers = {"Accept-Language": language}
        if name:
            self._sign_in(name)

    def _sign_in(self, name: str) -> None:
        accounts = STAFF.accounts
        with self.front.core.database.read() as session:
            row = session.execute(select(accounts).where(accounts.c.email == f"{name}@example.org")).one()
        answer = FlaskResponse()
        with self.front.flask.app_context():
            staff = Staff(row.account_id, row.name, row.email, frozenset(row.roles), row.epoch)
            write_cookie(answer, staff, new_id(), self.front.core.clock())
        self.client.set_cookie(COOKIE, answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1])

    def open(self, path: str) -> Page:
        return Page(self.client.get(path, headers=self.headers))

    def post(self, path: str, fields: Any = ()) -> Page:
        """As a foreign page could: without what the form holds."""
        return Page(self.client.post(path, data=MultiDict(fields), headers=self.headers))

    def send(self, page: Page, form: str = "main form[method=post]", **typed: Any) -> Page:
        """Send the form, after typing into some of its fields.

        A list is what a field holds several times, ``(stream, name)`` a file.
        """
        shown = page.one(form)
        kept = [(name, value) for name, value in fields_of(shown) if name not in typed]
        added = [
            (name, one) for name, value in typed.items() for one in (value if isinstance(value, list) else [value])
        ]
        return self.post(str(shown.get("action") or page.response.request.path), [*kept, *added])

    def send_after_a_while(self, page: Page, **typed: Any) -> Page:
        self.front.house.clock.turn(seconds=A_WHILE)
        return self.send(page, **typed)

    def register(self, slug: str, name: str = "Ana Novak", **typed: Any) -> Page:
        """Fill in the form as a person would; the answer to sending it."""
        first, last = name.split(" ")
        wish = {"first_name": first, "last_name": last, "email": f"{first}.{last}@example.org".lower(), **typed}
        return self.send_after_a_while(self.open(form_of(slug)), **wish)


def form_of(slug: str) -> str:
    return f"/register/events/{slug}"


def call_off(front: Front, snapshot: dict[str, Any], reason: dict[str, str]) -> None:
    """Publish the event and cancel it, as catalogue would."""
    front.house.tell(snapshot)
    schema, now = EventCancelledV1, front.house.clock()
    body = loaded(schema, dumped(schema, {**placed(snapshot), "reason": reason, "cancelled_at": now}))
    with front.core.database.unit_of_work(now) as uow:
        event_cancelled(uow, Received(new_id(), schema.topic, snapshot["event_id"], 99, now, body))
        uow.commit()
