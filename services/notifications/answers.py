"""What a person's calendar answered, beside the registration and never instead of its state."""

from services.notifications.models import Invitation
from shared.database import UnitOfWork
from shared.messages.notifications import InvitationAnsweredV1


def note_answer(uow: UnitOfWork, invitation: Invitation, answer: str | None) -> None:
    """Keep an answer, or with None that there is none any more, and tell it."""
    invitation.answer = answer
    invitation.answers += 1
    body = {
        "invitation_id": invitation.id,
        "registration_id": invitation.registration_id,
        "event_id": invitation.event_id,
        "session_id": invitation.session_id,
        "answer": answer,
        "answered_at": uow.now,
    }
    uow.publish(InvitationAnsweredV1, invitation.id, invitation.answers, body)


def forget_answer(uow: UnitOfWork, invitation: Invitation) -> None:
    """What was answered to another time, or before the place was given up, says nothing now."""
    if invitation.answer is not None:
        note_answer(uow, invitation, None)
