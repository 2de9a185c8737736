"""A web process under load, with the limits beside the real routes: ``/limit/hello`` is bare Flask, ``/limit/validate``
is the registration form's validation and answer without a database."""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, request

from services.catalogue import app as catalogue
from services.catalogue.settings import CatalogueSettings
from services.registration import app as registration
from services.registration.settings import RegistrationSettings
from services.registration.web.schemas import WishSchema
from shared import logs
from shared.serve import serve
from shared.web.schemas import load

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def _catalogue() -> Flask:
    return catalogue.create_app(catalogue.compose(CatalogueSettings.from_environment(os.environ)))


def _registration() -> Flask:
    app = registration.create_app(registration.compose(RegistrationSettings.from_environment(os.environ)))

    @app.post("/api/registration/v1/limit")
    def validate_only() -> tuple[Response, int]:
        wish = load(WishSchema(), request.get_json())
        return jsonify(id=wish["email"], state="confirmed"), 201

    return app


def _bare() -> Flask:
    app = Flask("limit")

    @app.get("/limit/hello")
    def hello() -> str:
        return "hello"

    return app


BUILDERS: dict[str, Callable[[], Flask]] = {"catalogue": _catalogue, "registration": _registration}


class BesideTheLimit:
    """The service's application, and bare Flask below ``/limit``."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._limit = _bare()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        app = self._limit if environ["PATH_INFO"].startswith("/limit") else self._app
        return app(environ, start_response)


def main(service: str, bind: str, processes: str) -> int:
    logs.configure(service=service, level=logging.WARNING)
    return serve(lambda: BesideTheLimit(BUILDERS[service]()), bind, processes=int(processes))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
