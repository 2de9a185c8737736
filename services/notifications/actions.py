"""What can be done in notifications, as the audit log names it: acts, their subjects, what changed."""

from collections.abc import Mapping

from shared.audit import EXPORT_FIELDS
from shared.languages import Text
from shared.languages import text as _

ACTIONS: Mapping[str, Text] = {
    "mail.resent": _("Mail sent again"),
    "mail.stopped": _("Mail stopped before it was sent"),
    "mail.fetched": _("Mail fetched as a file"),
    "circular.drafted": _("Circular drafted"),
    "circular.changed": _("Circular changed"),
    "circular.discarded": _("Draft of a circular discarded"),
    "circular.tried_out": _("Circular tried out on oneself"),
    "circular.ordered": _("Circular sent"),
    "circular.stopped": _("Circular stopped"),
    "reminder.added": _("Reminder added"),
    "reminder.changed": _("Reminder changed"),
    "reminder.removed": _("Reminder removed"),
    "person.refused_news": _("No more mails beyond their own places"),
    "person.stopped_invitations": _("No more invitations by mail"),
    "person.resumed_invitations": _("Invitations by mail again"),
    "person.data_taken": _("Own data taken along"),
    "person.allowed_news": _("Mails beyond their own places again"),
    "wording.changed": _("Words of mails changed"),
    "wording.reset": _("Words of mails reset"),
    "address.cleared": _("Address works again"),
    "reply.released": _("Calendar reply let count"),
    "reply.discarded": _("Calendar reply set aside"),
    "design.changed": _("Design of certificates changed"),
    "certificates.ordered": _("Certificates ordered"),
    "certificate.revoked": _("Certificate revoked"),
    "certificates.fetched": _("All certificates of an event or a series fetched as files"),
    "certificate.fetched": _("Certificate fetched as a file"),
    "log.exported": _("Audit log exported"),
}

SUBJECTS: Mapping[str, Text] = {
    "mail": _("E-mail"),
    "circular": _("Circular"),
    "reminder": _("Reminder"),
    "person": _("Person"),
    "wording": _("Words of a mail"),
    "reply": _("Calendar reply"),
    "job": _("Order of certificates"),
    "certificate": _("Certificate"),
    "design": _("Design of certificates"),
    "event": _("Event"),
    "series": _("Training series"),
    "log": _("Audit log"),
}

FIELDS: Mapping[str, Text] = {
    "certificates": _("Certificates"),
    "people": _("People"),
    "subject": _("Subject"),
    "text": _("Text"),
    "template": _("Mail"),
    "heading": _("Heading"),
    "closing": _("Closing"),
    "session_id": _("Session"),
    "is_news": _("Beyond their own places"),
    "states": _("In these states"),
    "timing": _("When"),
    "amount": _("How long before or after"),
    "unit": _("Hours or days"),
    "each_session": _("For each session"),
    "audience": _("To whom"),
    "accent": _("Colour"),
    "signatory": _("Signatory"),
    "signatory_role": _("Role of the signatory"),
    "logo_line": _("Funder’s line"),
    "logo": _("Logo"),
    "signature": _("Picture of the signature"),
    "layout": _("Layout of certificates"),
    **EXPORT_FIELDS,
}
