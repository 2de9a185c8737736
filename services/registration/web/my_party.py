"""What the contact of a party does on their page: cancel some of its people, or all."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import my
from services.registration.web.my import owner, unknown_link
from services.registration.web.schemas import PartyCancellationSchema
from shared.errors import NotFoundError
from shared.web.app import keep_private
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("my_party", __name__, url_prefix="/my")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.post("/<token>/parties/<uuid:party_id>/cancel")
def cancel(token: str, party_id: UUID) -> ResponseReturnValue:
    """Nobody chosen is nobody cancelled. Sent twice, it does nothing more."""
    keep_private()
    chosen = load(PartyCancellationSchema(), {"people": request.form.getlist("people")})["people"]
    with this_service().database.unit_of_work(now()) as uow:
        left = my.cancel_own_party(uow, owner(uow.session, token), party_id, chosen)
        uow.commit()
    return redirect(url_for("my.page", token=token, left=1 if left else None), 303)
