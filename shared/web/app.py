"""The base of every service's Flask application."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest, NotFound

from shared.web import assets, csrf, language
from shared.web.edge import PRIVATE, Edge
from shared.web.operations import register_operations
from shared.web.pages import set_up_templates
from shared.web.problems import register_errors
from shared.web.service import EXTENSION, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Layer = Callable[["WSGIApplication"], "WSGIApplication"]

MAX_BODY = 1024 * 1024
MAX_FORM_FIELDS = 2_000


class Application(Flask):
    """Flask, but for its look, before each call, whether a function is a coroutine: none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def make_app(service: Service, front: Layer | None = None) -> Flask:
    """An application with layout, languages, errors, CSRF, headers, health and metrics; the service adds its routes.

    ``front`` stands before the application and may answer in its place; behind the edge, so its answers are complete.
    """
    app = Application(f"services.{service.name}", root_path=str(service.package), static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_FORM_FIELDS,
        PREFERRED_URL_SCHEME=service.settings.base_url.split(":")[0],
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    app.extensions[EXTENSION] = service
    app.extensions[assets.EXTENSION] = assets.load_assets(service.settings.accent)
    app.before_request(_bound_body)
    app.before_request(_refuse_nul)
    language.remember_choice(app)
    csrf.protect(app)
    register_operations(app, service.name)
    register_errors(app)
    set_up_templates(app, service)
    app.register_blueprint(assets.bp)
    inner = front(app.wsgi_app) if front else app.wsgi_app
    app.wsgi_app = Edge(inner, service.name)  # type: ignore[method-assign]  # Flask's way to wrap an application
    return app


View = TypeVar("View", bound=Callable[..., Any])


def takes_files(size: int) -> Callable[[View], View]:
    """Mark a view whose form may hold so many bytes of files; other requests are bounded by ``MAX_BODY``."""

    def mark(view: View) -> View:
        view.largest_body = size + MAX_BODY  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


def _bound_body() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest_body", MAX_BODY)


def _refuse_nul() -> None:
    """No name and no question holds a NUL, and PostgreSQL takes none as text."""
    if "\0" in request.path:
        raise NotFound
    if request.query_string and any("\0" in name or "\0" in value for name, value in request.args.items(multi=True)):
        raise BadRequest


def keep_private() -> None:
    """This page stands behind a token or shows people: it is cached nowhere and its address is told to nobody."""
    request.environ[PRIVATE] = True
