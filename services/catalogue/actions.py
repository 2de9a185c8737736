"""What can be done in catalogue, as the audit log names it: acts, their subjects, what changed."""

from collections.abc import Mapping

from shared.audit import EXPORT_FIELDS
from shared.languages import Text
from shared.languages import text as _

ACTIONS: Mapping[str, Text] = {
    "series.created": _("Series created"),
    "series.changed": _("Series changed"),
    "series.published": _("Series published"),
    "series.cancelled": _("Series cancelled"),
    "event.created": _("Event created"),
    "event.changed": _("Event changed"),
    "event.published": _("Event published"),
    "event.cancelled": _("Event cancelled"),
    "event.revision_dropped": _("Pending changes of an event dropped"),
    "account.added": _("Account added"),
    "account.password_set": _("Password set"),
    "account.roles_set": _("Roles changed"),
    "account.locked": _("Account locked"),
    "account.unlocked": _("Account unlocked"),
    "account.token_added": _("API token added"),
    "account.token_revoked": _("API token revoked"),
    "account.calendar_renewed": _("Address of the own calendar renewed"),
    "account.signed_in": _("Signed in"),
    "account.sign_in_refused": _("Sign-in refused"),
    "account.sign_in_ended": _("Another browser signed out"),
    "account.second_factor_set": _("Second factor set up"),
    "account.second_factor_removed": _("Second factor removed"),
    "account.recovery_codes_renewed": _("Recovery codes renewed"),
    "account.signed_out": _("Signed out"),
    "log.exported": _("Audit log exported"),
}

SUBJECTS: Mapping[str, Text] = {
    "series": _("Training series"),
    "event": _("Event"),
    "account": _("Account"),
    "log": _("Audit log"),
}

FIELDS: Mapping[str, Text] = {
    "title": _("Title"),
    "description": _("Description"),
    "motto": _("Motto"),
    "audience": _("For whom"),
    "languages": _("Languages"),
    "kind": _("Kind"),
    "format": _("Format"),
    "invite": _("How sessions get into calendars"),
    "slug": _("Web address"),
    "series_id": _("Training series"),
    "module_number": _("Number of the module"),
    "venue": _("Venue"),
    "sessions": _("Sessions"),
    "capacity": _("Seats"),
    "registration_opens_at": _("Registration opens"),
    "registration_closes_at": _("Registration closes"),
    "waitlist": _("Waitlist"),
    "max_per_organisation": _("Seats per organisation"),
    "max_per_organisation_until": _("Seats per organisation are limited until"),
    "largest_party": _("Largest group"),
    "confirm_address_minutes": _("Minutes for confirming the address"),
    "on_declined": _("When somebody declines in their calendar"),
    "reply_to": _("Answers to mails go to"),
    "programme": _("Programme"),
    "certificate_rule": _("Rule of certificates"),
    "questions": _("Questions"),
    "needs": _("Needs"),
    "state": _("State"),
    "reason": _("Reason"),
    "name": _("Name"),
    "email": _("E-mail"),
    "roles": _("Roles"),
    "token": _("API token"),
    "scopes": _("What it may do"),
    **EXPORT_FIELDS,
}
