"""The organisers' own calendar: the page about it, and the feed for whoever has its secret address."""

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.catalogue import staff_calendar
from services.catalogue.accounts import find_account
from services.catalogue.staff_calendar import StaffCalendar
from services.catalogue.web.organise import actor, settings, signed_in
from shared.web import language
from shared.web.app import keep_private
from shared.web.private_feeds import private_feed
from shared.web.qr import qr_picture
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("organise_calendar", __name__)

OWN, ALL = "own", "all"


@bp.get("/organise/calendar")
def ways() -> str:
    keep_private()
    required_staff(*staff_calendar.ROLES)
    with this_service().database.read() as session:
        account = find_account(session, signed_in().account_id)
        address = _address(staff_calendar.token_of(account, settings()))
    feeds = {events: (f"{address}.ics?{_query(events)}", _picture(address, events)) for events in (OWN, ALL)}
    return render_template("catalogue/organise/calendar.html", own=feeds[OWN], everything=feeds[ALL])


@bp.post("/organise/calendar/renew")
def renew() -> AnyResponse:
    keep_private()
    required_staff(*staff_calendar.ROLES)
    with this_service().database.unit_of_work(now()) as uow:
        staff_calendar.renew(uow, signed_in().account_id, actor())
        uow.commit()
    return redirect(f"{url_for('organise_calendar.ways')}?renewed=yes", 303)


@bp.get("/staff-calendars/<token>.ics")
def feed(token: str) -> Response:
    """For calendars, which cannot sign in."""
    keep_private()
    wanted, locales = request.args.get("lang", ""), settings().locales
    with this_service().database.read() as session:
        account = staff_calendar.owner_of(session, token, settings())
        only_own = request.args.get("events") != ALL
        shown = staff_calendar.shown_to(session, account, now(), only_own=only_own)
    source = f"{_address(token)}.ics" if only_own else f"{_address(token)}.ics?events={ALL}"
    calendar = StaffCalendar(settings(), source, wanted if wanted in locales else locales[0], shown)
    return private_feed(calendar.revision, calendar.changed_at, calendar.content)


@bp.get("/staff-calendars/<token>")
def on_a_phone(token: str) -> str:
    """Where the QR codes lead: to the ways to subscribe, without signing in."""
    _open(token)
    events = request.args.get("events", "")
    feed_address = f"{_address(token)}.ics?{_query(events)}"
    return render_template(
        "catalogue/organise/calendar_ways.html", address=feed_address, picture=_picture(_address(token), events)
    )


@bp.get("/staff-calendars/<token>.svg")
def picture(token: str) -> Response:
    """A QR code that opens the page above on a phone."""
    _open(token)
    return qr_picture(f"{_address(token)}?{_query(request.args.get('events', ''))}")


def _open(token: str) -> None:
    keep_private()
    with this_service().database.read() as session:
        staff_calendar.owner_of(session, token, settings())


def _query(events: str) -> str:
    return urlencode({"events": ALL, "lang": language.locale()} if events == ALL else {"lang": language.locale()})


def _picture(address: str, events: str) -> str:
    return f"{address.removeprefix(settings().base_url)}.svg?{_query(events)}"


def _address(token: str) -> str:
    """Of all that the token opens, without its ending."""
    return f"{settings().base_url}/staff-calendars/{token}"
