"""Correcting an address of a group on the page after sending its form, in the same browser."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.events import event_with_slug
from services.registration.models import Event, Party, Registration
from services.registration.parties import party_of
from services.registration.party_addresses import PartyAddress, correct_address_of_party, correctable_addresses
from services.registration.web.cookie import no_registration_here, own_registration, remember
from services.registration.web.registering import already_page, registered_now, sentences_of
from services.registration.web.schemas import AddressSchema
from services.registration.web.senders import limit_registrations
from shared.errors import ConflictError, InvalidError, ReiheError, TooManyError
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("party_address", __name__, url_prefix="/register/events/<slug>/party/address")

Choices = Mapping[str, PartyAddress]
"""What the form offers, by what it sends."""


@bp.get("")
def form(slug: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        event, own = _own(session, slug)
        choices = _choices(session, event, own[1]) if own else {}
    if own is None:
        return no_registration_here(event)
    if not choices:
        return redirect(url_for("party.done", slug=slug), 303)
    return _form(event, choices, "", "")


@bp.post("")
def correct(slug: str) -> ResponseReturnValue:
    keep_private()
    typed, chosen = request.form.get("email", ""), request.form.get("whose", "")
    with this_service().database.read() as session:
        event, own = _own(session, slug)
        choices = _choices(session, event, own[1]) if own else {}
    if own is None:
        return no_registration_here(event)
    if chosen not in choices:
        return redirect(url_for("party.done", slug=slug), 303)
    try:
        email = load(AddressSchema(), {"email": typed})["email"]
        return _correct(event, own, choices[chosen].email, email)
    except (InvalidError, TooManyError, ConflictError) as error:
        return _form(event, choices, chosen, typed, error)


def _own(session: Session, slug: str) -> tuple[Event, tuple[Registration, Party] | None]:
    """The event, and what this browser registered for it as a group."""
    event = event_with_slug(session, slug)
    registration = own_registration(session, event)
    party = party_of(session, registration) if registration else None
    return event, (registration, party) if registration and party else None


def _choices(session: Session, event: Event, party: Party) -> Choices:
    found = correctable_addresses(session, party, event, now())
    return {"contact" if one.is_contacts else str(one.people[0].id): one for one in found}


def _correct(event: Event, own: tuple[Registration, Party], wrong: str, right: str) -> ResponseReturnValue:
    registration, party = own
    limit_registrations(right)
    with this_service().database.unit_of_work(now()) as uow:
        is_corrected = correct_address_of_party(uow, party, wrong, right)
        uow.commit()
    if not is_corrected:
        return already_page(event, right)
    done = redirect(url_for("party.done", slug=event.slug, corrected=1), 303)
    return remember(done, event, registered_now(registration.id))


def _form(
    event: Event, choices: Choices, chosen: str, email: str, error: ReiheError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "registration/correct_address.html",
        title=event.title,
        action=url_for(".correct", slug=event.slug),
        back_url=url_for("party.done", slug=event.slug),
        choices=[(name, _whose(one)) for name, one in choices.items()],
        chosen=chosen,
        email=email,
        errors=sentences_of(error),
    )
    return page, error.status if error else 200


def _whose(address: PartyAddress) -> str:
    """Other people's addresses are not shown once more, for others may use this browser too."""
    if address.is_contacts:
        return say(_("Your own address: %(address)s", address=address.email))
    return ", ".join(one.name for one in address.people)
