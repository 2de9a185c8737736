"""How long each retention class is, in words with the installation's own days."""

from collections.abc import Mapping

from services.registration.settings import RegistrationSettings
from services.registration.webhooks import KEPT as DELIVERIES_KEPT
from shared.languages import Text, plural
from shared.languages import text as _

_WORDS: Mapping[str, Text] = {
    "consent": _("until the person is forgotten; where we write because of it, not before it is withdrawn"),
    "request": _("until the person is forgotten"),
    "question": _("as the question says"),
    "limit": _("as long as the limit looks back"),
    "staff": _("as long as the account"),
    "programme": _("as long as the programme, or the organiser's words, stand"),
    "verifying": _("as long as the certificate can be verified"),
}


def how_long(kept: str, settings: RegistrationSettings) -> Text:
    """``kept`` is a retention class of :data:`shared.personal.KEPT`."""
    return _WORDS[kept] if kept in _WORDS else _with_days(settings)[kept]


def _with_days(settings: RegistrationSettings) -> Mapping[str, Text]:
    return {
        "contact": _(
            "%(contact)d days after the event; without a seat %(waitlist)d days; without a confirmed address "
            "%(unconfirmed)d hours",
            contact=settings.keep_contact_days,
            waitlist=settings.keep_waitlist_days,
            unconfirmed=settings.keep_unconfirmed_hours,
        ),
        "evidence": _evidence(settings.keep_evidence_days, settings.keep_contact_days),
        "needs": plural("one day after the event", "%(num)d days after the event", settings.keep_needs_days),
        "mail": _("what it says, %(days)d days; to whom, until the person is forgotten", days=settings.keep_mail_days),
        "message": _(
            "until it is handled; for sending it again %(hours)d hours; if nobody can handle it %(days)d days",
            hours=settings.outbox_keep_hours,
            days=settings.keep_parked_days,
        ),
        "delivery": plural("one day", "%(num)d days", DELIVERIES_KEPT.days),
        "audit": _audit(settings.keep_audit_days),
    }


def _evidence(days: int, otherwise: int) -> Text:
    years = whole_years(days)
    if years:
        return plural(
            "%(num)d year after the event if the person was there, otherwise %(otherwise)d days",
            "%(num)d years after the event if the person was there, otherwise %(otherwise)d days",
            years,
            otherwise=otherwise,
        )
    return plural(
        "%(num)d day after the event if the person was there, otherwise %(otherwise)d days",
        "%(num)d days after the event if the person was there, otherwise %(otherwise)d days",
        days,
        otherwise=otherwise,
    )


def _audit(days: int) -> Text:
    years = whole_years(days)
    return plural("one year", "%(num)d years", years) if years else plural("one day", "%(num)d days", days)


def whole_years(days: int) -> int:
    """How many years they are, leap days counted or not; 0 if they are no whole years."""
    years = round(days / 365.25)
    return years if 365 * years <= days <= 365 * years + -(-years // 4) else 0
