"""What every template can use: languages, dates, assets, who is signed in, whose installation it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from shared import formats
from shared.languages import NAMES, UNREVIEWED, Content, best_language, language_tag
from shared.web import assets, csrf, language, sign_in
from shared.web.service import Service, now, this_service

SHARED_TEMPLATES = assets.STATIC.parent / "templates"


def set_up_templates(app: Flask, service: Service) -> None:
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(service.package / "templates"), FileSystemLoader(SHARED_TEMPLATES)]
    )
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True  # as babel.cfg extracts them
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        asset=assets.asset,
        asset_if_there=assets.asset_if_there,
        csrf_field=csrf.field,
        language_url=language.url_in,
        say=language.say,
    )
    environment.filters.update(
        localised=localised,
        localised_text=localised_text,
        language_mark=language_mark,
        language_tag=language_tag,
        date=_local(formats.date),
        short_date=_local(formats.short_date),
        date_part=date_part,
        time=_local(formats.time),
        datetime=_local(formats.date_and_time),
        span=span,
        relative=relative,
        say=language.say,
        webcal=webcal,
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    locale = language.locale()
    settings = this_service().settings
    return {
        "locale": locale,
        "text_direction": language.direction(locale),
        "languages": _named(settings.locales),
        "page_languages": _named(language.known()),
        "unreviewed_languages": _named([code for code in settings.locales if code in UNREVIEWED]),
        "staff": sign_in.cookie_staff(),
        "installation": settings,
        "now": now(),
    }


def _named(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, NAMES.get(code, code)) for code in codes]


def localised(content: Content | None) -> Markup:
    """Content for this reader; where it is in another language, marked as such."""
    found = best_language(content or {}, language.locale())
    if not content or not found:
        return Markup("")
    if found == language.locale():
        return Markup.escape(content[found])
    return Markup("<span{}>{}</span>").format(language.mark(found), content[found])


def localised_text(content: Content | None) -> str:
    """The same without markup, for titles and attributes."""
    return content[best_language(content, language.locale())] if content and any(content.values()) else ""


def language_mark(content: Content) -> Markup:
    """The attributes for an element that shows the plain text."""
    return language.mark(best_language(content, language.locale()))


def _local(formatter: Any) -> Any:
    def in_readers_language(value: datetime, time_zone: str = "") -> str:
        return str(formatter(value, language.locale(), time_zone or this_service().settings.time_zone))

    return in_readers_language


def date_part(value: datetime, pattern: str, time_zone: str = "") -> str:
    return formats.date_part(value, pattern, language.locale(), time_zone or this_service().settings.time_zone)


def span(starts_at: datetime, ends_at: datetime, time_zone: str = "") -> str:
    return formats.span(starts_at, ends_at, language.locale(), time_zone or this_service().settings.time_zone)


def relative(value: datetime) -> str:
    return formats.relative(value, now(), language.locale())


def webcal(address: str) -> str:
    """The same address in the scheme that calendars subscribe by."""
    return urlsplit(address)._replace(scheme="webcal").geturl()
