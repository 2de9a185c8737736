"""What attendance earns a certificate, in plain words."""

from collections.abc import Iterator, Sequence

from babel.lists import format_list
from babel.numbers import format_percent

from services.catalogue.models import Event, Series, Session
from services.catalogue.models.base import Facts
from shared import formats
from shared.languages import Text, babel_locale
from shared.languages import plural as ngettext
from shared.languages import text as _
from shared.web import language


def event_certificate(event: Event) -> list[Text]:
    """The event's certificate rule, sentence by sentence; nothing if it has none."""
    rule = event.certificate_rule
    if rule is None:
        return []
    required = [session for session in event.sessions if session.required]
    return [_share_of_event(rule["share_of_hours"] or 0), *_counts(rule), *_required_sessions(required)]


def series_certificate(series: Series) -> list[Text]:
    """The same of a series."""
    rule = series.certificate_rule
    if rule is None:
        return []
    return [_share_of_series(rule["share_of_hours"] or 0), *_counts(rule), *_required_modules(rule["required_modules"])]


def _share_of_event(share: float) -> Text:
    if share >= 1:
        return _("Whoever attends all of it receives a certificate of attendance.")
    if share > 0:
        return _(
            "Whoever attends at least %(share)s of the time receives a certificate of attendance.",
            share=percent(share),
        )
    return _("Whoever attends receives a certificate of attendance.")


def _share_of_series(share: float) -> Text:
    if share > 0:
        return _(
            "Whoever attends at least %(share)s of the hours of the whole series receives a certificate for it.",
            share=percent(share),
        )
    return _("Whoever attends the series receives a certificate for it.")


def _counts(rule: Facts) -> Iterator[Text]:
    if modules := rule.get("modules"):
        yield ngettext(
            "It takes one module, of which at least half was attended.",
            "It takes %(num)d modules, of each of which at least half was attended.",
            modules,
        )
    if sessions := rule["sessions"]:
        yield ngettext(
            "It takes one session, of which at least half was attended.",
            "It takes %(num)d sessions, of each of which at least half was attended.",
            sessions,
        )


def _required_sessions(sessions: Sequence[Session]) -> Iterator[Text]:
    if sessions:
        days = [formats.date(one.starts_at, language.locale(), one.time_zone) for one in sessions]
        yield ngettext(
            "The session on %(days)s must be among them.",
            "The sessions on %(days)s must be among them.",
            len(days),
            days=_listed(days),
        )


def _required_modules(numbers: Sequence[int]) -> Iterator[Text]:
    if numbers:
        yield ngettext(
            "Module %(modules)s must be among them.",
            "Modules %(modules)s must be among them.",
            len(numbers),
            modules=_listed([str(number) for number in numbers]),
        )


def _listed(parts: Sequence[str]) -> str:
    return str(format_list(parts, locale=babel_locale(language.locale())))


def percent(share: float) -> str:
    return str(format_percent(share, locale=babel_locale(language.locale()), decimal_quantization=False))
