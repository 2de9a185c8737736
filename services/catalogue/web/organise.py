"""The organisers' first page, and who may see and change what lies behind it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import Blueprint, render_template, request

from services.catalogue.listing import Wanted, events_page, published_events
from services.catalogue.models import Event
from services.catalogue.settings import CatalogueSettings
from shared.staff import Staff
from shared.vault import Vault
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("organise", __name__)

SOON = timedelta(days=14)
NEXT = 3
MOST_DRAFTS = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """What needs the organisers today.

    ``soon`` are going on or begin within two weeks, or are the next three; ``later`` is how many come after them.
    """

    drafts: list[Event]
    pending: list[Event]
    soon: list[Event]
    later: int


def guard() -> None:
    """Organisers may read and write, auditors may read. For ``before_request`` of each blueprint of the organisers."""
    if request.method in ("GET", "HEAD"):
        required_staff("organiser", "auditor")
    else:
        required_staff("organiser")


def settings() -> CatalogueSettings:
    return cast("CatalogueSettings", this_service().settings)


def vault() -> Vault:
    """What seals the secrets of second factors."""
    return Vault(settings().second_factor_keys)


def actor() -> str:
    """Who is acting, as the use cases write it down."""
    return str(signed_in().account_id)


def signed_in() -> Staff:
    return required_staff()


bp.before_request(guard)


@bp.get("/organise")
def overview() -> str:
    return render_template("catalogue/organise/overview.html", overview=_overview())


def _overview() -> Overview:
    with this_service().database.read() as session:
        coming = published_events(session, now())
        drafts = events_page(session, Wanted(states=("draft",)), limit=MOST_DRAFTS).items
    soon = [event for event in coming if event.listed_at < now() + SOON] or coming[:NEXT]
    pending = [event for event in coming if event.has_pending_revision]
    return Overview(drafts=drafts, pending=pending, soon=soon, later=len(coming) - len(soon))
