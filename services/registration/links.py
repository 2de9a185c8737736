"""Links to a person's page: they go by mail only, to the person's own address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration import limits
from services.registration.announcements import announce_link
from services.registration.models import Event, Person, Registration
from services.registration.states import ENDED
from shared.audit import VISITOR, Subject
from shared.database import UnitOfWork
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.links import Link, Purpose, make_token, read_token
from shared.text import normalised_email

MOST_EVENTS_IN_MAIL = 50


def request_link(uow: UnitOfWork, email: str) -> None:
    """Send the link to the address if somebody is known by it. The caller answers the same in every case."""
    person = uow.session.scalars(select(Person).where(Person.email == normalised_email(email))).one_or_none()
    if person is not None:
        send_link(uow, person)


def send_link(uow: UnitOfWork, person: Person) -> None:
    """At most three times in an hour for one person, whoever asks."""
    if limits.use(uow, limits.LINKS_PER_PERSON, str(person.id)):
        uow.audit("person.link_requested", VISITOR, Subject("person", person.id))
        announce_link(uow, person, _registrations_with_events(uow.session, person))


def _registrations_with_events(session: Session, person: Person) -> list[tuple[Registration, Event]]:
    """The newest ones, those that ended last."""
    query = (
        select(Registration, Event)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person.id)
        .order_by(Registration.state.in_(ENDED), Registration.submitted_at.desc(), Registration.id)
        .limit(MOST_EVENTS_IN_MAIL)
    )
    return [(registration, event) for registration, event in session.execute(query)]


def my_token(keys: tuple[str, ...], person: Person) -> str:
    """The token of the person's page. It may stand in a mail to the person, and nowhere else."""
    return make_token(keys, Purpose.MY_PAGE, Link(person.id, person.link_generation))


def person_behind(session: Session, keys: tuple[str, ...], token: str) -> Person:
    """Raises :class:`NotFoundError` for a token that is not ours, of another purpose, or revoked."""
    link = read_token(keys, Purpose.MY_PAGE, token)
    person = session.get(Person, link.subject) if link else None
    if link is None or person is None or person.link_generation != link.generation:
        raise NotFoundError("link_unknown", _("This link is no longer valid. You can have a new one sent to you."))
    return person


def browser_token(keys: tuple[str, ...], registration: Registration) -> str:
    """For the cookie of the browser that sent the form: shows this one registration, changes nothing."""
    return make_token(keys, Purpose.OWN_REGISTRATION, Link(registration.id, registration.person.link_generation))


def registration_behind(session: Session, keys: tuple[str, ...], token: str) -> Registration | None:
    """The registration that the browser's cookie opens; None if the cookie is not ours or revoked."""
    link = read_token(keys, Purpose.OWN_REGISTRATION, token)
    registration = session.get(Registration, link.subject) if link else None
    if link is None or registration is None or registration.person.link_generation != link.generation:
        return None
    return registration
