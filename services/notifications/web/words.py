"""Words for what mails are about and how they stand."""

from collections.abc import Mapping

from services.notifications.mailing import MailKind
from shared.languages import Text
from shared.languages import text as _

KINDS: Mapping[str, Text] = {
    MailKind.CONFIRMED: _("Place confirmed"),
    MailKind.PROMOTED: _("Moved up from the waitlist"),
    MailKind.WAITLISTED: _("On the waitlist"),
    MailKind.CANCELLED: _("Registration cancelled"),
    MailKind.OFFERED: _("Seat offered"),
    MailKind.ACCEPTED: _("Seat accepted"),
    MailKind.DECLINED: _("Seat declined"),
    MailKind.LAPSED: _("Run out"),
    MailKind.PENDING: _("Address to be confirmed"),
    MailKind.PARTY: _("Group registered"),
    MailKind.LINK: _("Personal link"),
    MailKind.EVENT_CHANGED: _("Event changed"),
    MailKind.EVENT_CANCELLED: _("Event cancelled"),
    MailKind.INVITATION: _("Calendar invitation"),
    MailKind.INVITATION_CANCELLED: _("Out of the calendar"),
    MailKind.CERTIFICATE: _("Certificate"),
    MailKind.CERTIFICATE_REVOKED: _("Certificate revoked"),
}

STATES: Mapping[str, Text] = {
    "queued": _("Waiting to be sent"),
    "sent": _("Sent"),
    "failed": _("Not delivered"),
}
