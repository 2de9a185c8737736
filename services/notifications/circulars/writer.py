"""The worker's part: from a circular that is ordered, a mail to each recipient, some at a time.

They wait for their turn behind all mails about single people's places (:data:`~services.notifications.mailing.LATER`),
so that nobody who registers meanwhile waits for their confirmation.
"""

from sqlalchemy import exists, select

from services.notifications.circulars.recipients import kind_of
from services.notifications.letters import circulars as letters
from services.notifications.mailing import LATER, Recipient, known_event, queue
from services.notifications.models import Circular, CircularRecipient, Event, Person, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.clock import Clock
from shared.database import Database, UnitOfWork

IN_ONE_TRANSACTION = 50
"""Some 100 ms, so that whoever wants to stop it need not wait."""


class CircularWriter:
    """One worker's writing. Several may run at once: they never write the same circular."""

    def __init__(self, database: Database, settings: NotificationsSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    def step(self) -> bool:
        """Write to some of those who wait. True if there may be more."""
        with self._database.unit_of_work(self._clock()) as uow:
            circular = _next(uow)
            if circular is None:
                return False
            self._write(uow, circular)
            uow.commit()
        return True

    def _write(self, uow: UnitOfWork, circular: Circular) -> None:
        event = known_event(uow.session, circular.event_id)
        query = (
            select(CircularRecipient, Registration, Person)
            .outerjoin(Registration, Registration.id == CircularRecipient.registration_id)
            .outerjoin(Person, Person.id == Registration.person_id)
            .where(CircularRecipient.circular_id == circular.id, CircularRecipient.outcome.is_(None))
            .order_by(CircularRecipient.registration_id)
            .limit(IN_ONE_TRANSACTION)
        )
        for recipient, registration, person in uow.session.execute(query).all():
            recipient.outcome = _left_out(circular, registration, person) or "written"
            if recipient.outcome == "written":
                self._write_to(uow, circular, event, registration)

    def _write_to(self, uow: UnitOfWork, circular: Circular, event: Event, registration: Registration) -> None:
        reader = Reader.of(registration.locale, self._settings)
        to = letters.To(registration.name, has_seat=registration.state == "confirmed")
        letter = letters.written(reader, to, event, circular, self._settings.base_url)
        recipient = Recipient(registration.person_id, registration.name, registration.email, event.id, registration.id)
        mail = queue(uow, self._settings, kind_of(circular), recipient, letter, reader)
        mail.circular_id, mail.priority = circular.id, LATER


def _next(uow: UnitOfWork) -> Circular | None:
    """The oldest with somebody to write to, locked against being stopped in between."""
    waiting = exists().where(CircularRecipient.circular_id == Circular.id, CircularRecipient.outcome.is_(None))
    query = (
        select(Circular)
        .where(Circular.ordered_at.is_not(None), Circular.stopped_at.is_(None), waiting)
        .order_by(Circular.ordered_at, Circular.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return uow.session.scalars(query).first()


def _left_out(circular: Circular, registration: Registration | None, person: Person | None) -> str:
    """Why somebody does not get it; empty if they do."""
    if registration is None or not registration.is_active:
        return "ended"
    return "refused" if circular.is_news and person is not None and person.refused_news_at else ""
