"""Statistics: all events of a year in numbers, and those of one event in its room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from services.registration.acts import note_statistics_export
from services.registration.figures import CLOSED_AFTER, Counted, Figures, counted, latest_begun, total, years
from services.registration.small_numbers import SMALLEST, Breakdown
from services.registration.web.organise_room import guard, known_event, room_of
from shared.languages import Text, babel_locale, name_of_language
from shared.languages import text as _
from shared.spreadsheets import XLSX, Cell, Table, csv_lines, xlsx_file
from shared.web.app import keep_private
from shared.web.language import locale, say
from shared.web.pages import localised_text
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

READERS = ("organiser", "auditor")

bp = Blueprint("statistics", __name__, url_prefix="/organise/statistics")
bp.before_request(keep_private)
bp.before_request(guard(readers=READERS, writers=()))

reports = Blueprint("reports", __name__, url_prefix="/reports")
reports.before_request(guard(readers=READERS, writers=()))

NAMES: dict[str, Text] = {
    "registered": _("Registered"),
    "confirmed": _("With a seat"),
    "attended": _("Attended"),
    "no_show": _("Did not come"),
    "waiting": _("Without a seat"),
    "cancelled": _("Cancelled or lapsed"),
}
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """``percent`` of the longest in its chart, 0 to 100."""

    name: str
    number: int
    percent: int


@bp.get("")
def year() -> str:
    wanted = _wanted_year()
    with this_service().database.read() as session:
        all_years = years(session)
        shown = wanted or latest_begun(all_years, now())
        found = counted(session, year=shown) if shown else []
        return render_template(
            "registration/statistics.html",
            years=all_years,
            year=shown,
            groups=list(_by_series(found)),
            **_summary(found),
        )


@bp.get("/export.csv")
def export_csv() -> Response:
    table = _exported()
    response = Response(csv_lines(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="statistics.csv"'
    return response


@bp.get("/export.xlsx")
def export_xlsx() -> Response:
    return send_file(xlsx_file(_exported()), mimetype=XLSX, as_attachment=True, download_name="statistics.xlsx")


@reports.get("")
def event(event_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        known_event(session, event_id)
        found = counted(session, event_id=event_id)
        return render_template(
            "registration/reports.html", room=room_of(found[0].event), one=found[0], **_summary(found)
        )


def _wanted_year() -> int | None:
    asked = request.args.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None


def _summary(found: Sequence[Counted]) -> dict[str, object]:
    figures = total([one.figures for one in found])
    return {
        "found": found,
        "figures": figures,
        "new": sum(one.new for one in found),
        "by_state": _bars([(say(name), getattr(figures, key)) for key, name in NAMES.items()]),
        "by_place": _broken_down(figures.places, say(_("Elsewhere, or not known"))),
        "by_language": _broken_down(_named_languages(figures.languages), say(_("Other languages"))),
        "hours": _hours,
        "smallest": SMALLEST,
        "days": CLOSED_AFTER.days,
    }


def _by_series(found: Sequence[Counted]) -> Iterator[tuple[str, list[Counted], Figures]]:
    """Each series with its events and their sum, then the events that are part of none."""
    titles = {one.event.series_id: one.event.series for one in found if one.event.series}
    for series_id in dict.fromkeys([*titles, None]):
        events = [one for one in found if one.event.series_id == series_id]
        if events:
            series = titles.get(series_id)
            title = localised_text(series["title"]) if series else say(_("Events on their own"))
            yield title, events, total([one.figures for one in events])


def _broken_down(breakdown: Breakdown, others: str) -> list[Bar]:
    named = sorted(breakdown.named.items(), key=lambda one: (-one[1], one[0]))
    rest = breakdown.others + sum(number for _name, number in named[MOST_BARS:])
    return _bars([*named[:MOST_BARS], *([(others, rest)] if rest else [])])


def _bars(numbers: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max((number for _name, number in numbers), default=0)
    return [Bar(name, number, round(100 * number / most) if most else 0) for name, number in numbers]


def _named_languages(languages: Breakdown) -> Breakdown:
    named = {name_of_language(code, locale()): number for code, number in languages.named.items()}
    return Breakdown(named, languages.others)


def _hours(minutes: int) -> str:
    return format_decimal(minutes / 60, format="#,##0.#", locale=babel_locale(locale()))


def _exported() -> Table:
    wanted = _wanted_year()
    with this_service().database.unit_of_work(now()) as uow:
        rows = [_row(one) for one in counted(uow.session, year=wanted)]
        note_statistics_export(uow, required_staff().account_id, year=wanted)
        uow.commit()
    header = [
        *(say(one) for one in (_("Training series"), _("Event"), _("Begins"))),
        *(say(name) for name in NAMES.values()),
        *(
            say(one)
            for one in (_("Minutes offered"), _("Minutes attended"), _("Organisations"), _("New organisations"))
        ),
    ]
    return Table(say(_("Statistics")), header, rows)


def _row(one: Counted) -> list[Cell]:
    series, figures = one.event.series, one.figures
    return [
        localised_text(series["title"]) if series else "",
        localised_text(one.event.title),
        one.event.starts_at.astimezone(ZoneInfo(one.event.time_zone)),
        *(getattr(figures, name) for name in NAMES),
        figures.minutes_offered,
        figures.minutes_attended,
        figures.reached,
        one.new,
    ]
