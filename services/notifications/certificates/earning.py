"""Who has earned a certificate, as registration judges from the attendance; and who has no longer."""

from uuid import UUID

from sqlalchemy import select

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
    while an event, one of the sessions or the registration is not known.
    """
    body = message.body
    _check_known(uow, message)
    remember_person(uow, body, f"{body['first_name']} {body['last_name']}".strip(), message.time)
    earned = _locked(uow, body["earned_id"])
    if earned is None:
        earned = Earned(id=body["earned_id"], state="earned", sessions=[])
        uow.session.add(earned)
    elif earned.revision >= body["revision"]:
        return
    told = body["sessions"]
    sessions = [{**part, **{name: str(part[name]) for name in ("event_id", "session_id")}} for part in told]
    # What an organiser has revoked stays so until an organiser wants it issued again.
    if earned.state == "lost" and revoking.was_revoked_by_organiser(uow, earned.id):
        earned.state = "revoked"
    elif earned.state != "revoked" and not (earned.state == "issued" and earned.sessions == sessions):
        earned.state = "earned"
    earned.revision = body["revision"]
    earned.registration_id, earned.event_id = body["registration_id"], body["event_id"]
    earned.series_id = body["series"]["series_id"] if body["series"] else None
    earned.series_title = body["series"]["title"] if body["series"] else None
    earned.sessions = sessions
    earned.available_at = body["available_at"]
    earned.sort_key = search_key(f"{body['last_name']} {body['first_name']}")[:_SORT_KEY_LENGTH]
    uow.wake("certificates")


def _check_known(uow: UnitOfWork, message: Received) -> None:
    sessions = message.body["sessions"]
    wanted = {message.body["event_id"], *(part["event_id"] for part in sessions)}
    events = uow.session.scalars(select(Event).where(Event.id.in_(wanted))).all()
    if missing := wanted - {event.id for event in events}:
        raise NotYetKnownError(f"events {sorted(map(str, missing))}")
    known = {UUID(part["session_id"]) for event in events for part in event.snapshot["sessions"]}
    unknown = {part["session_id"] for part in sessions} - known
    if unknown:
        raise NotYetKnownError(f"sessions {sorted(map(str, unknown))}")
    if uow.session.get(Registration, message.body["registration_id"]) is None:
        raise NotYetKnownError(f"registration {message.body['registration_id']}")


def take_lost(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """A correction took away what had been earned: nothing is issued any more, and what was issued is revoked."""
    body = message.body
    earned = _locked(uow, body["earned_id"])
    if earned is None:
        # Kept all the same: the verdict that this one takes back may still be on its way.
        whose = {name: body[name] for name in ("series_id", "registration_id", "event_id")}
        earned = Earned(id=body["earned_id"], **whose, sort_key="")
        uow.session.add(earned)
    elif earned.revision >= body["revision"]:
        return
    earned.revision = body["revision"]
    earned.state, earned.sessions, earned.ordered_at, earned.failure = "lost", [], None, None
    jobs.settle(uow, [earned.id], "withdrawn")
    certificate = revoking.valid_certificate(uow, earned.id)
    if certificate is not None:
        revoking.revoke_lost(uow, settings, certificate)


def _locked(uow: UnitOfWork, earned_id: UUID) -> Earned | None:
    return uow.session.get(Earned, earned_id, with_for_update=True)
