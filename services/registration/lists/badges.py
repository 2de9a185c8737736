"""Name badges on sheets of labels, as PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.registration.lists.signing import Line, Printed
from shared.languages import babel_locale, localised
from shared.languages import text as _
from shared.typesetting import Words, typeset

_TEMPLATE = Path(__file__).with_name("badges.typ")


@dataclass(frozen=True, slots=True)
class Labels:
    """A sheet of labels, in the middle of an A4 page; lengths in millimetres."""

    width: float
    height: float
    columns: int
    rows: int
    gap_x: float = 0
    gap_y: float = 0

    def as_words(self) -> Mapping[str, Words]:
        names = ("width", "height", "columns", "rows", "gap_x", "gap_y")
        return {name.replace("_", "-"): f"{getattr(self, name):g}" for name in names}


SHEETS: Mapping[str, Labels] = {
    "80x50": Labels(80, 50, 2, 5, 15, 5),
    "90x60": Labels(90, 60, 2, 4),
    "85x54": Labels(85, 54, 2, 5, 10),
    "63x38": Labels(63.5, 38.1, 3, 7, 2.5),
}
"""The sizes that shops sell as badges to stick on or to put into holders, the most usual first."""


def compile_badges(printed: Printed, lines: Sequence[Line], labels: Labels) -> bytes:
    """A badge for each person, as PDF/A-2a and PDF/UA-1.

    Raises :class:`InvalidError` for letters that the fonts lack.
    """
    locale = babel_locale(printed.reading.locale)
    words: dict[str, Words] = {
        "language": locale.language,
        "direction": locale.text_direction,
        "heading": _("Name badges").in_language(printed.reading.translator),
        "title": localised(printed.title, printed.reading.locale),
        "labels": labels.as_words(),
        "people": [_person(line) for line in lines],
    }
    return typeset(_TEMPLATE, words, {}, printed.made_at)


def _person(line: Line) -> Mapping[str, Words]:
    person = line.registration
    return {"first": person.first_name, "last": person.last_name, "organisation": person.organisation}
