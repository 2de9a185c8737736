"""Property values as RFC 5545 wants them: text, addresses of pages and of people, and positions."""

import re
from typing import Any
from urllib.parse import quote

from icalendar import Component
from icalendar.prop import vCalAddress, vGeo, vText, vUri

from shared.languages import language_tag

_LINE_ENDS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_URI = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_URI_PATH = "@:/!$&'()*+,;=~"


class Text(vText):
    """TEXT (RFC 5545, 3.3.11) that keeps a backslash before a capital N, which icalendar 7.3 turns into a line end."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        return str(self).translate(_ESCAPES).encode()


class Position(vGeo):
    """GEO (RFC 5545, 3.8.1.6) with six decimals, never in the notation with an exponent that FLOAT does not know."""

    def to_ical(self) -> str:
        return f"{self.latitude:.6f};{self.longitude:.6f}"


def lines_of(component: Component) -> bytes:
    """The component's content lines, folded, each with CRLF (RFC 5545, 3.1)."""
    lines: bytes = component.to_ical()
    return lines


def printable(value: str) -> str:
    """Line ends as ``\\n``, and without the characters that no calendar can carry: controls and lone surrogates."""
    return _CONTROL.sub("", _LINE_ENDS.sub("\n", value))


def text(value: str, language: str = "") -> Text:
    """The value of a TEXT property; ``language`` is one of our codes."""
    parameters: dict[str, Any] = {"LANGUAGE": language_tag(language)} if language else {}
    return Text(printable(value), params=parameters)


def uri(value: str, **parameters: str) -> vUri:
    """The value of a URI property.

    Raises ``ValueError`` if it holds blanks, line ends or control characters.
    """
    if _NOT_IN_URI.search(value):
        raise ValueError(f"A URI holds no blanks, line ends or control characters; percent-encode them in {value!r}.")
    return vUri(value, params=parameters)


def mailto(email: str, **parameters: str) -> vCalAddress:
    """The value of ORGANIZER or ATTENDEE: ``email`` as a mailto URI (RFC 6068).

    Raises ``ValueError`` if it is no address or holds line ends or control characters.
    """
    if _NOT_IN_URI.search(email.replace(" ", "")):
        raise ValueError(f"An e-mail address holds no line ends or control characters: {email!r}.")
    name, at, domain = email.rpartition("@")
    if not (name and at and domain) or domain != domain.strip():
        raise ValueError(f"{email!r} is no e-mail address; write it as name@example.org.")
    return vCalAddress("mailto:" + quote(email, safe=_URI_PATH), params=parameters)


_NOT_IN_NAMES = str.maketrans({'"': "'", "\\": "/"})


def common_name(value: str) -> str:
    """A name for the CN parameter, on one line.

    A parameter cannot hold a double quote (RFC 5545, 3.2). Most clients do not know RFC 6868 and would show ``^'``,
    so an apostrophe takes its place. A backslash, which means itself there, hides what follows from libical: a slash
    takes its place.
    """
    return " ".join(printable(value).translate(_NOT_IN_NAMES).split())


def position(latitude: float | None, longitude: float | None) -> Position | None:
    """The value of GEO; ``None`` if neither is given. Degrees, north and east positive.

    Raises ``ValueError`` if one is missing or outside of -90 … 90 and -180 … 180.
    """
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise ValueError("A position needs both latitude and longitude, or neither.")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"Latitude is -90 to 90 and longitude -180 to 180, not {latitude} and {longitude}.")
    return Position((latitude, longitude))
