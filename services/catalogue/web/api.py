"""The JSON interface, ``/api/catalogue/v1``."""

from flask import Flask

from services.catalogue.models import AUDIT
from services.catalogue.web import api_reading, api_writing
from shared.web.api import Api
from shared.web.audit_api import make_audit_api


def register(app: Flask) -> None:
    api = Api(app, "catalogue", "Reihe: catalogue")
    api.register_blueprint(api_reading.bp)
    api.register_blueprint(api_writing.bp)
    api.register_blueprint(make_audit_api("catalogue", AUDIT))
