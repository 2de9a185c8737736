"""What can be done in notifications, as the audit log names it."""

from collections.abc import Mapping

from shared.languages import Text
from shared.languages import text as _

ACTIONS: Mapping[str, Text] = {
    "mail.resent": _("Mail sent again"),
    "certificates.ordered": _("Certificates ordered"),
    "certificate.revoked": _("Certificate revoked"),
}
