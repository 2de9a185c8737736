"""Words for what webhooks are told, and for what became of it."""

from collections.abc import Mapping

from services.registration.webhooks import TEST_TOPIC
from shared.languages import Text
from shared.languages import text as _

TOPICS: Mapping[str, Text] = {
    "registration.pending.v1": _("Registered, address to be confirmed"),
    "registration.confirmed.v1": _("Seat given"),
    "registration.waitlisted.v1": _("Put on the waitlist"),
    "registration.offered.v1": _("Seat offered"),
    "registration.lapsed.v1": _("Run out: an offer, or the time for confirming the address"),
    "registration.cancelled.v1": _("Registration cancelled"),
    "registration.changed.v1": _("Details of a registration changed"),
    TEST_TOPIC: _("Test message"),
}

STATES: Mapping[str, Text] = {
    "queued": _("on its way"),
    "delivered": _("delivered"),
    "failed": _("given up"),
}

ERRORS: Mapping[str, Text] = {
    "unknown_host": _("The receiver's name is not known. Is the address right?"),
    "address_not_public": _("The address belongs to a private network, where nothing is sent to."),
    "timeout": _("The receiver took too long."),
    "tls_failed": _("The receiver's certificate is not valid, or it does not speak TLS."),
    "connection_failed": _("The receiver did not answer, or broke off."),
    "refused": _("The receiver refused it."),
    "unexpected": _("Something went wrong on our side. The log of the worker says what."),
}
