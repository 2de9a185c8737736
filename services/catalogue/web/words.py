"""What the facts mean in plain words: small filters of the pages."""

from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Blueprint
from markupsafe import Markup

from services.catalogue.entries import KINDS
from services.catalogue.models.base import Facts
from services.catalogue.web.certificate_words import event_certificate, percent, series_certificate
from services.catalogue.web.door import free_seats
from services.catalogue.web.rule_words import quota_rule, seat_rules
from shared.languages import Content, babel_locale, best_language, name_of_language
from shared.languages import text as _
from shared.web import language

INVITES = {
    "request": _("As invitations, which bring later changes into calendars by themselves"),
    "attachment": _("As a file to open, for calendars that do not take invitations"),
    "none": _("Not by mail"),
}
"""How sessions get into the calendars of those who come."""

DECLINE_RULES = {
    "note": _("It is only shown to you"),
    "ask": _("They are asked by mail whether their place is to be cancelled"),
    "cancel": _("Their place is cancelled, and somebody who waits can come"),
}
"""What becomes of a place when its calendar entry is declined."""
FORMATS = {"in_person": _("On site"), "online": _("Online"), "hybrid": _("On site and online")}
NEEDS = {
    "interpretation": _("Interpretation"),
    "sign_language": _("Sign language interpretation"),
    "wheelchair": _("A place for a wheelchair"),
    "hearing_loop": _("A hearing loop"),
    "childcare": _("Childcare, with the ages of the children"),
    "diet": _("Food"),
    "other": _("Anything else, in their own words"),
}
PROGRAMME_KINDS = {
    "opening": _("Opening"),
    "keynote": _("Keynote"),
    "talk": _("Talk"),
    "panel": _("Panel"),
    "workshop": _("Workshop"),
    "break": _("Break"),
    "reception": _("Reception"),
    "other": _("Programme item"),
}


def kind_name(kind: str) -> str:
    return language.say(KINDS[kind])


def format_name(format_: str) -> str:
    return language.say(FORMATS[format_])


def language_names(codes: Sequence[str]) -> str:
    """The languages by name, as the reader calls them."""
    locale = babel_locale(language.locale())
    return str(format_list([language_name(code) for code in codes], locale=locale))


def language_name(code: str) -> str:
    return name_of_language(code, language.locale())


def by_day(programme: list[Facts], time_zone: str) -> list[list[Facts]]:
    """The items of each day, as clocks in the zone count days."""
    zone = ZoneInfo(time_zone)
    return [list(items) for _day, items in groupby(programme, lambda item: item["starts_at"].astimezone(zone).date())]


def teaching_units(number: float) -> str:
    figure = format_decimal(number, locale=babel_locale(language.locale()))
    count = int(number) if number == int(number) else 100  # plural rules know whole numbers alone
    return language.ngettext("%(number)s teaching unit", "%(number)s teaching units", count) % {"number": figure}


def paragraphs(content: Content | None) -> Markup:
    """Organisers' text for this reader, a paragraph for each blank line; marked where it is in another language."""
    found = best_language(content or {}, language.locale())
    if not content or not found:
        return Markup("")
    mark = language.mark(found)
    parts = [part.strip() for part in content[found].split("\n\n")]
    lines = [Markup("<br>").join(part.split("\n")) for part in parts if part]
    return Markup("\n").join(Markup("<p{}>{}</p>").format(mark, line) for line in lines)


def in_this_language(path: str) -> str:
    """The path of a feed or a picture, asked for by programs that do not know the reader, in the reader's language."""
    return f"{path}{'&' if '?' in path else '?'}lang={language.locale()}"


FILTERS = (
    kind_name,
    format_name,
    seat_rules,
    quota_rule,
    event_certificate,
    series_certificate,
    percent,
    teaching_units,
    paragraphs,
    free_seats,
    by_day,
    in_this_language,
    language_names,
)


def add_filters(bp: Blueprint) -> None:
    for function in FILTERS:
        bp.add_app_template_filter(function)
