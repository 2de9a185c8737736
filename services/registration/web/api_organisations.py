"""The part of the JSON API about the directory of organisations: suggestions for everybody, the rest for organisers."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.registration import directory
from services.registration.directory import Draft, draft_of
from services.registration.entries import Wanted, entries_page
from services.registration.models import Organisation
from services.registration.organisation_search import search
from services.registration.web import answers
from services.registration.web.following import follow
from services.registration.web.organisation_schemas import (
    DirectoryAnswer,
    DirectoryQuery,
    MergerSchema,
    NewOrganisationSchema,
    OrganisationAnswer,
    OrganisationChangeSchema,
    chosen_membership,
    entry_answer,
)
from services.registration.web.schemas import OrganisationQuery
from shared.audit import Author, by_account
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

SUGGESTIONS_LAST_SECONDS = 60
READERS = ("organiser", "auditor")

bp = Blueprint("organisations", __name__, url_prefix="/api/registration/v1")


@bp.route("/organisations")
@bp.arguments(OrganisationQuery, location="query")
@bp.response(200, answers.SuggestionsAnswer)
def organisations(query: dict[str, Any]) -> Any:
    """At most twenty organisations of the directory that have a name like what was typed, the best fit first."""
    with this_service().database.read() as session:
        found = search(session, query["q"])
    # Whoever deletes a letter and types it again asks the same question once more.
    return {"items": found}, {"Cache-Control": f"public, max-age={SUGGESTIONS_LAST_SECONDS}"}


@bp.route("/directory")
@bp.staff(*READERS)
@bp.arguments(DirectoryQuery, location="query")
@bp.response(200, DirectoryAnswer)
def entries(query: dict[str, Any]) -> Any:
    """The directory by name, page by page, with how many registrations count for each entry."""
    keep_private()
    wanted = Wanted(query["q"], query["state"], chosen_membership(query))
    with this_service().database.read() as session:
        found = entries_page(session, wanted, limit=query["limit"], cursor=query["cursor"])
    return {"items": [entry_answer(entry) for entry in found.items], "next_cursor": found.next_cursor}


@bp.route("/organisations", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(NewOrganisationSchema)
@bp.response(201, OrganisationAnswer)
def add(values: dict[str, Any]) -> Any:
    """Make an entry. Registrations whose spelling is one of its names count for it from now on."""
    keep_private()
    state = values.pop("state")
    with this_service().database.unit_of_work(now()) as uow:
        made = directory.add(uow, Draft(**values), _author(), state)
        uow.commit()
    return _followed(made)


@bp.route("/organisations/<uuid:organisation_id>")
@bp.staff(*READERS)
@bp.response(200, OrganisationAnswer)
def entry(organisation_id: UUID) -> Any:
    """One entry with its other names."""
    keep_private()
    with this_service().database.read() as session:
        return directory.entry(session, organisation_id)


@bp.route("/organisations/<uuid:organisation_id>", methods=["PATCH"])
@bp.staff("organiser")
@bp.arguments(OrganisationChangeSchema)
@bp.response(200, OrganisationAnswer)
def change(values: dict[str, Any], organisation_id: UUID) -> Any:
    """Change the fields that are sent. The entry counts as reviewed; its registrations follow."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        found = directory.entry(uow.session, organisation_id)
        revision = values.pop("revision", found.revision)
        changed = directory.change(uow, organisation_id, replace(draft_of(found), **values), _author(), revision)
        uow.commit()
    return _followed(changed)


@bp.route("/organisations/<uuid:organisation_id>/merge", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(MergerSchema)
@bp.response(200, OrganisationAnswer)
def merge(values: dict[str, Any], organisation_id: UUID) -> Any:
    """Let another entry stand for this one; answers with the one that stays."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        kept = directory.merge(uow, organisation_id, values["into"], _author())
        uow.commit()
    follow([organisation_id, kept.id])
    return kept


def _followed(organisation: Organisation) -> Organisation:
    follow([organisation.id])
    return organisation


def _author() -> Author:
    return by_account(required_staff().account_id)
