"""Words for certificates on pages: how they stand, the days and the hours."""

from collections.abc import Mapping
from datetime import timedelta

from babel.dates import format_interval
from babel.numbers import format_decimal

from services.notifications.documents.certificate import duration
from services.notifications.models import Certificate
from shared.languages import Text, babel_locale
from shared.languages import plural as ngettext
from shared.languages import text as _
from shared.web import language

STATES: Mapping[str, Text] = {
    "earned": _("Earned"),
    "issued": _("Issued"),
    "failed": _("Could not be made"),
    "revoked": _("Revoked"),
    "lost": _("No longer earned"),
}
"""Of the people who have earned a certificate, or had one."""

BECAUSE: Mapping[str, Text] = {
    "organiser": _("Revoked by an organiser."),
    "lost": _("Revoked because the attendance was corrected."),
    "replaced": _("Another certificate took its place."),
}


def days(certificate: Certificate) -> str:
    """The first and the last day attended, as one span."""
    locale = babel_locale(language.locale())
    return format_interval(certificate.first_day, certificate.last_day, "yMMMd", locale=locale)


def hours(certificate: Certificate) -> str:
    """As the document states them: teaching units, or hours and minutes."""
    locale = babel_locale(language.locale())
    units = certificate.teaching_units
    if units is None:
        return duration(timedelta(minutes=certificate.minutes), locale)
    count = format_decimal(units, locale=locale)
    one_or_many = 1 if units == 1 else 2
    return language.say(
        ngettext(
            "%(count)s teaching unit of 45 minutes", "%(count)s teaching units of 45 minutes", one_or_many, count=count
        )
    )
