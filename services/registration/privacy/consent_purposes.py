"""What organisers let people be asked for, in versions, and who has consented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from services.registration.models import Consent, ConsentPurpose, ConsentText, Event, Person, ToldSeries
from services.registration.privacy.consents import consent_not_found
from shared.audit import Subject, added, by_account
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError
from shared.languages import Content
from shared.languages import text as _

MOST_PURPOSES = 50


@dataclass(frozen=True, slots=True)
class Words:
    title: Content
    text: Content


@dataclass(frozen=True, slots=True)
class Listed:
    """One purpose with its newest words, what it is for, and how many consent to it."""

    purpose: ConsentPurpose
    text: ConsentText
    scope: Content | None
    """The title of its event or series; None for all events."""
    number: int


@dataclass(frozen=True, slots=True)
class Consenting:
    """Somebody who consents now. ``proven``: they have had the link to their page in hand, so the address is theirs."""

    consent: Consent
    email: str
    proven: bool


def all_purposes(session: Session) -> list[Listed]:
    """The newest first; those of which nobody is asked any more come last."""
    newest = and_(ConsentText.purpose_id == ConsentPurpose.id, ConsentText.version == ConsentPurpose.version)
    query = select(ConsentPurpose, ConsentText).join(ConsentText, newest).order_by(ConsentPurpose.id.desc())
    numbers = _numbers(session)
    found = [
        Listed(purpose, text, scope_of(session, purpose), numbers.get(purpose.id, 0))
        for purpose, text in session.execute(query)
    ]
    return sorted(found, key=lambda one: one.purpose.retired_at is not None)


def _numbers(session: Session) -> Mapping[UUID, int]:
    query = select(Consent.purpose_id, func.count()).where(Consent.withdrawn_at.is_(None)).group_by(Consent.purpose_id)
    return {row.purpose_id: row[1] for row in session.execute(query)}


def scope_of(session: Session, purpose: ConsentPurpose) -> Content | None:
    if purpose.event_id is not None:
        return session.scalars(select(Event.title).where(Event.id == purpose.event_id)).one_or_none()
    if purpose.series_id is not None:
        return session.scalars(select(ToldSeries.title).where(ToldSeries.id == purpose.series_id)).one_or_none()
    return None


def purpose_of(session: Session, purpose_id: UUID) -> ConsentPurpose:
    """Raises :class:`NotFoundError`."""
    found = session.get(ConsentPurpose, purpose_id)
    if found is None:
        raise consent_not_found()
    return found


def words_of(session: Session, purpose: ConsentPurpose) -> ConsentText:
    return session.get_one(ConsentText, (purpose.id, purpose.version))


def add_purpose(
    uow: UnitOfWork,
    words: Words,
    account_id: UUID,
    *,
    event_id: UUID | None = None,
    series_id: UUID | None = None,
    keeps_address: bool = False,
) -> ConsentPurpose:
    """Raises :class:`ConflictError` (``too_many_consents``)."""
    if uow.session.execute(select(func.count()).select_from(ConsentPurpose)).scalar_one() >= MOST_PURPOSES:
        raise ConflictError("too_many_consents", _("So many consents cannot be asked for."))
    made = ConsentPurpose(
        id=new_id(),
        event_id=event_id,
        series_id=series_id,
        version=1,
        keeps_address=keeps_address,
        created_at=uow.now,
    )
    uow.session.add(made)
    uow.session.flush()
    _write(uow, made, words)
    uow.audit("consent.asked", by_account(account_id), _subject(made), event_id=event_id, changes=added(version=1))
    return made


def change_words(uow: UnitOfWork, purpose_id: UUID, words: Words, account_id: UUID) -> None:
    """A new version if the words are others; who consented before, did so to the old ones. Raises as above."""
    purpose = purpose_of(uow.session, purpose_id)
    before = words_of(uow.session, purpose)
    if (before.title, before.text) == (words.title, words.text):
        return
    purpose.version += 1
    _write(uow, purpose, words)
    changes = added(version=purpose.version)
    uow.audit("consent.reworded", by_account(account_id), _subject(purpose), event_id=purpose.event_id, changes=changes)


def retire(uow: UnitOfWork, purpose_id: UUID, account_id: UUID) -> None:
    """Ask nobody any more. Raises as above."""
    purpose = purpose_of(uow.session, purpose_id)
    if purpose.retired_at is None:
        purpose.retired_at = uow.now
        uow.audit("consent.retired", by_account(account_id), _subject(purpose), event_id=purpose.event_id)


def consenting(session: Session, purpose_id: UUID, *, most: int | None = None) -> list[Consenting]:
    """Who consents now, by address; all of them, or the first so many."""
    query = select(Consent, Person).join(Person, Person.id == Consent.person_id)
    standing = query.where(Consent.purpose_id == purpose_id, Consent.withdrawn_at.is_(None))
    return [
        Consenting(consent, person.email, proven=person.opened_at is not None or person.confirmed_at is not None)
        for consent, person in session.execute(standing.order_by(Person.email).limit(most))
    ]


def how_many(session: Session, purpose_id: UUID) -> int:
    """How many consent now."""
    return _numbers(session).get(purpose_id, 0)


def note_export(uow: UnitOfWork, purpose_id: UUID, account_id: UUID, number: int) -> None:
    """Write down that somebody took the list away."""
    purpose = purpose_of(uow.session, purpose_id)
    uow.audit("consents.exported", by_account(account_id), _subject(purpose), changes=added(rows=number))


def scopes(session: Session, events: Sequence[Event]) -> list[tuple[str, Content]]:
    """What a purpose can be for, as a form names it: the series, then events that lie ahead."""
    series = session.scalars(select(ToldSeries).order_by(ToldSeries.id)).all()
    return [
        *((f"series:{one.id}", one.title) for one in series),
        *((f"event:{event.id}", event.title) for event in events),
    ]


def _write(uow: UnitOfWork, purpose: ConsentPurpose, words: Words) -> None:
    uow.session.add(
        ConsentText(
            purpose_id=purpose.id,
            version=purpose.version,
            title=dict(words.title),
            text=dict(words.text),
            since=uow.now,
        )
    )


def _subject(purpose: ConsentPurpose) -> Subject:
    return Subject("consent", purpose.id)
