"""Spellings without an entry in the directory: organisers say which entry each of them means."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import directory
from services.registration.entries import IN_USE
from services.registration.organisation_search import search
from services.registration.unlisted import unlisted_page
from services.registration.web.following import follow
from services.registration.web.organisation_schemas import AssignmentSchema, SpellingQuery
from services.registration.web.organise_room import may
from services.registration.web.schemas import PageQuery
from shared.audit import by_account
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff, requires

bp = Blueprint("spellings", __name__, url_prefix="/spellings")


@bp.get("")
def spellings() -> ResponseReturnValue:
    query = load(PageQuery(), {"cursor": request.args["cursor"]} if request.args.get("cursor") else {})
    with this_service().database.read() as session:
        found = unlisted_page(session, cursor=query["cursor"])
    return render_template(
        "registration/spellings.html",
        spellings=found.items,
        first_url=url_for(".spellings") if query["cursor"] else "",
        next_url=url_for(".spellings", cursor=found.next_cursor) if found.next_cursor else "",
        may_write=may("organiser"),
    )


@bp.get("/assign")
@requires("organiser")
def ask() -> ResponseReturnValue:
    return _page()


@bp.post("/assign")
def assign() -> ResponseReturnValue:
    try:
        sent = {name: request.form.get(name, "") for name in ("spelling", "organisation_id")}
        values = load(AssignmentSchema(), sent)
        with this_service().database.unit_of_work(now()) as uow:
            author = by_account(required_staff().account_id)
            directory.add_alias(uow, values["organisation_id"], values["spelling"], author)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _page(error), error.status
    follow([values["organisation_id"]])
    return redirect(url_for(".spellings"), 303)


def _page(error: ReiheError | None = None) -> str:
    sent = {name: request.values[name] for name in ("spelling", "q") if request.values.get(name)}
    asked = load(SpellingQuery(), sent)
    with this_service().database.read() as session:
        candidates = search(session, asked["q"] or asked["spelling"], states=IN_USE)
    return render_template(
        "registration/spelling.html",
        spelling=asked["spelling"],
        candidates=candidates,
        q=asked["q"],
        errors=said(error.errors or {"": [error.text]}) if error else {},
    )
