"""What organisers may word themselves: the template of each letter, its built-in words, and placeholders.

A placeholder is a name in braces, such as ``{title}``. It is replaced once, by text: what stands in a value is never
read as a placeholder again, and nothing can be called or looked up. Braces mean nothing else, so that a mistyped one is
found.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notifications.reader import Reader
from shared.languages import Text
from shared.languages import text as _
from shared.text import one_line

PLACEHOLDERS: Mapping[str, Text] = {
    "name": _("the person’s name"),
    "title": _("the title of the event or series"),
    "when": _("day and hours of the first session that is still to come"),
    "where": _("the address, or that it is online"),
    "deadline": _("until when an answer is awaited"),
    "standing": _("how the registration stands, with the number on the waitlist"),
    "number": _("the number of the certificate"),
    "date": _("the day of the session"),
}
"""All that there are, each with what it becomes; a template knows some of them."""

OF_EVENT = ("name", "title", "when", "where")
OF_SERIES = ("name", "title")

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")

PARTS = ("subject", "heading", "text", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The words of one kind of letter around what is ours: greeting, facts, button, sentences about the calendar.

    ``text`` stands above the facts, ``closing`` below the button, a paragraph each. ``name`` is what organisers call
    it. ``needed`` are placeholders without which ``text`` would leave out what people have to know.
    """

    key: str
    name: Text
    subject: Text
    heading: Text
    text: tuple[Text, ...] = ()
    closing: tuple[Text, ...] = ()
    placeholders: tuple[str, ...] = OF_EVENT
    needed: tuple[str, ...] = ()

    def built_in(self, reader: Reader) -> Mapping[str, str]:
        """The words of each part in a language, with placeholders; paragraphs with an empty line between them."""
        return {
            "subject": reader.say(self.subject),
            "heading": reader.say(self.heading),
            "text": "\n\n".join(map(reader.say, self.text)),
            "closing": "\n\n".join(map(reader.say, self.closing)),
        }

    def fault(self, part: str, pattern: str) -> Text | None:
        """What is wrong with words for a part, in a sentence that says what is right; None if they can be used."""
        allowed = listed(self.placeholders)
        rest = _PLACEHOLDER.sub("", pattern)
        if "{" in rest or "}" in rest:
            return _(
                "Braces stand only around a placeholder, without spaces: {name}. You can use: %(allowed)s.",
                allowed=allowed,
            )
        used = _PLACEHOLDER.findall(pattern)
        unknown = [name for name in used if name not in self.placeholders]
        if unknown:
            return _(
                "%(unknown)s is not known here. You can use: %(allowed)s.", unknown=listed(unknown), allowed=allowed
            )
        missing = [name for name in self.needed if name not in used] if part == "text" and pattern else []
        if missing:
            return _(
                "Please use %(missing)s too: without it people would not learn something that they need.",
                missing=listed(missing),
            )
        return None


def listed(names: Sequence[str]) -> str:
    """For example ``{name}, {title}``."""
    return ", ".join(f"{{{name}}}" for name in dict.fromkeys(names))


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with values in the places of its placeholders, each on one line.

    Raises ``KeyError`` for a placeholder without a value.
    """
    return _PLACEHOLDER.sub(lambda found: one_line(values[found[1]]), pattern)


def paragraphs(pattern: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The same as paragraphs, without empty ones."""
    filled_in = (filled(part, values).strip() for part in _BETWEEN_PARAGRAPHS.split(pattern))
    return tuple(part for part in filled_in if part)
