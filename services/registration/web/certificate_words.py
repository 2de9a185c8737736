"""How far somebody is on the way to a certificate, in plain words."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.lists import format_list
from babel.numbers import format_percent

from services.registration.certificate_rules import Condition, Standing
from services.registration.models import EventSession
from shared import formats
from shared.languages import Text, babel_locale
from shared.languages import plural as ngettext
from shared.languages import text as _
from shared.web import language

_THOUSANDTHS = 1000


def missing(standing: Standing, sessions: Sequence[EventSession] = ()) -> list[Text]:
    """A sentence for each thing that is not met; ``sessions`` are the event's, which may be required."""
    return [_sentence(condition, sessions) for condition in standing if not condition.is_met]


def reached(standing: Standing, sessions: Sequence[EventSession] = ()) -> list[Text]:
    """A sentence for everything that is asked for, met or not."""
    return [_sentence(condition, sessions) for condition in standing]


def _sentence(condition: Condition, sessions: Sequence[EventSession]) -> Text:
    match condition.kind:
        case "share_of_hours":
            figures = {"has": _percent(condition.has), "needs": _percent(condition.needs)}
            return _("%(has)s of the hours; %(needs)s are needed.", **figures)
        case "sessions":
            return _("%(has)d of %(needs)d sessions.", **_numbers(condition))
        case "modules":
            return _("%(has)d of %(needs)d modules.", **_numbers(condition))
        case "required_sessions":
            return _required_sessions(condition, sessions)
        case "required_modules":
            return _required_modules(condition)
    return _("Some attendance is recorded.") if condition.is_met else _("No attendance is recorded yet.")


def _required_sessions(condition: Condition, sessions: Sequence[EventSession]) -> Text:
    if condition.is_met:
        return _("No required session is missing.")
    days = [
        formats.date(session.starts_at, language.locale(), session.time_zone)
        for session in sessions
        if session.id in condition.missing
    ]
    return ngettext(
        "The required session on %(days)s is missing.",
        "The required sessions on %(days)s are missing.",
        len(days),
        days=_listed(days),
    )


def _required_modules(condition: Condition) -> Text:
    if condition.is_met:
        return _("No required module is missing.")
    return ngettext(
        "Module %(modules)s is missing.",
        "Modules %(modules)s are missing.",
        len(condition.missing),
        modules=_listed([str(number) for number in condition.missing]),
    )


def _numbers(condition: Condition) -> dict[str, int]:
    return {"has": int(condition.has), "needs": int(condition.needs)}


def _percent(share: Fraction) -> str:
    """Rounded down, so that what is not enough never looks as if it were."""
    figure = Decimal(int(share * _THOUSANDTHS)) / _THOUSANDTHS
    return str(format_percent(figure, locale=babel_locale(language.locale()), decimal_quantization=False))


def _listed(parts: Sequence[str]) -> str:
    return str(format_list(parts, locale=babel_locale(language.locale())))


def answers(standing: Standing) -> Iterator[dict[str, Any]]:
    """The same for the API."""
    for condition in standing:
        yield {
            "kind": condition.kind,
            "has": float(condition.has),
            "needs": float(condition.needs),
            "met": condition.is_met,
            "missing": [str(one) for one in condition.missing],
        }
