"""Consents: what is asked for, given and withdrawn. They stand beside registrations, and hang on nothing (ADR 43)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from services.registration.models import Consent, ConsentPurpose, ConsentText, Event, Person, Registration
from shared.audit import Subject, added, by_person
from shared.database import UnitOfWork, new_id
from shared.errors import NotFoundError
from shared.languages import best_language
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for now, in its newest words."""

    purpose: ConsentPurpose
    text: ConsentText


@dataclass(frozen=True, slots=True)
class Given:
    """A consent that stands, in the words to which it was given."""

    consent: Consent
    text: ConsentText


def asked_for(session: Session, events: Iterable[Event]) -> list[Asked]:
    """What those are asked who register for one of the events, the oldest first."""
    of_event = ConsentPurpose.event_id.in_([event.id for event in events])
    of_series = ConsentPurpose.series_id.in_([event.series_id for event in events if event.series_id])
    of_all = ConsentPurpose.event_id.is_(None) & ConsentPurpose.series_id.is_(None)
    return _asked(session, or_(of_event, of_series, of_all) & ConsentPurpose.retired_at.is_(None))


def all_asked(session: Session) -> list[Asked]:
    """All that is asked for anywhere."""
    return _asked(session, ConsentPurpose.retired_at.is_(None))


def _asked(session: Session, wanted: ColumnElement[bool]) -> list[Asked]:
    newest = and_(ConsentText.purpose_id == ConsentPurpose.id, ConsentText.version == ConsentPurpose.version)
    query = select(ConsentPurpose, ConsentText).join(ConsentText, newest).where(wanted)
    return [Asked(purpose, text) for purpose, text in session.execute(query.order_by(ConsentPurpose.id))]


def concerns(purpose: ConsentPurpose, event: Event) -> bool:
    """Whether those are asked who register for the event."""
    if purpose.event_id is None and purpose.series_id is None:
        return True
    return purpose.event_id == event.id or (event.series_id is not None and purpose.series_id == event.series_id)


def standing(session: Session, person_id: UUID) -> list[Given]:
    """What the person consents to now, also where nobody is asked any more."""
    of_version = and_(ConsentText.purpose_id == Consent.purpose_id, ConsentText.version == Consent.version)
    query = select(Consent, ConsentText).join(ConsentText, of_version)
    mine = query.where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    return [Given(consent, text) for consent, text in session.execute(mine.order_by(Consent.purpose_id))]


def not_given(session: Session, person_id: UUID) -> list[Asked]:
    """What those are asked who register as the person has, and to which the person does not consent."""
    events = session.scalars(
        select(Event).join(Registration, Registration.event_id == Event.id).where(Registration.person_id == person_id)
    ).unique()
    given = {one.consent.purpose_id for one in standing(session, person_id)}
    return [one for one in asked_for(session, list(events)) if one.purpose.id not in given]


def give(uow: UnitOfWork, person: Person, purpose_id: UUID, version: int, locale: str) -> None:
    """Consent to these words; what stands already stays. Raises :class:`NotFoundError` for words that never were."""
    words = uow.session.get(ConsentText, (purpose_id, version))
    if words is None:
        raise consent_not_found()
    if _standing_of(uow.session, person, purpose_id) is not None:
        return
    uow.session.add(
        Consent(
            id=new_id(),
            purpose_id=purpose_id,
            person_id=person.id,
            version=version,
            locale=best_language(words.text, locale),
            given_at=uow.now,
        )
    )
    uow.audit("consent.given", by_person(person.id), Subject("person", person.id), changes=_what(purpose_id, version))


def withdraw(uow: UnitOfWork, person: Person, purpose_id: UUID) -> None:
    """From now on it does not hold. What does not stand cannot be withdrawn, which does no harm."""
    found = _standing_of(uow.session, person, purpose_id)
    if found is None:
        return
    found.withdrawn_at = uow.now
    changes = _what(purpose_id, found.version)
    uow.audit("consent.withdrawn", by_person(person.id), Subject("person", person.id), changes=changes)


def give_all(uow: UnitOfWork, person: Person, versions: Sequence[tuple[UUID, int]], locale: str) -> None:
    """What was ticked in a form."""
    for purpose_id, version in versions:
        give(uow, person, purpose_id, version, locale)


def consent_not_found() -> NotFoundError:
    return NotFoundError("consent_not_found", _("This consent is not asked for."))


def _standing_of(session: Session, person: Person, purpose_id: UUID) -> Consent | None:
    query = select(Consent).where(
        Consent.person_id == person.id, Consent.purpose_id == purpose_id, Consent.withdrawn_at.is_(None)
    )
    return session.scalars(query.with_for_update(of=Consent)).one_or_none()


def _what(purpose_id: UUID, version: int) -> dict[str, dict[str, object]]:
    return added(purpose=str(purpose_id), version=version)
