"""What the survey asks, in the words of its pages, tables and files."""

from collections.abc import Iterator, Mapping

from services.registration.feedback import NO_RATING, RATED, TOLD, Results
from shared.languages import Text, Translator
from shared.languages import text as _
from shared.spreadsheets import Cell

QUESTIONS: Mapping[str, Text] = {
    "overall": _("How was the event all in all?"),
    "content": _("How useful is what you learned?"),
    "organisation": _("How well was it organised?"),
    "language": _("How well could you understand the language?"),
    "helped": _("What helped you most?"),
    "improve": _("What should we do better?"),
}
RATING_NAMES: Mapping[str, Text] = {
    "5": _("5 – very good"),
    "4": _("4 – good"),
    "3": _("3 – fair"),
    "2": _("2 – poor"),
    "1": _("1 – very poor"),
    NO_RATING: _("No answer"),
}


def rows_of(results: Results, translator: Translator) -> Iterator[list[Cell]]:
    """Question, answer, and how many: questions one by one, so that no row holds all that one person said."""
    if not results.answers:
        return
    for name in RATED:
        for rating, text in RATING_NAMES.items():
            yield [QUESTIONS[name].in_language(translator), text.in_language(translator), results.ratings[name][rating]]
    for name in TOLD:
        for said in results.texts[name]:
            yield [QUESTIONS[name].in_language(translator), said, None]
