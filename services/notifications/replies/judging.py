"""Which answers are believed. The UID is all that survives every mail program, and nobody can guess it."""

import re
from collections.abc import Sequence
from enum import StrEnum

from services.notifications.models import Invitation, Registration
from services.notifications.replies.authentication import is_authentic
from services.notifications.replies.calendar_answers import CalendarAnswer
from services.notifications.replies.reading import Incoming
from services.notifications.settings import NotificationsSettings
from shared.text import normalised_email

_OWN_UID = re.compile(r"(?:r-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|s-[0-9a-f-]{36})@.+", re.IGNORECASE)
_INVITED_UID = re.compile(r"r-.+", re.IGNORECASE)


class Reason(StrEnum):
    """Why an answer waits for an organiser."""

    UNKNOWN_INVITATION = "unknown_invitation"
    WITHDRAWN = "withdrawn"
    OTHER_ATTENDEE = "other_attendee"
    OTHER_SENDER = "other_sender"
    NOT_AUTHENTIC = "not_authentic"
    OLDER_INVITATION = "older_invitation"
    OLDER_ANSWER = "older_answer"
    COUNTER = "counter"
    DELEGATION = "delegation"
    UNREADABLE = "unreadable"


OVERRULED: Sequence[Reason] = (
    Reason.OTHER_ATTENDEE,
    Reason.OTHER_SENDER,
    Reason.NOT_AUTHENTIC,
    Reason.OLDER_INVITATION,
    Reason.OLDER_ANSWER,
)
"""What an organiser who knows better may let count all the same."""


def is_ours(uid: str) -> bool:
    """Whether a UID is built as those of our invitations are: the organiser's mailbox gets other answers as well."""
    return bool(_INVITED_UID.match(uid) and _OWN_UID.fullmatch(uid))


def doubt(
    incoming: Incoming,
    answer: CalendarAnswer,
    invitation: Invitation | None,
    registration: Registration | None,
    settings: NotificationsSettings,
) -> Reason | None:
    """Why the answer is not simply taken; None if it is believed (RFC 5546, 2.1.5 and 6; RFC 6047, 2.3)."""
    if invitation is None or registration is None:
        return Reason.UNKNOWN_INVITATION
    invited = normalised_email(registration.email)
    if answer.attendee != invited:
        return Reason.OTHER_ATTENDEE
    if incoming.sender != invited:
        return Reason.OTHER_SENDER
    server = settings.imap_authserv_id
    if server and not is_authentic(incoming.results, server, incoming.sender):
        return Reason.NOT_AUTHENTIC
    if answer.kind != "answer":
        return Reason.COUNTER if answer.kind == "counter" else Reason.DELEGATION
    if not invitation.is_requested:
        return Reason.WITHDRAWN
    return _out_of_order(answer, invitation)


def _out_of_order(answer: CalendarAnswer, invitation: Invitation) -> Reason | None:
    if answer.sequence < invitation.sequence:
        return Reason.OLDER_INVITATION
    if invitation.answered_sequence is None or invitation.answered_at is None:
        return None
    known = (invitation.answered_sequence, invitation.answered_at)
    return Reason.OLDER_ANSWER if (invitation.sequence, answer.stamped_at) <= known else None
