"""Registration's HTTP side for tests: a client, and staff with their API tokens."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from services.registration import app
from services.registration.links import my_token
from services.registration.models import STAFF, Registration
from services.registration.settings import RegistrationSettings
from shared.database import Database, new_id
from shared.messaging.inbox import Received
from shared.staff import storing_accounts, token_digest
from shared.testing import TurnableClock
from tests.registration.parts import House

API = "/api/registration/v1"
LINK_KEY = ("l" * 40,)

ROLES = {
    "alice": ["organiser"],
    "bob": ["door"],
    "charlie": ["needs"],
    "adam": ["admin"],
    "audrey": ["auditor"],
}
"""Charlie has no rights here."""


def settings(database_url: str, **changes: Any) -> RegistrationSettings:
    values = {
        "environment": "load-test",
        "base_url": "http://localhost:8000",
        "secret_keys": ("s" * 40,),
        "link_keys": LINK_KEY,
        "needs_keys": ("n" * 40,),
        "database_url": database_url,
    }
    return RegistrationSettings(**{**values, **changes})


@dataclass
class Front:
    """``house`` works on the same database."""

    core: app.RegistrationCore
    flask: Flask
    client: FlaskClient
    house: House

    def send(self, method: str, path: str, *, by: str = "", **options: Any) -> TestResponse:
        headers = options.pop("headers", {})
        if by:
            headers = {**headers, "Authorization": f"Bearer {by}"}
        return self.client.open(API + path, method=method, headers=headers, **options)

    def get(self, path: str, *, by: str = "", **query: Any) -> TestResponse:
        return self.send("GET", path, by=by, query_string=query)

    def post(self, path: str, body: Any = None, *, by: str = "", **options: Any) -> TestResponse:
        return self.send("POST", path, by=by, json={} if body is None else body, **options)

    def patch(self, path: str, body: Any, *, by: str = "") -> TestResponse:
        return self.send("PATCH", path, by=by, json=body)

    def register(self, event_id: UUID, name: str, **changes: Any) -> TestResponse:
        return self.post(f"/events/{event_id}/registrations", {**wish(name), **changes})

    def token_of(self, registration_id: UUID) -> str:
        """The person's page, as it stands in a mail."""
        return my_token(LINK_KEY, self.house.registration(registration_id).person)

    def employ(self) -> None:
        """Tell registration of all staff; the name is the API token too."""
        with self.core.database.unit_of_work(self.core.clock()) as uow:
            for name, roles in ROLES.items():
                account = {
                    "account_id": new_id(),
                    "name": name.title(),
                    "email": f"{name}@example.org",
                    "roles": roles,
                    "active": True,
                    "epoch": 1,
                    "tokens": [
                        {"digest": token_digest(name), "scopes": []},
                        {"digest": token_digest(f"{name}-scoped"), "scopes": ["needs"]},
                    ],
                }
                message = Received(new_id(), "account.changed.v1", new_id(), 1, uow.now, account)
                storing_accounts(STAFF)(uow, message)
            uow.commit()


def hold(front: Front, registration_id: UUID, **values: Any) -> None:
    """Put a registration into a state that a page is to show, such as ``state="offered"`` with its ``deadline``."""
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        uow.session.execute(update(Registration).where(Registration.id == registration_id).values(**values))
        uow.commit()


def wish(name: str) -> dict[str, Any]:
    first, last = name.split(" ")
    return {"first_name": first, "last_name": last, "email": f"{first}.{last}@example.org".lower()}


def open_front(database: Database, clock: TurnableClock, **changes: Any) -> Front:
    """Close ``core`` afterwards."""
    url = database.engine.url.set(drivername=database.engine.url.get_backend_name())
    core = app.compose(settings(url.render_as_string(hide_password=False), **changes), clock=clock)
    flask = app.create_app(core)
    front = Front(core, flask, flask.test_client(), House(core.database, clock))
    front.employ()
    return front
