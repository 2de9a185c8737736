"""What becomes of a place that somebody's calendar declines, as the event says: noted, asked about, or cancelled."""

from sqlalchemy import func, select

from services.notifications.correspondence import Correspondence
from services.notifications.invitations import invitations_of
from services.notifications.letters import answers as letters
from services.notifications.mailing import MailKind
from services.notifications.models import Event, Invitation, Registration
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.messages.notifications import PlaceDeclinedV1


def take_decline(
    uow: UnitOfWork, settings: NotificationsSettings, invitation: Invitation, registration: Registration, event: Event
) -> None:
    """Act on an invitation that has just been declined, and was not before.

    A place is cancelled only where nothing else of it is left to come to, and nobody else could be meant; otherwise
    the person is asked, once.
    """
    manner = event.told.on_declined
    if manner == "note" or registration.state != "confirmed" or event.is_cancelled:
        return
    others = [row for row in _still_to_come(uow, invitation) if row is not invitation]
    if manner == "cancel" and all(row.answer == "declined" for row in others) and _is_only_place(uow, registration):
        body = {"registration_id": registration.id, "event_id": event.id, "declined_at": uow.now}
        uow.publish(PlaceDeclinedV1, registration.id, 0, body)
    elif not any(row.answer == "declined" for row in others):
        facts = invitation.told
        Correspondence.about(uow, settings, registration, event).write(
            MailKind.DECLINED_IN_CALENDAR,
            lambda context, _enclosed: letters.declined_in_calendar(context, facts, is_all=not others),
        )


def _still_to_come(uow: UnitOfWork, invitation: Invitation) -> list[Invitation]:
    known = invitations_of(uow.session, invitation.person_id, invitation.event_id).values()
    return [row for row in known if row.is_requested and row.told.ends_at > uow.now]


def _is_only_place(uow: UnitOfWork, registration: Registration) -> bool:
    """One address may stand for several people of a party: then a calendar does not say whose place is meant."""
    query = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.person_id == registration.person_id,
        Registration.state == "confirmed",
    )
    return uow.session.scalar(query) == 1
