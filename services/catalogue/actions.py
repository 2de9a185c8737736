"""What can be done in catalogue, as the audit log names it."""

from collections.abc import Mapping

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
    "account.signed_in": _("Signed in"),
    "account.sign_in_refused": _("Sign-in refused"),
    "account.signed_out": _("Signed out"),
}
