"""What can be done in registration, as the audit log names it."""

from collections.abc import Mapping

from shared.languages import Text
from shared.languages import text as _

ACTIONS: Mapping[str, Text] = {
    "registration.made": _("Registered"),
    "registration.cancelled": _("Registration cancelled"),
    "registration.transferred": _("Seat given to a colleague"),
    "registration.promoted": _("Seat given out of order"),
    "registration.offered": _("Seat offered out of order"),
    "registration.moved": _("Moved in line"),
    "registration.corrected": _("Registration corrected"),
    "registration.accepted": _("Offered seat accepted"),
    "registration.declined": _("Offered seat declined"),
    "registration.address_confirmed": _("Address confirmed"),
    "registration.address_corrected": _("Address corrected"),
    "person.language_chosen": _("Language chosen"),
    "person.link_requested": _("Link to the own page requested"),
    "note.written": _("Note written"),
    "note.deleted": _("Note deleted"),
    "people.exported": _("List of people exported"),
    "organisation.added": _("Organisation added to the directory"),
    "organisation.changed": _("Organisation changed in the directory"),
    "organisation.merged": _("Organisation merged with another entry"),
    "organisations.exported": _("Directory of organisations exported"),
    "attendance.recorded": _("Attendance recorded"),
    "webhook.added": _("Webhook added"),
    "webhook.changed": _("Webhook changed"),
    "webhook.deleted": _("Webhook deleted"),
    "webhook.replayed": _("Webhook's delivery tried anew"),
}
