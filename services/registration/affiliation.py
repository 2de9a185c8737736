"""Which entry of the directory somebody means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Organisation, OrganisationName, Registration, organisation_key, table
from services.registration.spelling import spelling_key
from shared.rows import rounded

ORGANISATIONS = table(Organisation)
NAMES = table(OrganisationName)


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation as somebody named it. ``chosen`` is the entry that they took from the suggestions."""

    spelling: str
    chosen: UUID | None = None


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Where somebody comes from: an entry of the directory, or None with the spelling's own key."""

    organisation_id: UUID | None
    key: str
    member: bool = False


def affiliations(session: Session, organisations: Iterable[Named]) -> Mapping[Named, Affiliation]:
    """Each with the one entry that has this name; where several have it, with the one that was chosen, or with none.

    What was chosen counts only with a name of its own: whoever goes on typing means what they typed. Asks nothing if
    all spellings are empty.
    """
    keys = {named: spelling_key(named.spelling) for named in organisations}
    known = _entries_by_key(session, {key for key in keys.values() if key})
    return {named: _meant(known.get(key, ()), named) or Affiliation(None, key) for named, key in keys.items()}


def affiliation_of(session: Session, named: Named) -> Affiliation:
    """The same for one."""
    return affiliations(session, [named])[named]


def organisation_keys(session: Session, spelling: str) -> list[str]:
    """All that somebody may count for whose organisation has this name: each entry that has it, or the spelling."""
    key = spelling_key(spelling)
    return [key, *(entry.key for entry in _entries_by_key(session, {key} - {""}).get(key, ()))]


def _meant(entries: Sequence[Affiliation], named: Named) -> Affiliation | None:
    if len(entries) == 1:
        return entries[0]
    return next((entry for entry in entries if entry.organisation_id == named.chosen), None)


def _entries_by_key(session: Session, keys: set[str]) -> dict[str, list[Affiliation]]:
    if not keys:
        return {}
    query = (
        select(NAMES.c.key, ORGANISATIONS.c.id, ORGANISATIONS.c.member)
        .join_from(NAMES, ORGANISATIONS, NAMES.c.organisation_id == ORGANISATIONS.c.id)
        .where(NAMES.c.key.in_(rounded(sorted(keys))))
    )
    found: dict[str, list[Affiliation]] = {}
    for key, organisation_id, member in session.execute(query):
        entry = Affiliation(organisation_id, organisation_key("", organisation_id), member)
        found.setdefault(key, []).append(entry)
    return found


def affiliate(registration: Registration, affiliation: Affiliation) -> None:
    """From now on the registration counts for this organisation."""
    registration.organisation_id = affiliation.organisation_id
    registration.member = affiliation.member
    registration.derive_keys()
