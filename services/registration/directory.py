"""The directory of organisations: entries, their names, and the same entry found twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registration.models import Organisation, OrganisationName, Standing
from services.registration.spelling import spelling_key
from shared.audit import Author, Changes, Subject, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError, StaleError
from shared.languages import text as _

MOST_ALIASES = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What an entry says. ``aliases`` are other names under which people know the organisation."""

    name: str
    municipality: str = ""
    member: bool = False
    aliases: Sequence[str] = ()


def draft_of(organisation: Organisation) -> Draft:
    """What the entry says now; its names must be loaded."""
    return Draft(organisation.name, organisation.municipality, organisation.member, organisation.aliases)


def entry(session: Session, organisation_id: UUID) -> Organisation:
    """With its names; raises :class:`NotFoundError`."""
    query = select(Organisation).where(Organisation.id == organisation_id).options(selectinload(Organisation.names))
    return _one(session.scalars(query.execution_options(populate_existing=True)).one_or_none())


def add(uow: UnitOfWork, draft: Draft, author: Author, state: Standing = Standing.LISTED) -> Organisation:
    """Make an entry. Raises :class:`InvalidError` if one of that name is in the same municipality already."""
    if _namesakes(uow.session, draft):
        raise _exists_already()
    organisation = Organisation(
        id=new_id(), state=state, merged_into=None, revision=0, followed=0, changed_at=uow.now, names=[]
    )
    _write(uow, organisation, draft)
    uow.session.add(organisation)
    uow.session.flush()
    _note(uow, "organisation.added", organisation, author, differences({}, _facts(organisation)))
    return organisation


def change(
    uow: UnitOfWork, organisation_id: UUID, draft: Draft, author: Author, revision: int | None = None
) -> Organisation:
    """Write an entry anew; it counts as reviewed from now on.

    Raises :class:`StaleError` if ``revision`` is given and no longer the entry's; :class:`ConflictError`
    ``organisation_merged`` for one that another stands for; :class:`InvalidError` as :func:`add` does.
    """
    organisation = _locked(uow.session, [organisation_id])[organisation_id]
    if revision not in (None, organisation.revision):
        raise StaleError("stale", _("Somebody else has changed this meanwhile. Please look at it again."))
    if set(_namesakes(uow.session, draft)) - {organisation_id}:
        raise _exists_already()
    before = _facts(organisation)
    organisation.state = Standing.LISTED
    _write(uow, organisation, draft)
    uow.session.flush()
    _note(uow, "organisation.changed", organisation, author, differences(before, _facts(organisation)))
    return organisation


def add_alias(uow: UnitOfWork, organisation_id: UUID, spelling: str, author: Author) -> Organisation:
    """From now on this spelling means the entry.

    Raises as :func:`change` does, and :class:`ConflictError` (``name_of_another``) for a name of another entry, as it
    would decide for neither.
    """
    organisation = _locked(uow.session, [organisation_id])[organisation_id]
    if set(_entries_called(uow.session, spelling)) - {organisation_id}:
        raise ConflictError(
            "name_of_another",
            _("Another entry has this name too, so that it stands for neither. Merge them, or change a name."),
        )
    before = _facts(organisation)
    _set_names(organisation, [name.name for name in organisation.names] + [spelling])
    _note_change(uow, organisation)
    uow.session.flush()
    _note(uow, "organisation.changed", organisation, author, differences(before, _facts(organisation)))
    return organisation


def merge(uow: UnitOfWork, organisation_id: UUID, into: UUID, author: Author) -> Organisation:
    """Let the entry ``into`` stand for this one: it gets all the names; it is a member if one of both was.

    Raises :class:`InvalidError` for one entry given twice, :class:`ConflictError` if one of them is merged already.
    """
    if organisation_id == into:
        raise InvalidError("same_organisation", _("An organisation cannot be merged with itself."))
    found = _locked(uow.session, [organisation_id, into])
    gone, kept = found[organisation_id], found[into]
    before = _facts(kept)
    names = [name.name for name in (*kept.names, *gone.names)]
    for earlier in uow.session.scalars(select(Organisation).where(Organisation.merged_into == gone.id)):
        earlier.merged_into = kept.id
    gone.names = []
    gone.state, gone.merged_into = Standing.MERGED, kept.id
    _note_change(uow, gone)
    uow.session.flush()
    kept.member = kept.member or gone.member
    kept.municipality = kept.municipality or gone.municipality
    _set_names(kept, names)
    _note_change(uow, kept)
    uow.session.flush()
    _note(uow, "organisation.merged", gone, author, differences({}, {"merged_into": kept.id}))
    _note(uow, "organisation.changed", kept, author, differences(before, _facts(kept)))
    return kept


def _locked(session: Session, ids: Sequence[UUID]) -> dict[UUID, Organisation]:
    """Entries that are not merged, by ascending id, the one order in which several are locked."""
    query = (
        select(Organisation)
        .where(Organisation.id.in_(ids))
        .order_by(Organisation.id)
        .options(selectinload(Organisation.names))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {organisation.id: organisation for organisation in session.scalars(query)}
    for organisation_id in ids:
        if _one(found.get(organisation_id)).state == Standing.MERGED:
            raise ConflictError("organisation_merged", _("This entry was merged with another one."))
    return found


def _write(uow: UnitOfWork, organisation: Organisation, draft: Draft) -> None:
    organisation.name = draft.name
    organisation.municipality = draft.municipality
    organisation.member = draft.member
    organisation.sort_key = spelling_key(draft.name)
    _set_names(organisation, [draft.name, *draft.aliases])
    _note_change(uow, organisation)


def _set_names(organisation: Organisation, names: Iterable[str]) -> None:
    """Its own name first; of those that are spelt alike the first one stays."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(spelling_key(name), name)
    if len(by_key) > MOST_ALIASES + 1:
        raise InvalidError(
            "too_many_names",
            _("Please check the fields that are marked."),
            errors={"aliases": [_("An organisation can have at most %(most)d other names.", most=MOST_ALIASES)]},
        )
    kept = {name.key: name for name in organisation.names}
    for key, name in by_key.items():
        if key in kept:
            kept[key].name = name
    fresh = [OrganisationName(name=name, key=key) for key, name in by_key.items() if key not in kept]
    organisation.names = [name for key, name in kept.items() if key in by_key] + fresh


def _facts(organisation: Organisation) -> dict[str, Any]:
    """For the audit log. The name of an organisation is nobody's and need not be masked."""
    return {
        "organisation": organisation.name,
        "municipality": organisation.municipality,
        "member": organisation.member,
        "aliases": organisation.aliases,
        "state": str(organisation.state),
    }


def _note(uow: UnitOfWork, action: str, organisation: Organisation, author: Author, changes: Changes) -> None:
    uow.audit(action, author, Subject("organisation", organisation.id), changes=changes)


def _note_change(uow: UnitOfWork, organisation: Organisation) -> None:
    organisation.revision += 1
    organisation.changed_at = uow.now


def _namesakes(session: Session, draft: Draft) -> Sequence[UUID]:
    query = select(Organisation.id).where(
        Organisation.id.in_(_entries_called(session, draft.name)), Organisation.municipality == draft.municipality
    )
    return session.scalars(query).all()


def _entries_called(session: Session, name: str) -> Sequence[UUID]:
    query = select(OrganisationName.organisation_id).where(OrganisationName.key == spelling_key(name))
    return session.scalars(query).all()


def _exists_already() -> InvalidError:
    text = _("An organisation of this name and municipality is in the directory already.")
    return InvalidError("organisation_exists", text, errors={"name": [text]})


def _one(organisation: Organisation | None) -> Organisation:
    if organisation is None:
        raise NotFoundError("organisation_not_found", _("This organisation is not in the directory."))
    return organisation
