"""Languages: text that is translated where it is read, and content that exists in several languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Protocol

from babel import Locale
from babel.support import Translations

SOURCE_LOCALE = "en"
"""The language of the msgids: it needs no catalogue."""

FOR_ORGANISERS = ("de", "en")
"""The languages that every sentence exists in. All others have what participants read, and nothing more."""

FOR_PARTICIPANTS = (*FOR_ORGANISERS, "de-leicht", "fr", "tr", "uk", "ar")
"""The languages that participants can choose, where an installation does not restrict them."""

UNREVIEWED = frozenset({"de-leicht", "fr", "tr", "uk", "ar"})
"""Languages whose catalogues nobody who speaks them has approved yet. Organisers are shown which."""

NAMES = {
    "de": "Deutsch",
    "de-leicht": "Leichte Sprache",
    "en": "English",
    "fr": "Français",
    "tr": "Türkçe",
    "uk": "Українська",
    "ar": "العربية",
}
TAGS = {"de-leicht": "de-simple"}
"""How others are told of a language, where our code is not a tag of BCP 47: ``simple`` is in IANA's registry."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

Content = Mapping[str, str]
"""Organisers' content, ``{language: text}``."""


class Translator(Protocol):
    def gettext(self, message: str) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people, kept with its parameters until somebody's language is known."""

    msgid: str
    plural: str = ""
    count: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def in_language(self, translator: Translator) -> str:
        if self.plural:
            pattern = translator.ngettext(self.msgid, self.plural, self.count)
        else:
            pattern = translator.gettext(self.msgid)
        return pattern % {"num": self.count, **self.parameters} if self.parameters or self.plural else pattern

    def __str__(self) -> str:
        return self.in_language(NullTranslations())


def text(msgid: str, /, **parameters: object) -> Text:
    """Mark a sentence for the catalogues (import it ``as _``); ``%(name)s`` in it is filled from the parameters."""
    return Text(msgid, parameters=parameters)


def plural(singular: str, plural_form: str, num: int, /, **parameters: object) -> Text:
    """The same for a sentence with a number, ``%(num)d`` (import it ``as ngettext``)."""
    return Text(singular, plural_form, num, parameters)


@cache
def translations(locale: str, *directories: Path) -> NullTranslations:
    """The catalogues of a language, later directories first; what a variety does not say, its base language does."""
    merged: NullTranslations = Translations()
    for language in dict.fromkeys((locale.split("-", 1)[0], locale)):
        for directory in directories:
            found = Translations.load(str(directory), [language])
            if isinstance(found, Translations):
                found.add_fallback(merged)
                merged = found
    return merged


def best_language(content: Content, locale: str, fallbacks: Sequence[str] = ("de", "en")) -> str:
    """The language of the content that a reader of ``locale`` gets; empty if there is no content at all."""
    wanted = (locale, locale.split("-", 1)[0], *fallbacks, *content)
    return next((language for language in wanted if content.get(language)), "")


def localised(content: Content | None, locale: str) -> str:
    """The content for a reader of ``locale``, as plain text."""
    return content.get(best_language(content, locale), "") if content else ""


def babel_locale(locale: str) -> Locale:
    """Babel's locale of one of ours; a variety that Babel does not know (``de-leicht``) is its base language.

    English is written as in Europe, day before month and hours from 0 to 23: readers are there.
    """
    language = locale.split("-", 1)[0]
    return Locale.parse("en_GB" if language == "en" else language)


def language_tag(code: str) -> str:
    """What stands in ``lang``, in headers and in calendars (BCP 47)."""
    return TAGS.get(code, code).replace("_", "-")


def name_of_language(code: str, locale: str) -> str:
    """How readers of ``locale`` call a language; what it calls itself if they have no name for it, else its code."""
    return str(babel_locale(locale).languages.get(code) or NAMES.get(code, code))
