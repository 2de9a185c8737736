"""The organisers' list of all organisations, and the page of one of them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import directory
from services.registration.directory import Draft, draft_of
from services.registration.entries import Wanted, entries_page, reach_of
from services.registration.models import Standing
from services.registration.unlisted import unlisted_count
from services.registration.web.following import follow
from services.registration.web.organisation_schemas import DirectoryQuery, OrganisationFormSchema, chosen_membership
from services.registration.web.organise_room import may
from shared.audit import by_account
from shared.errors import ConflictError, InvalidError, ReiheError, StaleError
from shared.text import one_line
from shared.web.problems import said
from shared.web.schemas import NAME_LENGTH, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff, requires

FILTERS = ("q", "state", "member")

bp = Blueprint("entries", __name__)


@bp.get("")
def entries() -> ResponseReturnValue:
    sent = {name: request.args[name] for name in (*FILTERS, "cursor") if request.args.get(name)}
    query = load(DirectoryQuery(), sent)
    wanted = Wanted(query["q"], query["state"], chosen_membership(query))
    with this_service().database.read() as session:
        found = entries_page(session, wanted, cursor=query["cursor"])
        unlisted = unlisted_count(session)
    chosen = {name: query[name] for name in FILTERS}
    kept = {name: value or None for name, value in chosen.items()}
    return render_template(
        "registration/organisations.html",
        entries=found.items,
        unlisted=unlisted,
        chosen=chosen,
        first_url=url_for(".entries", **kept) if query["cursor"] else "",
        next_url=url_for(".entries", **kept, cursor=found.next_cursor) if found.next_cursor else "",
        may_write=may("organiser"),
    )


@bp.get("/new")
@requires("organiser")
def new() -> ResponseReturnValue:
    """``name`` may stand in the address, for a spelling that shall become an entry."""
    return _form({"name": one_line(request.args.get("name", ""))[:NAME_LENGTH]})


@bp.post("/new")
def add() -> ResponseReturnValue:
    try:
        draft, _revision = _sent()
        with this_service().database.unit_of_work(now()) as uow:
            made = directory.add(uow, draft, by_account(required_staff().account_id))
            uow.commit()
    except InvalidError as error:
        return _form(request.form, error), error.status
    follow([made.id])
    return redirect(url_for(".entry", organisation_id=made.id), 303)


@bp.get("/<uuid:organisation_id>")
def entry(organisation_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        found = directory.entry(session, organisation_id)
    if found.state == Standing.MERGED:
        return redirect(url_for(".entry", organisation_id=found.merged_into), 303)
    draft = draft_of(found)
    shown = {
        "name": draft.name,
        "municipality": draft.municipality,
        "member": draft.member,
        "aliases": "\n".join(draft.aliases),
        "revision": found.revision,
    }
    return _form(shown, organisation_id=organisation_id)


@bp.post("/<uuid:organisation_id>")
def change(organisation_id: UUID) -> ResponseReturnValue:
    try:
        draft, revision = _sent()
        with this_service().database.unit_of_work(now()) as uow:
            author = by_account(required_staff().account_id)
            directory.change(uow, organisation_id, draft, author, revision)
            uow.commit()
    except (InvalidError, ConflictError, StaleError) as error:
        return _form(request.form, error, organisation_id=organisation_id), error.status
    follow([organisation_id])
    return redirect(url_for(".entry", organisation_id=organisation_id, saved=1), 303)


def _sent() -> tuple[Draft, int | None]:
    """What the form holds, and the revision that it was filled in for."""
    form = request.form
    values: dict[str, Any] = {
        "name": form.get("name", ""),
        "municipality": form.get("municipality", ""),
        "member": "member" in form,
        "aliases": [line for line in form.get("aliases", "").splitlines() if line.strip()],
        **({"revision": form["revision"]} if form.get("revision") else {}),
    }
    loaded = load(OrganisationFormSchema(), values)
    revision = loaded.pop("revision")
    return Draft(**loaded), revision


def _form(values: Any, error: ReiheError | None = None, organisation_id: UUID | None = None) -> str:
    with this_service().database.read() as session:
        found = directory.entry(session, organisation_id) if organisation_id else None
        reach = reach_of(session, organisation_id) if organisation_id else None
    return render_template(
        "registration/organisation.html",
        organisation=found,
        reach=reach,
        values=values,
        errors=_said(error),
        may_write=may("organiser"),
        saved="saved" in request.args,
        merged="merged" in request.args,
    )


def _said(error: ReiheError | None) -> dict[str, list[str]]:
    """By field of the form, which has one for all the other names."""
    if error is None:
        return {}
    gathered: dict[str, list[str]] = {}
    for field, messages in said(error.errors or {"": [error.text]}).items():
        gathered.setdefault(field.partition(".")[0], []).extend(messages)
    return gathered
