"""Which message is handled by which use case. The composition root gives each handler the settings."""

from collections.abc import Callable
from functools import partial

from services.notifications import enrolments, events, forgetting, presence, registrations
from services.notifications.certificates import earning
from services.notifications.handlers import staff
from services.notifications.preparing import prepare_registrations
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.messaging.inbox import Handler, Preparation, Received

FORGETTING = frozenset({"registration.forgotten.v1", "person.erased.v1"})
SettledHandler = Callable[[NotificationsSettings, UnitOfWork, Received], None]

HANDLERS: dict[str, SettledHandler] = {
    # from catalogue
    "event.published.v1": events.take_snapshot,
    "event.changed.v1": events.take_snapshot,
    "event.cancelled.v1": events.take_cancellation,
    "account.changed.v1": staff.take_account,
    # from registration
    "registration.pending.v1": registrations.take_state,
    "registration.confirmed.v1": registrations.take_state,
    "registration.waitlisted.v1": registrations.take_state,
    "registration.offered.v1": registrations.take_state,
    "registration.lapsed.v1": registrations.take_state,
    "registration.cancelled.v1": registrations.take_state,
    "registration.changed.v1": registrations.take_state,
    "party.registered.v1": registrations.tell_contact,
    "enrolment.changed.v1": enrolments.take_enrolment,
    "link.requested.v1": registrations.send_link,
    "attendance.changed.v1": presence.take_attendance,
    "certificate.earned.v1": earning.take_earned,
    "certificate.lost.v1": earning.take_lost,
    "registration.forgotten.v1": forgetting.forget_registration,
    "person.erased.v1": forgetting.forget_person,
}

PREPARATIONS: dict[str, Preparation] = {
    topic: prepare_registrations for topic, handler in HANDLERS.items() if handler is registrations.take_state
}
"""What is asked for at once for the messages that one handler takes."""


def handlers_with(settings: NotificationsSettings) -> dict[str, Handler]:
    """The handlers as the inbox calls them, but for what comes too late."""
    return {topic: partial(_unless_forgotten, partial(handler, settings)) for topic, handler in HANDLERS.items()}


def _unless_forgotten(handler: Handler, uow: UnitOfWork, message: Received) -> None:
    if message.topic in FORGETTING or not forgetting.is_forgotten(uow, message.body):
        handler(uow, message)
