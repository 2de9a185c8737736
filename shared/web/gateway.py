"""The gateway of one process: hands each request to the service that :mod:`shared.web.routes` names."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from shared.web.routes import service_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Gateway:
    """A WSGI application over the services' applications, by name."""

    def __init__(self, apps: Mapping[str, "WSGIApplication"]) -> None:
        self._apps = apps

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._apps[service_for(environ.get("PATH_INFO", "/"))](environ, start_response)
