"""Words for what mails are about and how they stand."""

from collections.abc import Mapping

from services.notifications.mailing import MailKind
from services.notifications.replies.judging import Reason
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
    MailKind.ENROLLED: _("Registered for a series"),
    MailKind.ENROLMENT_COMPLETED: _("Seats in the whole series"),
    MailKind.ENROLMENT_CANCELLED: _("Registration for a series cancelled"),
    MailKind.LINK: _("Personal link"),
    MailKind.FROM_ORGANISERS: _("Written by the organisers"),
    MailKind.NEWS: _("News from the organisers"),
    MailKind.REMINDER: _("Reminder"),
    MailKind.FOLLOW_UP: _("After the event"),
    MailKind.EVENT_CHANGED: _("Event changed"),
    MailKind.EVENT_CANCELLED: _("Event cancelled"),
    MailKind.DECLINED_IN_CALENDAR: _("Declined in the calendar"),
    MailKind.INVITATION: _("Calendar invitation"),
    MailKind.INVITATION_CANCELLED: _("Out of the calendar"),
    MailKind.CERTIFICATE: _("Certificate"),
    MailKind.CERTIFICATE_REVOKED: _("Certificate revoked"),
}

STATES: Mapping[str, Text] = {
    "queued": _("Waiting to be sent"),
    "sent": _("Sent"),
    "failed": _("Not delivered"),
    "stopped": _("Stopped"),
}

CIRCULAR_STATES: Mapping[str, Text] = {
    "draft": _("Draft"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "stopped": _("Stopped"),
}

RECIPIENT_STATES: Mapping[str, Text] = {
    "waiting": _("Being written"),
    **STATES,
    "ended": _("Left out: no longer registered"),
    "refused": _("Left out: wants no such mails"),
}

REGISTRATION_STATES: Mapping[str, Text] = {
    "confirmed": _("Those who have a seat"),
    "waitlisted": _("Those on the waitlist"),
    "offered": _("Those to whom a seat is offered"),
    "pending": _("Those whose address is to be confirmed"),
}
"""To whom a circular may go, by the state of their registration."""

TIMINGS: Mapping[str, Text] = {
    "before_start": _("before the start"),
    "after_end": _("after the end"),
}
UNITS: Mapping[str, Text] = {
    "hours": _("hours"),
    "days": _("days"),
}
AUDIENCES: Mapping[str, Text] = {
    "confirmed": _("Those who have a seat"),
    "present": _("Those who were there"),
    "waitlisted": _("Those on the waitlist"),
}
"""Of reminders."""

CALENDAR_ANSWERS: Mapping[str, Text] = {
    "accepted": _("accepted"),
    "tentative": _("maybe"),
    "declined": _("declined"),
}

REASONS: Mapping[str, Text] = {
    Reason.UNKNOWN_INVITATION: _("It answers an invitation that is not known here."),
    Reason.WITHDRAWN: _("The invitation had been withdrawn already."),
    Reason.OTHER_ATTENDEE: _("It speaks for another address than the one that was invited."),
    Reason.OTHER_SENDER: _("It was sent from another address than the one that was invited."),
    Reason.NOT_AUTHENTIC: _("Your mail server could not confirm who sent it."),
    Reason.OLDER_INVITATION: _("It answers an earlier version of the invitation: something has changed since."),
    Reason.OLDER_ANSWER: _("It is not newer than the answer that is known."),
    Reason.COUNTER: _("The event stays as it is unless you change it. Please write to the person."),
    Reason.DELEGATION: _("The place stays with the person who was invited, who can pass it on themselves."),
    Reason.UNREADABLE: _("It says that it is a reply to an invitation, but lacks what a reply needs."),
}
"""Why a calendar reply waits for an organiser."""
