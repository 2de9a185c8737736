"""A series' people: what each of them attended, and what is missing for the certificate for the whole of it."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.lists.profiles import all_profiles
from services.registration.series import series_of
from services.registration.series_list import earners_of, participants_of, told_series
from services.registration.web.certificate_words import missing
from services.registration.web.organise_lists import UNCHOSEN, sent_lists, sent_pack
from services.registration.web.organise_room import guard
from services.registration.web.schemas import AttendanceQuery
from shared.audit import Subject
from shared.web.app import keep_private
from shared.web.schemas import load
from shared.web.service import this_service

READERS = ("organiser", "auditor")

bp = Blueprint("series_attendance", __name__, url_prefix="/organise/series/<uuid:series_id>/attendance")
bp.before_request(keep_private)
bp.before_request(guard(readers=READERS, writers=("organiser",)))


@bp.get("")
def attendance(series_id: UUID) -> ResponseReturnValue:
    sent = {name: request.args[name] for name in ("q", "cursor") if request.args.get(name)}
    query = load(AttendanceQuery(only=("q", "cursor")), sent)
    with this_service().database.read() as session:
        series = told_series(session, series_id)
        found = participants_of(session, series_id, **query)
        earned = earners_of(session, series_id)
        profiles = all_profiles(session)
    next_url = url_for(".attendance", series_id=series_id, q=query["q"] or None, cursor=found.next_cursor)
    return render_template(
        "registration/series_attendance.html",
        series=series,
        people=found.items,
        missing=missing,
        earned=earned,
        profiles=profiles,
        unchosen=UNCHOSEN,
        q=query["q"],
        first_url=url_for(".attendance", series_id=series_id, q=query["q"] or None) if query["cursor"] else "",
        next_url=next_url if found.next_cursor else "",
    )


@bp.get("/lists.pdf")
def lists(series_id: UUID) -> ResponseReturnValue:
    """To sign, over all modules: one person on one line."""
    with this_service().database.read() as session:
        series = series_of(session, series_id)
    return sent_lists(series.modules, series.title, series.slug, Subject("series", series_id))


@bp.get("/pack.zip")
def pack(series_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        series = series_of(session, series_id)
    return sent_pack(series.modules, series.title, series.slug, Subject("series", series_id))
