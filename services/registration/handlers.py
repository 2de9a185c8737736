"""What registration hears: events, staff accounts, certificates, answers of calendars."""

from collections.abc import Mapping
from functools import partial

from services.registration.calendar_answers import store_answer
from services.registration.certificates import store_certificate
from services.registration.declined_places import give_up
from services.registration.events import take_over
from services.registration.models import STAFF
from services.registration.privacy.notices import keep_notice
from services.registration.series_certificates import store_series
from services.registration.settings import RegistrationSettings
from shared.database import UnitOfWork
from shared.messaging.inbox import Handler, Received
from shared.staff import storing_accounts


def event_published(uow: UnitOfWork, message: Received) -> None:
    take_over(uow, message.body, message.version, cancelled=False)


def event_changed(uow: UnitOfWork, message: Received) -> None:
    take_over(uow, message.body, message.version, cancelled=False)


def event_cancelled(uow: UnitOfWork, message: Received) -> None:
    take_over(uow, message.body, message.version, cancelled=True)


def certificate_issued(uow: UnitOfWork, message: Received) -> None:
    store_certificate(uow, message.body)


def certificate_revoked(uow: UnitOfWork, message: Received) -> None:
    store_certificate(uow, message.body)


def invitation_answered(uow: UnitOfWork, message: Received) -> None:
    store_answer(uow, message.body)


def place_declined(uow: UnitOfWork, message: Received) -> None:
    give_up(uow, message.body)


def series_changed(uow: UnitOfWork, message: Received) -> None:
    store_series(uow, message.body)


HANDLERS: Mapping[str, Handler] = {
    "event.published.v1": event_published,
    "event.changed.v1": event_changed,
    "event.cancelled.v1": event_cancelled,
    "series.changed.v1": series_changed,
    "account.changed.v1": storing_accounts(STAFF),
    "certificate.issued.v1": certificate_issued,
    "certificate.revoked.v1": certificate_revoked,
    "invitation.answered.v1": invitation_answered,
    "place.declined.v1": place_declined,
}
TELL_OF_EVENTS = ("event.published.v1", "event.changed.v1", "event.cancelled.v1")


def handlers_with(settings: RegistrationSettings) -> dict[str, Handler]:
    """The handlers; what changes an event writes down its privacy notice too, which names the installation's terms."""
    noticing = {topic: partial(_and_its_notice, HANDLERS[topic], settings) for topic in TELL_OF_EVENTS}
    return {**HANDLERS, **noticing}


def _and_its_notice(handler: Handler, settings: RegistrationSettings, uow: UnitOfWork, message: Received) -> None:
    handler(uow, message)
    keep_notice(uow, settings, message.body["event_id"])
