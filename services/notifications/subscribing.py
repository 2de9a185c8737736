"""People whose calendar follows their feed, and who want no invitations beside it: it would show both."""

from services.notifications.models import Person
from services.notifications.personal_calendar import owner_of
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_person
from shared.database import UnitOfWork


def stop_invitations(uow: UnitOfWork, token: str, settings: NotificationsSettings) -> None:
    """New sessions come by the feed alone; an entry that came by mail before is still kept right by mail.

    Raises :class:`NotFoundError` for a token that opens no calendar.
    """
    person = owner_of(uow.session, token, settings, for_update=True)
    if person.subscribed_at is None:
        person.subscribed_at = uow.now
        _note(uow, "person.stopped_invitations", person)


def resume_invitations(uow: UnitOfWork, token: str, settings: NotificationsSettings) -> None:
    """Invitations again, for what comes or changes from now on. Raises as :func:`stop_invitations`."""
    person = owner_of(uow.session, token, settings, for_update=True)
    if person.subscribed_at is not None:
        person.subscribed_at = None
        _note(uow, "person.resumed_invitations", person)


def _note(uow: UnitOfWork, action: str, person: Person) -> None:
    uow.audit(action, by_person(person.id), Subject("person", person.id))
