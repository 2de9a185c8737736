"""An answer in words, for organisers' pages, tables and files."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from services.registration.questions import Question, Value
from shared.languages import Translator, babel_locale, localised
from shared.languages import text as _

YES, NO = _("yes"), _("no")


def in_words(question: Question, value: Value, translator: Translator, locale: str) -> str:
    """The answer as a reader of ``locale`` understands it; empty if there is none. An option shows its label."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return (YES if value else NO).in_language(translator)
    if isinstance(value, Mapping):
        return str(value["name"])
    if isinstance(value, list):
        return str(format_list([_label(question, key, locale) for key in value], locale=babel_locale(locale)))
    return _plain(question, value, locale)


def _plain(question: Question, value: Value, locale: str) -> str:
    if question.kind == "choice":
        return _label(question, value, locale)
    if question.kind == "date":
        return str(format_date(date.fromisoformat(value), format="medium", locale=babel_locale(locale)))
    if question.kind == "number":
        return str(format_decimal(value, locale=babel_locale(locale)))
    return str(value)


def _label(question: Question, key: str, locale: str) -> str:
    """Retired options are known too; a key that is not known any more stands for itself."""
    return next((localised(option.label, locale) for option in question.options if option.key == key), key)
