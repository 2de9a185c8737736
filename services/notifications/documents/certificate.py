"""The certificate as a document: what it says in the person's language, and how it becomes a PDF."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal
from babel.units import format_unit

from shared import formats
from shared.bounded_typesetting import bounded
from shared.languages import babel_locale
from shared.typesetting import Words, typeset

ACCENT = "#0c5a60"
TEACHING_UNIT = timedelta(minutes=45)

TEMPLATE = Path(__file__).with_name("certificate.typ")
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_MASK = 4
_PHOTO = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class AttendedSession:
    """``starts_at`` and ``ends_at`` are aware; they are printed in ``time_zone`` (an IANA name).

    ``attended`` is for how long somebody was there, if not all the time; it counts where there are no teaching units.
    """

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    title: str
    teaching_units: float | None
    attended: timedelta | None = None

    @property
    def local(self) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self.time_zone)
        return self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)

    @property
    def duration(self) -> timedelta:
        if self.teaching_units is not None:
            return self.teaching_units * TEACHING_UNIT
        if self.attended is not None:
            return self.attended
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """Plain text throughout, at least one session, in the order to print; what does not apply is empty.

    ``logo_line`` is the funder's, ``text`` one more paragraph; ``signature_image`` and ``logo_image`` are PNG or JPEG.
    """

    number: str
    code: str
    verify_url: str
    name: str
    organisation: str
    title: str
    series_title: str
    sessions: tuple[AttendedSession, ...]
    contents: tuple[str, ...]
    speakers: tuple[str, ...]
    place: str
    issuer: str
    signatory: str
    signatory_role: str
    logo_line: str
    issued_at: datetime
    locale: str
    signature_image: bytes | None = None
    logo_image: bytes | None = None
    text: str = ""

    def __post_init__(self) -> None:
        for field in ("number", "code", "verify_url", "name", "title", "issuer", "signatory"):
            if not any(map(str.isalnum, getattr(self, field))):
                raise ValueError(f"A certificate needs {field}, but it has neither letter nor digit.")
        if not self.sessions:
            raise ValueError("A certificate needs at least one attended session.")
        for picture in ("signature_image", "logo_image"):
            image = getattr(self, picture)
            if image is not None and not image.startswith(_PHOTO):
                raise ValueError(f"{picture} is neither PNG nor JPEG: export it as one of them.")


def compile_certificate(
    content: CertificateContent, translate: Callable[[str], str], *, accent: str = ACCENT, template: str = ""
) -> bytes:
    """The certificate as PDF/A-2a and PDF/UA-1, A4; the same bytes for the same content and translations.

    ``translate`` is a catalogue's ``gettext`` for ``content.locale``; ``accent`` is ``#rrggbb`` and legible on white.
    A ``template`` that is not ours gets the same words and images, in a process of its own.

    Raises:
        InvalidError: a text has letters that the fonts lack; ``errors`` says where (``name``, ``sessions.0.title``).
        ValueError: the accent is no such colour, or the address to check is too long for a QR code.
        TemplateFaultError: the template is not ours and makes no document.
        typst.TypstError: one of the images is broken.
    """
    if not _COLOUR.fullmatch(accent):
        raise ValueError(f"accent is {accent!r}, it must be a colour such as {ACCENT}.")
    locale = babel_locale(content.locale)
    words = {
        "language": locale.language,
        "direction": locale.text_direction,
        "accent": accent,
        "labels": _labels(translate) | {"at": _at(content, translate)},
        **_what_and_who(content),
        **_when(content, locale),
        **_hours(content, locale),
    }
    if template:
        return typeset(template.encode(), words, _images(content), content.issued_at, bounded())
    return typeset(TEMPLATE, words, _images(content), content.issued_at)


def _images(content: CertificateContent) -> dict[str, bytes]:
    drawing = io.BytesIO()
    # Readers take any mask (ISO/IEC 18004); to try all eight would take as long as to set the page.
    code = segno.make_qr(content.verify_url, error="m", mask=_MASK)
    code.save(drawing, kind="svg", border=0, xmldecl=False)  # the layout leaves the quiet zone of four modules
    images = {"qr": drawing.getvalue(), "signature": content.signature_image, "logo": content.logo_image}
    return {name: image for name, image in images.items() if image is not None}


def _labels(translate: Callable[[str], str]) -> dict[str, Words]:
    _ = translate
    return {
        "heading": _("Certificate of attendance"),
        # Stands above the person's name. Below it come "at the event" or "in the series" and the title.
        "attendance_of": _("We confirm the attendance of"),
        "part_of": _("Part of the series: %(series)s"),
        "period": _("When"),
        "place": _("Where"),
        "teaching_units": _("Teaching units"),
        "unit": _("45 minutes each"),
        "duration": _("Duration"),
        "date": _("Date"),
        "time": _("Time"),
        "session": _("Session"),
        "total": _("Total"),
        "contents": _("Contents"),
        "speakers": _("Speakers"),
        "issued": _("Issued on %(date)s"),
        "verify": _("Is this certificate genuine?"),
        "verify_how": _("Scan the code, or open this address:"),
        "number": _("Certificate no. %(number)s"),
        "code": _("Code %(code)s"),
        "page": _("Page %(page)s of %(pages)s"),
        "qr_alt": _("QR code with the address %(url)s"),
        "signature_alt": _("Signature of %(name)s"),
        "logo_alt": _("Logo of %(name)s"),
    }


def _at(content: CertificateContent, translate: Callable[[str], str]) -> str:
    _ = translate
    return _("in the series") if content.title == content.series_title else _("at the event")


def _what_and_who(content: CertificateContent) -> dict[str, Words]:
    return {
        "number": content.number,
        "code": content.code,
        "verify_url": content.verify_url,
        "name": content.name,
        "organisation": content.organisation,
        "title": content.title,
        "series_title": "" if content.title == content.series_title else content.series_title,
        "contents": content.contents,
        "speakers": content.speakers,
        "place": content.place,
        "issuer": content.issuer,
        "signatory": content.signatory,
        "signatory_role": content.signatory_role,
        "logo_line": content.logo_line,
        "text": content.text,
    }


def _when(content: CertificateContent, locale: Locale) -> dict[str, Words]:
    """The first and last day attended, and the day of issue where the last session was."""
    first = min(content.sessions, key=lambda session: session.starts_at)
    last = max(content.sessions, key=lambda session: session.ends_at)
    return {
        "period": _days(first.local[0], last.local[1], "yMMMd", locale),
        "issued_on": format_date(content.issued_at.astimezone(ZoneInfo(last.time_zone)), "long", locale=locale),
    }


def _hours(content: CertificateContent, locale: Locale) -> dict[str, Words]:
    """Teaching units where every session states them, else hours and minutes."""
    units = [session.teaching_units for session in content.sessions if session.teaching_units is not None]
    durations = [session.duration for session in content.sessions]
    in_units = len(units) == len(durations)
    if in_units:
        lengths = [format_decimal(number, locale=locale) for number in [*units, sum(units)]]
    else:
        lengths = [duration(length, locale) for length in [*durations, sum(durations, timedelta())]]
    rows = zip(content.sessions, lengths, strict=False)  # the last length is the total
    return {
        "in_units": in_units,
        "sessions": [_row(session, length, content.locale) for session, length in rows],
        "total": lengths[-1],
    }


def _row(session: AttendedSession, length: str, locale: str) -> dict[str, Words]:
    starts, ends = (formats.time(moment, locale, session.time_zone) for moment in (session.starts_at, session.ends_at))
    return {
        "days": _days(*session.local, "yMMMEd", babel_locale(locale)),
        "time": f"{starts}–{ends}",
        "title": session.title,
        "length": length,
    }


def _days(starts: datetime, ends: datetime, skeleton: str, locale: Locale) -> str:
    return format_interval(starts.date(), ends.date(), skeleton, locale=locale)


def duration(length: timedelta, locale: Locale) -> str:
    """For example ``4 Std. 30 Min.``."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    parts = [(hours, "duration-hour"), (minutes, "duration-minute")]
    shown = [format_unit(count, unit, "short", locale=locale) for count, unit in parts if count]
    return " ".join(shown) or format_unit(0, "duration-minute", "short", locale=locale)
