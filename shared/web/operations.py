"""Health, readiness and metrics. In one process they stand under ``/ops/<service>/``."""

import os
from typing import Any

from flask import Blueprint, Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.logs import get_logger
from shared.web.service import this_service

log = get_logger(__name__)


def register_operations(app: Flask, service: str) -> None:
    app.register_blueprint(_blueprint("operations"))
    app.register_blueprint(_blueprint("ops"), url_prefix=f"/ops/{service}")


def _blueprint(name: str) -> Blueprint:
    bp = Blueprint(name, __name__)
    bp.add_url_rule("/healthz", view_func=healthz)
    bp.add_url_rule("/readyz", view_func=readyz)
    bp.add_url_rule("/metrics", view_func=metrics)
    return bp


def healthz() -> Response:
    """The process answers."""
    return jsonify(service=this_service().name, status="ok")


def readyz() -> tuple[Response, int]:
    """200 or 503 by the database alone; the ages of what waits in outbox and inbox are information."""
    service = this_service()
    try:
        with service.database.read() as session:
            session.execute(text("SELECT 1"))
        waiting: dict[str, Any] = service.pulse()
    except SQLAlchemyError as error:
        log.error("not_ready", error=type(error).__name__)
        return jsonify(service=service.name, status="database unreachable"), 503
    return jsonify(service=service.name, status="ready", **waiting), 200


def metrics() -> Response:
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """Over all processes of a gunicorn, where it says which directory they share."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated
    return registry
