"""The desks of this process, as its views reach them."""

from typing import cast

from flask import Flask, current_app

from services.registration.desk import Desks

EXTENSION = "reihe-desks"


def set_up_desks(app: Flask, desks: Desks) -> None:
    app.extensions[EXTENSION] = desks


def desks() -> Desks:
    return cast("Desks", current_app.extensions[EXTENSION])
