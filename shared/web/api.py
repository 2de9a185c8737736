"""flask-smorest behind one typed door: problem+json errors, 415 before parsing, OpenAPI 3.1, rights per operation."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Flask, Request, render_template, request
from marshmallow import Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from shared.errors import UnreadableError
from shared.languages import text as _
from shared.web.schemas import flat, instance_of, invalid
from shared.web.sign_in import required_staff

PROBLEM = "application/problem+json"

View = TypeVar("View", bound=Callable[..., Any])


class ProblemSchema(Schema):
    """RFC 9457, with a stable ``code`` and, for 422, what is wrong with which field."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    request_id = fields.String()


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Schema) -> Any:
        if not is_json_request(req):
            raise UnsupportedMediaType
        try:
            return super().load_json(req, schema)
        except RecursionError as error:
            # Brackets by the thousand; nobody who means well nests like that.
            raise _malformed() from error

    def _handle_invalid_json_error(self, error: Exception, req: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise _malformed() from error

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **kwargs: Any) -> NoReturn:
        messages = error.messages
        if isinstance(messages, dict) and len(messages) == 1:
            # webargs nests everything under the location's name
            messages = next(iter(messages.values()))
        raise invalid(flat(messages)) from error


def _malformed() -> UnreadableError:
    return UnreadableError("malformed_json", _("The body is not valid JSON."))


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no annotations
    """Routes of an API. Every operation documents the problem that any refusal answers with."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, import_name: str, **kwargs: Any) -> None:
        super().__init__(name, import_name, **kwargs)
        self._prepare_doc_cbks.append(_document_problems)

    # flask-smorest has no annotations; without these, every decorated view would lose its own.

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        decorator: Callable[[View], View] = super().route(rule, **options)
        return decorator

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Callable[[View], View]:
        # webargs would make an instance of a class anew for each request
        made = instance_of(schema) if isinstance(schema, type) else schema
        decorator: Callable[[View], View] = super().arguments(made, **options)
        return decorator

    def response(
        self, status: int, schema: type[Schema] | Schema | dict[str, Any] | None = None, **options: Any
    ) -> Callable[[View], View]:
        """``schema`` as a dictionary describes what is not JSON (a file), and leaves the view's response as it is."""
        decorator: Callable[[View], View] = super().response(status, schema, **options)
        return decorator

    def staff(self, *roles: str) -> Callable[[View], View]:
        """Only for holders of an API token with one of these roles."""

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                required_staff(*roles)
                return view(*args, **kwargs)

            documented: View = self.doc(security=[{"token": []}])(guarded)
            return documented

        return decorate


def _document_problems(doc: dict[str, Any], _info: Any, **_kwargs: Any) -> dict[str, Any]:
    doc.setdefault("responses", {})["default"] = "DEFAULT_ERROR"
    return doc


def _property_names(converter: Any, field: fields.Field[Any], **_kwargs: Any) -> dict[str, Any]:
    """What the keys of a dictionary look like: apispec describes only its values."""
    keys = field.key_field if isinstance(field, fields.Dict) else None
    return {} if keys is None else {"propertyNames": converter.field2property(keys)}


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no annotations
    """One service's API at ``/api/<service>/v1``, its description at ``…/openapi.json`` and, readable, at ``…/``."""

    def __init__(self, app: Flask, service: str, title: str) -> None:
        prefix = f"/api/{service}/v1"
        app.config.update(
            API_TITLE=title,
            API_VERSION="v1",
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX=prefix,
            OPENAPI_JSON_PATH="openapi.json",
        )
        super().__init__(app, spec_kwargs={"servers": [{"url": "/"}]})
        self.ma_plugin.converter.add_attribute_function(_property_names)
        self.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        app.add_url_rule(f"{prefix}/", "api_reference", lambda: render_template("api.html", spec=self.spec.to_dict()))

    def _register_error_handlers(self) -> None:
        """Errors are the application's own (:mod:`shared.web.problems`)."""

    def _register_responses(self) -> None:
        described = [(status.name, status.phrase, status >= HTTPStatus.BAD_REQUEST) for status in HTTPStatus]
        for name, phrase, is_problem in [*described, ("DEFAULT_ERROR", "Refused, with the reason", True)]:
            response: dict[str, Any] = {"description": phrase}
            if is_problem:
                response["content"] = {PROBLEM: {"schema": ProblemSchema}}
            self.spec.components.response(name, response, lazy=True)


def request_digest_source() -> bytes:
    """The request's JSON body in one canonical spelling, for comparing two requests with one idempotency key."""
    return json.dumps(request.get_json(), sort_keys=True, ensure_ascii=False).encode()
