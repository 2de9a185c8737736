"""From a letter to the two bodies of a mail: plain text and HTML, by templates of their own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from services.notifications.letters.letter import Letter
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.languages import Content, best_language

TEMPLATES = Path(__file__).parent / "templates"
ACCENT = "#0c5a60"
"""The colour of an installation that has set none; white on it can be read."""


@dataclass(frozen=True, slots=True)
class Composed:
    text: str
    html: str


def compose(letter: Letter, reader: Reader, settings: NotificationsSettings) -> Composed:
    """Both bodies, with the person's links as placeholders."""
    environment = _environment(reader)
    context = {"letter": letter, "reader": reader, "installation": settings, "accent": settings.accent or ACCENT}
    text = environment.get_template("notifications/letters/letter.txt").render(context)
    html = environment.get_template("notifications/letters/letter.html").render(context)
    return Composed(f"{text.strip()}\n", html)


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
    environment.filters.update(read=reader.read, marked=lambda content: _marked(content, reader))
    return environment


def _marked(content: Content, reader: Reader) -> Markup:
    """Content as HTML; where it is in another language than the mail, marked with ``lang``."""
    found = best_language(content, reader.locale)
    if found in ("", reader.locale):
        return Markup.escape(reader.read(content))
    return Markup('<span lang="{}">{}</span>').format(found, content[found])
