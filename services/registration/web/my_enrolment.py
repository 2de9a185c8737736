"""What a person does with a registration for a series on their page: cancel all modules at once."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.registration.enrolment_changes import cancel_own_enrolment, own_enrolment
from services.registration.web.my import entries_of, owner, together, unknown_link
from shared.errors import ConflictError, NotFoundError
from shared.web.app import keep_private
from shared.web.service import now, this_service

bp = Blueprint("my_enrolment", __name__, url_prefix="/my/<token>/enrolments/<uuid:enrolment_id>/cancel")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get("")
def ask(token: str, enrolment_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        person = owner(session, token)
        enrolment = own_enrolment(session, person, enrolment_id)
        own = together(entries_of(session, person), [enrolment])
    leaving = [entry for one in own for entry in one.entries if entry.may_cancel]
    if not leaving:
        return redirect(url_for("my.page", token=token), 303)
    return render_template("registration/my_cancel_series.html", token=token, enrolment=enrolment, leaving=leaving)


@bp.post("")
def cancel(token: str, enrolment_id: UUID) -> ResponseReturnValue:
    """Sent twice, it does nothing more."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = owner(uow.session, token)
        try:
            cancel_own_enrolment(uow, person, enrolment_id)
            uow.commit()
        except ConflictError:
            return redirect(url_for("my.page", token=token), 303)
    return redirect(url_for("my.page", token=token, series_left=1), 303)
