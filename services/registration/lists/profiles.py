"""Funders' profiles: what each of them asks attendance lists to show."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.models import FunderProfile
from shared.audit import Subject, added, by_account, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, NotFoundError
from shared.languages import Text
from shared.languages import text as _

MOST_PROFILES = 50
MOST_BLANK_LINES = 40

COLUMNS: Mapping[str, Text] = {
    "organisation": _("Organisation"),
    "municipality": _("Municipality"),
    "email": _("E-mail"),
}
"""What a list may show beside number, name and signature."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a list looks. As it stands here, it is what is printed while no funder's profile is chosen."""

    name: str = ""
    line: str = ""
    columns: list[str] = field(default_factory=lambda: ["organisation"])
    per_session: bool = True
    blank_lines: int = 5


def all_profiles(session: Session) -> Sequence[FunderProfile]:
    """By name."""
    return session.scalars(select(FunderProfile).order_by(FunderProfile.name, FunderProfile.id)).all()


def profile_with_id(session: Session, profile_id: UUID) -> FunderProfile:
    """Raises :class:`NotFoundError`."""
    found = session.get(FunderProfile, profile_id)
    if found is None:
        raise NotFoundError("funder_profile_not_found", _("This funder's profile does not exist."))
    return found


def told(profile: FunderProfile) -> Profile:
    """What it says."""
    return Profile(profile.name, profile.line, profile.columns, profile.per_session, profile.blank_lines)


def add_profile(uow: UnitOfWork, entered: Profile, account_id: UUID) -> FunderProfile:
    """Raises :class:`ConflictError` (``too_many_funder_profiles``)."""
    if uow.session.execute(select(func.count()).select_from(FunderProfile)).scalar_one() >= MOST_PROFILES:
        raise ConflictError("too_many_funder_profiles", _("The list is full. Please delete an entry first."))
    made = FunderProfile(id=new_id(), **asdict(entered), created_at=uow.now)
    uow.session.add(made)
    uow.audit("funder_profile.added", by_account(account_id), _subject(made), changes=added(**_shown(entered)))
    return made


def change_profile(uow: UnitOfWork, profile_id: UUID, entered: Profile, account_id: UUID) -> None:
    """Raises :class:`NotFoundError`."""
    found = profile_with_id(uow.session, profile_id)
    changes = differences(_shown(told(found)), _shown(entered))
    for name, value in asdict(entered).items():
        setattr(found, name, value)
    uow.audit("funder_profile.changed", by_account(account_id), _subject(found), changes=changes)


def delete_profile(uow: UnitOfWork, profile_id: UUID, account_id: UUID) -> None:
    """Raises :class:`NotFoundError`."""
    found = profile_with_id(uow.session, profile_id)
    uow.session.delete(found)
    uow.audit("funder_profile.deleted", by_account(account_id), _subject(found), changes=added(name=found.name))


def _shown(profile: Profile) -> dict[str, Any]:
    return {**asdict(profile), "columns": ", ".join(profile.columns)}


def _subject(profile: FunderProfile) -> Subject:
    return Subject("funder_profile", profile.id)
