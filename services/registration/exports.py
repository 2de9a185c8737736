"""Lists for spreadsheets: CSV as Excel reads it, with nothing in it that a spreadsheet would compute."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.registration.models import Registration
from shared.languages import Text, Translator
from shared.languages import text as _

BYTE_ORDER_MARK = "\ufeff"

COLUMNS: Sequence[Text] = (
    _("Place in line"),
    _("Last name"),
    _("First name"),
    _("E-mail"),
    _("Organisation"),
    _("State"),
    _("Language"),
    _("Registered at"),
)

STATE_NAMES: dict[str, Text] = {
    "pending": _("to be confirmed"),
    "confirmed": _("confirmed"),
    "waitlisted": _("on the waitlist"),
    "offered": _("seat offered"),
    "cancelled": _("cancelled"),
    "lapsed": _("lapsed"),
}

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def people_csv(registrations: Iterable[Registration], translator: Translator, time_zone: str) -> Iterator[bytes]:
    """UTF-8 with a byte order mark and semicolons, line by line; times as wall clock in ``time_zone``."""
    yield (BYTE_ORDER_MARK + _line([column.in_language(translator) for column in COLUMNS])).encode()
    for registration in registrations:
        yield _line(_cells(registration, translator, ZoneInfo(time_zone))).encode()


def _cells(registration: Registration, translator: Translator, zone: ZoneInfo) -> list[str]:
    return [
        str(registration.seq),
        registration.last_name,
        registration.first_name,
        registration.email,
        registration.organisation,
        STATE_NAMES[registration.state].in_language(translator),
        registration.locale,
        _wall_clock(registration.submitted_at, zone),
    ]


def _wall_clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([neutralised(cell) for cell in cells])
    return buffer.getvalue()


def neutralised(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA_STARTS) else cell
