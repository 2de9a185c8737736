"""Parties: what makes one, who registered it, and what its contact is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Event, Party, Person, Registration, row, table
from shared.database import UnitOfWork
from shared.errors import FieldErrors, InvalidError
from shared.languages import Text
from shared.languages import text as _
from shared.messages.registration import PartyRegisteredV1


@dataclass(frozen=True, slots=True)
class Contact:
    """Who registers a party, be it with or without themselves."""

    first_name: str
    last_name: str
    email: str
    locale: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def check_party(event: Event, people: Sequence[tuple[str, str]]) -> None:
    """Raise :class:`InvalidError` for a party that is too large, or in which somebody stands twice.

    ``people`` are names and addresses.
    """
    if len(people) > event.largest_party:
        raise _invalid({"people": [_too_many(event.largest_party)]})
    if twice := _twins(people):
        raise _invalid({f"people.{number}.first_name": [_STANDS_TWICE] for number in twice})


_STANDS_TWICE = _("This person stands in the list twice.")


def _twins(people: Sequence[tuple[str, str]]) -> list[int]:
    folded = [(name.casefold(), email) for name, email in people]
    return [number for number, person in enumerate(folded) if person in folded[:number]]


def refuse_twins(people: Sequence[tuple[str, str]], *, field: str) -> None:
    """Raise :class:`InvalidError` at the field if two of these, names with addresses, would be the same."""
    if _twins(people):
        raise _invalid({field: [_STANDS_TWICE]})


def _too_many(largest: int) -> Text:
    if largest == 1:
        return _("At this event everybody registers alone.")
    return _("At most %(most)d people can register together for this event.", most=largest)


def refused_as_party(errors: Mapping[int, InvalidError]) -> InvalidError:
    """What is wrong with these people, each named by their number in the list, as one error."""
    return _invalid(
        {
            f"people.{number}.{field}" if field else f"people.{number}": sentences
            for number, error in errors.items()
            for field, sentences in (error.errors or {"": [error.text]}).items()
        }
    )


def _invalid(errors: FieldErrors) -> InvalidError:
    return InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


def write_parties(
    uow: UnitOfWork,
    contacts: Mapping[UUID, Contact],
    persons: Mapping[str, Person],
    registrations: Sequence[Registration],
    positions: Mapping[UUID, int],
) -> None:
    """Keep who made these new parties, and have the contacts written to. ``persons`` are by address."""
    for party_id, contact in contacts.items():
        person = persons[contact.email]
        people = [registration for registration in registrations if registration.party_id == party_id]
        party = Party(
            id=party_id,
            event_id=people[0].event_id,
            contact_id=person.id,
            contact=person,
            contact_name=contact.name,
            made_at=uow.now,
        )
        uow.session.execute(table(Party).insert(), [row(party)])
        tell_party(uow, party, people, positions, contact.locale)


def tell_party(
    uow: UnitOfWork, party: Party, people: Sequence[Registration], positions: Mapping[UUID, int], locale: str
) -> None:
    """Have the list of a party's people sent to its contact."""
    contact = party.contact
    body = {
        "party_id": party.id,
        "event_id": party.event_id,
        "person_id": contact.id,
        "link_generation": contact.link_generation,
        "name": party.contact_name,
        "email": contact.email,
        "locale": locale,
        "people": [_listed(registration, positions.get(registration.id)) for registration in people],
    }
    uow.publish(PartyRegisteredV1, party.id, 0, body)


def _listed(registration: Registration, position: int | None) -> dict[str, Any]:
    return {
        "registration_id": registration.id,
        "name": registration.name,
        "state": registration.state,
        "position": position,
    }


def party_of(session: Session, registration: Registration) -> Party | None:
    """With its contact; None for somebody who was registered alone."""
    return session.get(Party, registration.party_id) if registration.party_id else None


def people_of_party(session: Session, party_id: UUID) -> Sequence[Registration]:
    """All who were registered with the party, in the order in which they were named."""
    return people_of_parties(session, [party_id])[party_id]


def people_of_parties(session: Session, party_ids: Sequence[UUID]) -> dict[UUID, list[Registration]]:
    """The same for several parties."""
    query = select(Registration).where(Registration.party_id.in_(party_ids)).order_by(Registration.seq)
    people: dict[UUID, list[Registration]] = {party_id: [] for party_id in party_ids}
    for registration in session.scalars(query) if party_ids else ():
        if registration.party_id is not None:
            people[registration.party_id].append(registration)
    return people
