"""A person says that they are in the room: where the screen's QR code leads, and where its code is typed."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.joining import is_open
from services.registration.self_check_in import check_in, is_there, room, room_with_seat
from services.registration.web.my import owner, unknown_link
from services.registration.web.senders import limit_codes
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError, TooManyError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.service import now, this_service

bp = Blueprint("my_here", __name__, url_prefix="/my")
own = Blueprint("own", __name__, url_prefix="/<token>/registrations/<uuid:registration_id>/here")
own.register_error_handler(NotFoundError, unknown_link)


@bp.get("/here/<uuid:session_id>")
def way(session_id: UUID) -> ResponseReturnValue:
    """For a telephone that has read the screen's code: it does not know who holds it, so it says how to go on."""
    with this_service().database.read() as session:
        held = room(session, session_id)
    return render_template("registration/here_way.html", held=held)


@own.get("/<uuid:session_id>")
def form(token: str, registration_id: UUID, session_id: UUID) -> ResponseReturnValue:
    keep_private()
    return _page(token, registration_id, session_id)


@own.post("/<uuid:session_id>")
def send(token: str, registration_id: UUID, session_id: UUID) -> ResponseReturnValue:
    keep_private()
    service, here = (
        this_service(),
        url_for(".form", token=token, registration_id=registration_id, session_id=session_id),
    )
    try:
        limit_codes(registration_id)
        with service.database.unit_of_work(now()) as uow:
            person, typed = owner(uow.session, token), request.form.get("code", "")
            check_in(uow, service.settings.secret_keys, person, registration_id, session_id, typed)
            uow.commit()
    except (InvalidError, TooManyError) as error:
        return _page(token, registration_id, session_id, error)
    except ConflictError:
        # The page says what can be done there now.
        return redirect(here, 303)
    return redirect(here, 303)


def _page(token: str, registration_id: UUID, session_id: UUID, error: ReiheError | None = None) -> ResponseReturnValue:
    with this_service().database.read() as session:
        held = room_with_seat(session, owner(session, token), registration_id, session_id)
        arrived = is_there(session, registration_id, session_id)
    page = render_template(
        "registration/my_here.html",
        token=token,
        held=held,
        is_there=arrived,
        is_open=is_open(held, now()),
        errors=said(error.errors or {"": [error.text]}) if error else {},
    )
    return page, error.status if error else 200


bp.register_blueprint(own)
