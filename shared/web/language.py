"""The reader's language: chosen with ``?lang=``, kept in a cookie of its own, else the browser's."""

from datetime import timedelta
from gettext import NullTranslations
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from markupsafe import Markup

from shared.alphabets import Place, in_order_of
from shared.languages import (
    FOR_ORGANISERS,
    RIGHT_TO_LEFT,
    SOURCE_LOCALE,
    Content,
    Text,
    best_language,
    language_tag,
    localised,
    translations,
)
from shared.web.cookies import set_cookie
from shared.web.service import this_service

COOKIE = "reihe_language"
LASTS = timedelta(days=365)
SHARED_CATALOGUES = Path(__file__).parent / "translations"


_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"

ORGANISERS_PATHS = ("/organise", "/check-in", "/login", "/logout", "/mailbox")


def known() -> tuple[str, ...]:
    """The languages in which this page can be read: organisers' pages exist in fewer than participants'."""
    languages = this_service().settings.locales
    if not is_for_organisers(request.path):
        return languages
    return tuple(code for code in languages if code in FOR_ORGANISERS) or (SOURCE_LOCALE,)


def is_for_organisers(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in ORGANISERS_PATHS)


def locale() -> str:
    """The language of this request, one of the installation's."""
    if "locale" not in g:
        g.locale = _choose()
    return str(g.locale)


def use(chosen: str) -> None:
    """Answer this request in another language, for example the one a person chose for themselves."""
    if chosen in known():
        g.locale = chosen


def _choose() -> str:
    languages = known()
    for wanted in (_asked_for(), _kept()):
        if wanted in languages:
            return wanted
    if "Accept-Language" not in request.headers:
        return languages[0]
    return request.accept_languages.best_match(languages) or languages[0]


def _asked_for() -> str | None:
    """What the address says. Few say anything, and looking for what is missing is slow."""
    return request.args.get("lang") if request.query_string else None


def _kept() -> str | None:
    return request.cookies.get(COOKIE) if "HTTP_COOKIE" in request.environ else None


def direction(code: str) -> str:
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


def mark(found: str) -> Markup:
    """The attributes of an element whose text is in this language: nothing where the whole page is."""
    if found == locale():
        return Markup("")
    if direction(found) == direction(locale()):
        return Markup(' lang="{}"').format(language_tag(found))
    return Markup(' lang="{}" dir="{}"').format(language_tag(found), direction(found))


def in_readers_order(word: str) -> Place:
    """What to sort words by that this reader looks through."""
    return in_order_of(locale(), word)


def inside(content: Content) -> str:
    """Content as a part of a sentence: kept apart where it runs the other way, by the isolates of Unicode (UAX #9),
    which hold in attributes and titles too."""
    found = best_language(content, locale())
    words = localised(content, locale())
    return words if not found or direction(found) == direction(locale()) else f"{_ISOLATE}{words}{_END_OF_ISOLATE}"


def translator() -> NullTranslations:
    return translations(locale(), SHARED_CATALOGUES, this_service().package / "translations")


def gettext(message: str) -> str:
    return translator().gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    return translator().ngettext(singular, plural, n)


def say(sentence: Text | str) -> str:
    """The sentence in the reader's language."""
    return sentence.in_language(translator()) if isinstance(sentence, Text) else gettext(sentence)


def url_in(code: str) -> str:
    """This page in another language."""
    query = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode([*query, ('lang', code)])}"


def keep_no_choice() -> None:
    """The language in this page's address holds for it alone: the reader has not chosen it."""
    g.keeps_no_choice = True


def remember_choice(app: Flask) -> None:
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    """Pages are read by people; a calendar's server, or a cache before it, has no use for the cookie."""
    chosen = _asked_for()
    if chosen and _is_new(chosen) and response.mimetype == "text/html" and "keeps_no_choice" not in g:
        set_cookie(response, COOKIE, chosen, lasts=LASTS)
    if "Content-Language" not in response.headers:
        response.headers.add("Content-Language", language_tag(locale()))
    return response


def _is_new(chosen: str) -> bool:
    return chosen in known() and chosen != _kept()
