"""Who has earned a certificate, as registration judges from the attendance; and who has no longer."""

from uuid import UUID

from services.notifications.certificates import jobs, revoking
from services.notifications.models import Earned, Event, Registration
from services.notifications.people import remember_person
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.errors import NotYetKnownError
from shared.messaging.inbox import Received
from shared.text import search_key

_SORT_KEY_LENGTH = 120


def take_earned(_settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """Keep that somebody has earned a certificate, unless a newer verdict is known.

    One who has a certificate already, for other hours, gets another in its place. Raises :class:`NotYetKnownError`
    while the event, one of its sessions or the registration is not known.
    """
    body = message.body
    _check_known(uow, message)
    remember_person(uow, body, f"{body['first_name']} {body['last_name']}".strip(), message.time)
    earned = _locked(uow, body["registration_id"])
    if earned is None:
        earned = Earned(id=body["registration_id"], event_id=body["event_id"], state="earned", sessions=[])
        uow.session.add(earned)
    elif earned.revision >= body["revision"]:
        return
    sessions = [{**part, "session_id": str(part["session_id"])} for part in body["sessions"]]
    # What an organiser has revoked stays so until an organiser wants it issued again.
    if earned.state == "lost" and revoking.was_revoked_by_organiser(uow, earned.id):
        earned.state = "revoked"
    elif earned.state != "revoked" and not (earned.state == "issued" and earned.sessions == sessions):
        earned.state = "earned"
    earned.revision = body["revision"]
    earned.sessions = sessions
    earned.available_at = body["available_at"]
    earned.sort_key = search_key(f"{body['last_name']} {body['first_name']}")[:_SORT_KEY_LENGTH]
    uow.wake("certificates")


def _check_known(uow: UnitOfWork, message: Received) -> None:
    event = uow.session.get(Event, message.body["event_id"])
    if event is None:
        raise NotYetKnownError(f"event {message.body['event_id']}")
    known = {UUID(part["session_id"]) for part in event.snapshot["sessions"]}
    unknown = {part["session_id"] for part in message.body["sessions"]} - known
    if unknown:
        raise NotYetKnownError(f"sessions {sorted(map(str, unknown))}")
    if uow.session.get(Registration, message.body["registration_id"]) is None:
        raise NotYetKnownError(f"registration {message.body['registration_id']}")


def take_lost(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """A correction took away what had been earned: nothing is issued any more, and what was issued is revoked."""
    body = message.body
    earned = _locked(uow, body["registration_id"])
    if earned is None:
        # Kept all the same: the verdict that this one takes back may still be on its way.
        earned = Earned(id=body["registration_id"], event_id=body["event_id"], sort_key="", available_at=uow.now)
        uow.session.add(earned)
    elif earned.revision >= body["revision"]:
        return
    earned.revision = body["revision"]
    earned.state, earned.sessions, earned.ordered_at, earned.failure = "lost", [], None, None
    jobs.settle(uow, earned.id, "withdrawn")
    certificate = revoking.valid_certificate(uow, earned.id)
    if certificate is not None:
        revoking.revoke_lost(uow, settings, certificate)


def _locked(uow: UnitOfWork, registration_id: UUID) -> Earned | None:
    return uow.session.get(Earned, registration_id, with_for_update=True)
