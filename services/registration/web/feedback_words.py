"""What the survey asks, in the words of its pages, tables and files."""

from collections.abc import Mapping

from services.registration.feedback import NO_RATING
from shared.languages import Text
from shared.languages import text as _

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
