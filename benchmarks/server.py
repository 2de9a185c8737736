"""A web process under load, with its limits beside it: ``/limit/hello`` is bare Flask, and in registration everything
below ``/limit`` is the same application once more, whose desks give a seat to everybody without asking a database."""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask

from services.catalogue import app as catalogue
from services.catalogue.settings import CatalogueSettings
from services.registration import app as registration
from services.registration.booking import Registered
from services.registration.desk import Desks, Take
from services.registration.settings import RegistrationSettings
from services.registration.states import State
from services.registration.web.desks import set_up_desks
from shared import logs
from shared.serve import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIMIT = "/limit"


def _catalogue() -> "BesideTheLimit":
    app = catalogue.create_app(catalogue.compose(CatalogueSettings.from_environment(os.environ)))
    return BesideTheLimit(app, _bare())


def _registration() -> "BesideTheLimit":
    core = registration.compose(RegistrationSettings.from_environment(os.environ))
    ceiling = registration.create_app(core)
    set_up_desks(ceiling, Desks(_seats_for_all, most_waiting=core.settings.desk_waiting))
    return BesideTheLimit(registration.create_app(core), ceiling)


def _seats_for_all(takes: Mapping[UUID, Take]) -> dict[UUID, list[Registered]]:
    return {
        event_id: [Registered(wish.registration_id, event_id, State.CONFIRMED, None) for wish in take()]
        for event_id, take in takes.items()
    }


def _bare() -> Flask:
    app = Flask("limit")

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    return app


BUILDERS: dict[str, Callable[[], "BesideTheLimit"]] = {"catalogue": _catalogue, "registration": _registration}


class BesideTheLimit:
    """The service's application, and below ``/limit`` another one."""

    def __init__(self, app: "WSGIApplication", limit: "WSGIApplication") -> None:
        self._app = app
        self._limit = limit

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(LIMIT):
            return self._app(environ, start_response)
        return self._limit({**environ, "PATH_INFO": path.removeprefix(LIMIT)}, start_response)


def main(service: str, bind: str, processes: str) -> int:
    logs.configure(service=service, level=logging.WARNING)
    return serve(BUILDERS[service], bind, processes=int(processes))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
