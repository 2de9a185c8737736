"""The page of components, for whoever builds pages: each as it looks here, now. Only while developing."""

from datetime import timedelta

from flask import Blueprint, render_template

from services.catalogue.web.organise import guard, settings
from shared.languages import NAMES
from shared.languages import text as _
from shared.web.service import now

bp = Blueprint("organise_styleguide", __name__)
bp.before_request(guard)

COLOURS = (
    "paper",
    "surface",
    "sunken",
    "ink",
    "ink-soft",
    "line",
    "line-strong",
    "highlight",
    "success",
    "warning",
    "danger",
)
STATES = ("draft", "published", "cancelled", "pending", "confirmed", "waitlisted", "offered", "lapsed")


@bp.get("/organise/styleguide")
def components() -> str:
    return render_template(
        "catalogue/organise/styleguide.html",
        colours=COLOURS,
        states=STATES,
        begins=now(),
        ends=now() + timedelta(hours=3),
        languages=[(code, NAMES[code]) for code in settings().locales],
        city="Bochum",
        errors={"wrong": [_("Please fill this in.")]},
    )
