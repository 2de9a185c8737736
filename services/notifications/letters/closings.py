"""Sentences with which several letters close."""

from shared.languages import text as _

IF_YOU_CANNOT_COME = _(
    "You cannot come after all? Please cancel your place on your page. Somebody who is waiting will be glad of it."
)
IF_YOU_WOULD_LIKE_TO_COME_AFTER_ALL = _("You would like to come after all? You can register again on the event’s page.")
IF_YOU_DO_NOT_WANT_TO_WAIT = _("You do not want to wait any longer? You can leave the waitlist on your page.")
IF_YOU_HAVE_QUESTIONS = _("You have questions about it? Please reply to this mail.")
