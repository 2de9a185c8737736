"""How to subscribe to a feed, on a page of its own: where the QR codes lead, and who speaks leads from an event."""

from flask import Blueprint, Response, render_template, request

from services.catalogue.entries import selection_name
from services.catalogue.feed_stamps import FeedStamp, catalogue_stamp, event_stamp, series_stamp
from services.catalogue.web.queries import asked_selection
from services.catalogue.web.words import in_this_language
from shared.web import language
from shared.web.pages import localised_text
from shared.web.qr import qr_picture
from shared.web.service import now, this_service

bp = Blueprint("subscribing", __name__)

PICTURE_KEPT_SECONDS = 86_400


@bp.get("/subscribe")
def ways() -> str:
    stamp = _asked_feed()
    name = localised_text(stamp.title) or selection_name(stamp.selection, language.locale())
    return render_template("catalogue/subscribe.html", feed=stamp, name=name, query=_query(stamp))


@bp.get("/subscribe.svg")
def picture() -> Response:
    """A QR code that opens the page above on a phone."""
    path = in_this_language(f"/subscribe{_query(_asked_feed())}")
    response = qr_picture(f"{this_service().settings.base_url}{path}")
    response.headers["Cache-Control"] = f"public, max-age={PICTURE_KEPT_SECONDS}"
    return response


def _asked_feed() -> FeedStamp:
    """Of an event, a series, or what the catalogue is narrowed to. Raises :class:`NotFoundError`."""
    database = this_service().database
    if slug := request.args.get("event"):
        return event_stamp(database, slug, now())
    if slug := request.args.get("series"):
        return series_stamp(database, slug, now())
    return catalogue_stamp(database, now(), asked_selection())


def _query(stamp: FeedStamp) -> str:
    """What the same page is asked with."""
    if stamp.event_id is not None:
        return f"?event={stamp.page.rpartition('/')[2]}"
    if stamp.series_id is not None:
        return f"?series={stamp.page.rpartition('/')[2]}"
    return stamp.selection.query
