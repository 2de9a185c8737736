"""An organiser lets one entry of the directory stand for another: first chosen, then looked at, then done."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration import directory
from services.registration.entries import IN_USE, reach_of
from services.registration.models import Organisation, Standing
from services.registration.organisation_search import search
from services.registration.web.following import follow
from services.registration.web.organisation_schemas import MergerFormSchema
from shared.audit import by_account
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.language import say
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff, requires

bp = Blueprint("mergers", __name__, url_prefix="/<uuid:organisation_id>/merge")


@bp.get("")
@requires("organiser")
def ask(organisation_id: UUID) -> ResponseReturnValue:
    return _page(organisation_id)


@bp.post("")
def carry_out(organisation_id: UUID) -> ResponseReturnValue:
    try:
        into = load(MergerFormSchema(), {"into": request.form.get("into", "")})["into"]
        with this_service().database.unit_of_work(now()) as uow:
            directory.merge(uow, organisation_id, into, by_account(required_staff().account_id))
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _page(organisation_id, error), error.status
    follow([organisation_id, into])
    return redirect(url_for("directory.entries.entry", organisation_id=into, merged=1), 303)


def _page(organisation_id: UUID, error: ReiheError | None = None) -> str:
    """Candidates to choose from; what would happen, once one is chosen."""
    asked = load(MergerFormSchema(), {name: request.values[name] for name in ("q", "into") if request.values.get(name)})
    with this_service().database.read() as session:
        gone = directory.entry(session, organisation_id)
        kept = _chosen(session, asked["into"], gone)
        found = search(session, asked["q"] or gone.name, states=IN_USE)
        reach = reach_of(session, organisation_id)
    return render_template(
        "registration/organisation_merge.html",
        organisation=gone,
        kept=kept,
        candidates=[each for each in found if each.id != gone.id],
        reach=reach,
        q=asked["q"],
        errors={"": [say(error.text)]} if error else {},
    )


def _chosen(session: Session, into: UUID | None, gone: Organisation) -> Organisation | None:
    if into in (None, gone.id):
        return None
    kept = directory.entry(session, into)
    return None if kept.state == Standing.MERGED else kept
