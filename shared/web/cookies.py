"""Signed cookies. Each has one name and one meaning; no service uses Flask's ``session``, for in one process three
apps would overwrite one cookie."""

from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from shared.web.service import this_service


def signed(name: str, value: Any) -> str:
    return str(_serializer(name).dumps(value))


def verified(name: str, raw: str | None) -> Any:
    """The value, or None if there is none or its signature does not fit."""
    if not raw:
        return None
    try:
        return _serializer(name).loads(raw)
    except BadSignature:
        return None


def set_cookie(
    response: Response,
    name: str,
    value: str,
    *,
    lasts: timedelta | None = None,
    path: str = "/",
    http_only: bool = True,
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        path=path,
        secure=this_service().settings.secure_cookies,
        httponly=http_only,
        samesite="Lax",
    )


def epoch_seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _serializer(name: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        list(reversed(this_service().settings.secret_keys)), salt=name
    )  # itsdangerous signs with the last
