"""From a letter to the two bodies of a mail: plain text and HTML, by templates of their own."""

from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from services.notifications.letters.letter import Letter
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.languages import Content, best_language, language_tag

TEMPLATES = Path(__file__).parent / "templates"
ACCENT = "#0c5a60"
"""The colour of an installation that has set none; white on it can be read."""


@dataclass(frozen=True, slots=True)
class Composed:
    text: str
    html: str


def compose(letter: Letter, reader: Reader, settings: NotificationsSettings) -> Composed:
    """Both bodies, with the person's links as placeholders.

    Many letters differ in nothing but whom they greet: those are rendered once.
    """
    shared = replace(letter, greeting=_GREETING, template=None, values={})
    text, html = _rendered(_Shared(repr(shared), shared), reader, settings)
    return Composed(text.replace(_GREETING, letter.greeting), html.replace(_GREETING, escape(letter.greeting)))


_GREETING = "\0greeting\0"
"""Stands for it while nobody is greeted yet; no text holds such signs."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """A letter to anybody. ``content`` is all that it says, so that the same is known again."""

    content: str
    letter: Letter = field(compare=False)


@lru_cache(maxsize=64)
def _rendered(shared: _Shared, reader: Reader, settings: NotificationsSettings) -> tuple[str, str]:
    """Text and HTML."""
    environment = _environment(reader)
    accent = settings.accent or ACCENT
    context = {"letter": shared.letter, "reader": reader, "installation": settings, "accent": accent}
    text = environment.get_template("notifications/letters/letter.txt").render(context)
    html = environment.get_template("notifications/letters/letter.html").render(context)
    return f"{text.strip()}\n", html


@cache
def _environment(reader: Reader) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translator = reader.translator
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        translator.gettext, translator.ngettext, newstyle=True
    )
    environment.filters.update(
        read=reader.read, marked=lambda content: _marked(content, reader), language_tag=language_tag
    )
    return environment


def _marked(content: Content, reader: Reader) -> Markup:
    """Content as HTML; where it is in another language than the mail, marked with ``lang``."""
    found = best_language(content, reader.locale)
    if found in ("", reader.locale):
        return Markup.escape(reader.read(content))
    return Markup('<span lang="{}">{}</span>').format(language_tag(found), content[found])
