"""The JSON interface, ``/api/catalogue/v1``."""

from flask import Flask

from services.catalogue.web import api_reading, api_writing
from shared.web.api import Api


def register(app: Flask) -> None:
    api = Api(app, "catalogue", "Reihe: catalogue")
    api.register_blueprint(api_reading.bp)
    api.register_blueprint(api_writing.bp)
