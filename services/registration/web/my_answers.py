"""What a person answers on their page: yes or no to an offered seat, whose an address is, that they still wait."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.registration import my
from services.registration.states import State
from services.registration.web.my import Entry, entries_of, entry_of, owner, unknown_link
from shared.errors import ConflictError, NotFoundError
from shared.web.app import keep_private
from shared.web.service import now, this_service

OWN_REGISTRATION = "/<token>/registrations/<uuid:registration_id>"

USE_CASES = {"accept": my.accept_own, "confirm": my.confirm_own, "decline": my.decline_own}
LEADS_TO = {"accept": State.CONFIRMED, "confirm": State.CONFIRMED, "decline": State.CANCELLED}

bp = Blueprint("my_answers", __name__, url_prefix="/my")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get(f"{OWN_REGISTRATION}/decline")
def ask_to_decline(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    entry = _entry(token, registration_id)
    if not entry.may_accept:
        return redirect(url_for("my.page", token=token), 303)
    return render_template("registration/my_decline.html", token=token, entry=entry)


@bp.post(f"{OWN_REGISTRATION}/<any(accept, confirm, decline):answer>")
def carry_out(token: str, registration_id: UUID, answer: str) -> ResponseReturnValue:
    """Sent twice, an answer is taken once. One that comes too late is told what became of the seat."""
    keep_private()
    if _entry(token, registration_id).state != LEADS_TO[answer]:
        try:
            with this_service().database.unit_of_work(now()) as uow:
                USE_CASES[answer](uow, owner(uow.session, token), registration_id)
                uow.commit()
        except ConflictError as error:
            return _too_late(token, registration_id, error)
    if answer == "decline":
        return redirect(url_for("my.page", token=token, declined=registration_id), 303)
    return redirect(url_for("my.page", token=token, taken=registration_id), 303)


@bp.post(f"{OWN_REGISTRATION}/resume")
def resume(token: str, registration_id: UUID) -> ResponseReturnValue:
    """Sent twice, or for somebody who has a seat by now, it changes nothing."""
    keep_private()
    if _entry(token, registration_id).is_set_aside:
        with this_service().database.unit_of_work(now()) as uow:
            my.resume_own(uow, owner(uow.session, token), registration_id)
            uow.commit()
    return redirect(url_for("my.page", token=token, resumed=registration_id, taken=registration_id), 303)


def _entry(token: str, registration_id: UUID) -> Entry:
    with this_service().database.read() as session:
        return entry_of(entries_of(session, owner(session, token)), registration_id)


def _too_late(token: str, registration_id: UUID, error: ConflictError) -> ResponseReturnValue:
    entry = _entry(token, registration_id)
    return render_template("registration/my_too_late.html", token=token, entry=entry, why=error.text), error.status
