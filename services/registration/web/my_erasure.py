"""A person has everything about them deleted, after a look at what goes and what stays."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.registration.erasure import erase, fates
from services.registration.models import THE_PERSON
from services.registration.web.my import owner, unknown_link
from services.registration.web.settings import settings
from shared.audit import by_person
from shared.errors import NotFoundError
from shared.web.app import keep_private
from shared.web.service import now, this_service

bp = Blueprint("my_erasure", __name__, url_prefix="/my")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get("/<token>/erasure")
def ask(token: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        person = owner(session, token)
        planned = fates(session, person, settings(), now())
    return render_template("registration/my_erasure.html", token=token, person=person, fates=planned)


@bp.post("/<token>/erasure")
def carry_out(token: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = owner(uow.session, token)
        erase(uow, person, settings(), THE_PERSON, by_person(person.id))
        uow.commit()
    return redirect(url_for(".erased"), 303)


@bp.get("/erased")
def erased() -> ResponseReturnValue:
    return render_template("registration/my_erased.html")
