"""Links for the door of an event: made, shown and revoked by organisers."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.door_links import door_token, links_of, make_link, revoke_link
from services.registration.models import DoorLink
from services.registration.web.organise_room import guard, known_event, room_of
from services.registration.web.schemas import DoorLinkSchema
from services.registration.web.settings import link_keys
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("door", __name__, url_prefix="/attendance/door")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@dataclass(frozen=True, slots=True)
class Address:
    """A link and where it leads; ``url`` is empty if it opens nothing any more."""

    link: DoorLink
    url: str


@bp.get("")
def links(event_id: UUID) -> ResponseReturnValue:
    return _page(event_id)


@bp.post("")
def make(event_id: UUID) -> ResponseReturnValue:
    try:
        name = load(DoorLinkSchema(), {"name": request.form.get("name", "")})["name"]
        with this_service().database.unit_of_work(now()) as uow:
            make_link(uow, known_event(uow.session, event_id), name, required_staff().account_id)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _page(event_id, error)
    return redirect(url_for(".links", event_id=event_id), 303)


@bp.post("/<uuid:link_id>/revoke")
def revoke(event_id: UUID, link_id: UUID) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        revoke_link(uow, event_id, link_id, required_staff().account_id)
        uow.commit()
    return redirect(url_for(".links", event_id=event_id), 303)


def _page(event_id: UUID, error: ReiheError | None = None) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        found = links_of(session, event_id)
    page = render_template(
        "registration/door_links.html",
        room=room_of(event),
        event=event,
        links=[Address(link, _url(link)) for link in found],
        values={"name": request.form.get("name", "")},
        errors=said(error.errors or {"": [error.text]}) if error else {},
        may_make=not event.is_cancelled and now() < event.ends_at,
    )
    return page, error.status if error else 200


def _url(link: DoorLink) -> str:
    if link.revoked_at is not None or now() >= link.expires_at:
        return ""
    return f"{this_service().settings.base_url}/check-in/with/{door_token(link_keys(), link)}"
