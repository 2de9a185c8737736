"""Which entry of the directory a spelling means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Organisation, OrganisationName, Registration, organisation_key, table
from services.registration.spelling import spelling_key

ORGANISATIONS = table(Organisation)
NAMES = table(OrganisationName)


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Where somebody comes from: an entry of the directory, or None with the spelling's own key."""

    organisation_id: UUID | None
    key: str
    member: bool = False


def affiliations(session: Session, spellings: Iterable[str]) -> Mapping[str, Affiliation]:
    """Each spelling with the one entry that has this name; a name that two entries have decides for neither.

    Asks nothing if all spellings are empty.
    """
    keys = {spelling: spelling_key(spelling) for spelling in spellings}
    known = _entries_by_key(session, {key for key in keys.values() if key})
    return {spelling: known.get(key) or Affiliation(None, key) for spelling, key in keys.items()}


def affiliation_of(session: Session, spelling: str) -> Affiliation:
    """The same for one spelling."""
    return affiliations(session, [spelling])[spelling]


def _entries_by_key(session: Session, keys: set[str]) -> dict[str, Affiliation]:
    if not keys:
        return {}
    query = (
        select(NAMES.c.key, ORGANISATIONS.c.id, ORGANISATIONS.c.member)
        .join_from(NAMES, ORGANISATIONS, NAMES.c.organisation_id == ORGANISATIONS.c.id)
        .where(NAMES.c.key.in_(sorted(keys)))
    )
    found: dict[str, list[Affiliation]] = {}
    for key, organisation_id, member in session.execute(query):
        entry = Affiliation(organisation_id, organisation_key("", organisation_id), member)
        found.setdefault(key, []).append(entry)
    return {key: entries[0] for key, entries in found.items() if len(entries) == 1}


def affiliate(registration: Registration, affiliation: Affiliation) -> None:
    """From now on the registration counts for this organisation."""
    registration.organisation_id = affiliation.organisation_id
    registration.member = affiliation.member
    registration.derive_keys()
