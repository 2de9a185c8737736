"""Reports of who was in a meeting, as Zoom, Teams and BigBlueButton write them: CSV in English or German."""

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from services.registration.models import EventSession
from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _
from shared.text import one_line, search_key

MOST_ROWS = 1000
MOST_COLUMNS = 40
LONGEST_CELL = 200
YEARS = range(2000, 2200)
"""In which meetings take place; at the ends of time, zones cannot be reckoned with."""

HEADINGS: Mapping[str, Collection[str]] = {
    "name": ("name", "full name", "name (original name)", "name (originalname)", "vollstandiger name", "teilnehmer"),
    "email": ("email", "e-mail", "user email", "benutzer-e-mail", "e-mail-adresse", "e-mail des benutzers"),
    "from": ("join time", "join", "first join", "beitrittszeit", "beitritt", "beigetreten", "erster beitritt"),
    "until": (
        *("leave time", "left", "leave", "last leave", "verlassen", "verlassenszeit", "austrittszeit"),
        *("zeitpunkt des verlassens", "zuletzt verlassen", "letztes verlassen"),
    ),
    "duration": (
        *("duration", "duration (minutes)", "total duration (minutes)", "in-meeting duration", "online time"),
        *("dauer", "dauer (minuten)", "gesamtdauer (minuten)", "dauer in besprechung", "online-zeit"),
    ),
}
"""As :func:`shared.text.search_key` folds them."""

_FORMATS = (
    *("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%y %I:%M:%S %p", "%m/%d/%y %I:%M %p"),
    *("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"),
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%y %H:%M:%S", "%d.%m.%y %H:%M"),
)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})")
_PARTS = re.compile(r"(\d{1,5}) ?(h|std|m|s)", re.IGNORECASE)
_SECONDS = {"h": 3600, "std": 3600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row of a report: somebody was there from then until then; None if that cannot be read.

    ``number`` is the line of the file.
    """

    number: int
    name: str
    email: str
    from_at: datetime | None
    until_at: datetime | None


def read_report(content: bytes, held: EventSession) -> list[Stretch]:
    """The rows of the file's last table of people, times as the clocks of the session's place show them.

    Where the file tells only how long somebody was there, it counts from the session's beginning. Raises
    :class:`InvalidError` (``file_refused``) for what is no such report.
    """
    rows = _rows(content)
    headers = [number for number, row in enumerate(rows) if _is_header(_fields(row))]
    if not headers:
        raise _refused(_("This is no report of a meeting. It needs columns for the name, and for times or a duration."))
    fields = _fields(rows[headers[-1]])
    found = []
    for number, row in enumerate(rows[headers[-1] + 1 :], start=headers[-1] + 2):
        values = {field: cell for field, cell in zip(fields, row, strict=False) if field}
        if values.get("name") or values.get("email"):
            found.append(_stretch(number, values, held))
    if not found:
        raise _refused(_("There is nobody in this file."))
    return found


def _rows(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    delimiter = max("\t;,", key=text.count)
    try:
        lines = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), MOST_ROWS + 1))
    except csv.Error as error:
        raise _refused(_("This file cannot be read. It must be a CSV file.")) from error
    if len(lines) > MOST_ROWS:
        raise _refused(_("This file has too many rows. Please send at most %(most)d at once.", most=MOST_ROWS))
    return [[one_line(cell)[:LONGEST_CELL] for cell in line[:MOST_COLUMNS]] for line in lines]


def _decoded(content: bytes) -> str:
    """UTF-16 as Teams writes it, UTF-8, or what Excel writes in Western Europe."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(_("This file cannot be read. It must be a CSV file."))


def _fields(row: Sequence[str]) -> list[str]:
    return [next((field for field, names in HEADINGS.items() if search_key(cell) in names), "") for cell in row]


def _is_header(fields: Sequence[str]) -> bool:
    return "name" in fields and ("from" in fields or "duration" in fields)


def _stretch(number: int, values: Mapping[str, str], held: EventSession) -> Stretch:
    begin = _moment(values["from"], held) if values.get("from") else held.starts_at
    end = _moment(values.get("until", ""), held)
    lasted = _lasted(values.get("duration", ""))
    if end is None and begin is not None and lasted is not None:
        end = begin + lasted
    return Stretch(number, values.get("name", ""), values.get("email", ""), begin, end)


def _moment(text: str, held: EventSession) -> datetime | None:
    """Of the days that it may mean (8/9 is in August or in September), the one nearest to the session."""
    zone = ZoneInfo(held.time_zone)
    meant = [moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC) for moment in _meanings(text)]
    return min(meant, key=lambda moment: abs(moment - held.starts_at), default=None)


def _meanings(text: str) -> list[datetime]:
    plain = one_line(text.replace(",", " "))
    found = []
    for form in (*_FORMATS, ""):
        try:
            # The clocks of the session's place, unless it says otherwise itself.
            found.append(datetime.strptime(plain, form) if form else datetime.fromisoformat(plain))  # noqa: DTZ007
        except ValueError:
            continue
    return [moment for moment in found if moment.year in YEARS]


def _lasted(text: str) -> timedelta | None:
    """``62`` minutes, ``1:02:03`` or ``1h 2m 3s``."""
    if text.isascii() and text.isdigit() and len(text) < 5:
        return timedelta(minutes=int(text))
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(int, clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    parts = _PARTS.findall(text)
    return timedelta(seconds=sum(int(n) * _SECONDS[unit.lower()] for n, unit in parts)) if parts else None


def _refused(text: Text) -> InvalidError:
    return InvalidError("file_refused", text, errors={"file": [text]})
