"""The form for several people at once, and what the browser that sent it sees afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.answers import check_answers
from services.registration.booking import Registered, Wish
from services.registration.models import Event, Party, Registration, SeatCounter
from services.registration.parties import party_of, people_of_party
from services.registration.party_addresses import correctable_addresses
from services.registration.places import positions_of
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import all_of, form_parts, sent_answers
from services.registration.web.consent_fields import keep_ticked, offered_consents, ticked
from services.registration.web.cookie import no_registration_here, own_registration, remember
from services.registration.web.desks import desks
from services.registration.web.registering import (
    NOBODY_CAN_REGISTER,
    OWN_FIELDS,
    check_sender,
    event_and_seats,
    form_key,
    form_page,
    is_full,
    obstacle_to,
    registered_now,
    sentences_of,
)
from services.registration.web.schemas import PartySchema
from services.registration.web.senders import limit_parties
from services.registration.web.sent_parties import wishes_of_party
from shared.errors import BusyError, ConflictError, InvalidError, ReiheError, TooManyError
from shared.languages import Text
from shared.languages import text as _
from shared.web import language
from shared.web.app import keep_private, takes_files
from shared.web.schemas import load
from shared.web.service import now, this_service

PERSON_FIELDS: Mapping[str, Text] = {"first_name": _("First name"), "last_name": _("Last name"), "email": _("E-mail")}
ROWS_AT_FIRST = 2

bp = Blueprint("party", __name__, url_prefix="/register/events/<slug>/party")


@bp.get("")
def form(slug: str) -> ResponseReturnValue:
    event, seats = event_and_seats(slug)
    if event.largest_party == 1:
        return redirect(url_for("register.form", slug=slug), 303)
    if obstacle := obstacle_to(event, seats):
        return render_template("registration/not_open.html", event=event, why=obstacle)
    return _form(event, seats, {"contact": {"locale": language.locale()}, "people": [], "takes_part": True})


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def send(slug: str) -> ResponseReturnValue:
    event, seats = event_and_seats(slug)
    sent = _sent(event)
    if request.form.get("act") == "add":
        return _form(event, seats, sent, rows=_rows_shown(event) + 1)
    try:
        wishes, registered = _register(event, sent)
    except (InvalidError, TooManyError, BusyError) as error:
        return _form(event, seats, sent, error)
    except ConflictError as error:
        if error.code in NOBODY_CAN_REGISTER:
            return render_template("registration/not_open.html", event=event, why=error.code), error.status
        return _form(event, seats, sent, error)
    return _to_done(event, wishes, registered)


@bp.get("/done")
def done(slug: str) -> ResponseReturnValue:
    keep_private()
    event, _seats = event_and_seats(slug)
    with this_service().database.read() as session:
        registration = own_registration(session, event)
        if registration is None or registration.party_id is None:
            return no_registration_here(event)
        people = people_of_party(session, registration.party_id)
        positions = positions_of(session, people)
        party = session.get_one(Party, registration.party_id)
        correctable = correctable_addresses(session, party, event, now())
    return render_template(
        "registration/party_done.html",
        event=event,
        contact=party.contact,
        people=people,
        positions=positions,
        again="again" in request.args,
        corrected="corrected" in request.args,
        may_correct_address=bool(correctable),
    )


def _sent(event: Event) -> dict[str, Any]:
    """What the form holds. Rows that were left empty are none."""
    rows = [_row(number) for number in range(event.largest_party)]
    return {
        "contact": {name: request.form.get(f"contact.{name}", "") for name in OWN_FIELDS},
        "people": [row for row in rows if any(row.values())],
        "takes_part": "takes_part" in request.form,
        "all_or_nothing": request.form.get("fewer") != "yes",
        "code": request.form.get("code", ""),
        "answers": sent_answers(event),
    }


def _rows_shown(event: Event) -> int:
    return sum(f"people.{number}.first_name" in request.form for number in range(event.largest_party))


def _row(number: int) -> dict[str, str]:
    return {name: request.form.get(f"people.{number}.{name}", "").strip() for name in PERSON_FIELDS}


def _register(event: Event, sent: dict[str, Any]) -> tuple[Sequence[Wish], Sequence[Registered]]:
    shared = {"code": sent["code"]}
    people = [{**row, **shared} for row in sent["people"]]
    if sent["takes_part"]:
        people.append({**{name: sent["contact"][name] for name in PERSON_FIELDS}, **shared})
    party = {"contact": sent["contact"], "people": people, "all_or_nothing": sent["all_or_nothing"]}
    values, answers = all_of(lambda: load(PartySchema, party), lambda: check_answers(event, sent["answers"]))
    values["people"] = [{**person, "answers": answers} for person in values["people"]]
    check_sender()
    wishes = wishes_of_party(values, idempotency_key=form_key(), body_digest=None)
    limit_parties([wish.email for wish in wishes])
    return wishes, desks().register_party(event.id, wishes)


def _to_done(event: Event, wishes: Sequence[Wish], registered: Sequence[Registered]) -> ResponseReturnValue:
    """The cookie is that of the first, and shows the party."""
    first = registered_now(registered[0].registration_id)
    with this_service().database.read() as session:
        party = party_of(session, first)
    if party is not None:
        keep_ticked(party.contact, event, field="contact.email")
    other = registered[0].repeated and not _is_of(wishes, first)
    return remember(redirect(url_for(".done", slug=event.slug, again=1 if other else None), 303), event, first)


def _is_of(wishes: Sequence[Wish], registration: Registration) -> bool:
    """Whether the party of the registration is the one that was sent, and not another one of the same form."""
    with this_service().database.read() as session:
        party = party_of(session, registration)
        people = people_of_party(session, party.id) if party else []
    same_people = sorted(person.name for person in people) == sorted(wish.name for wish in wishes)
    contact = wishes[0].contact
    return party is not None and contact is not None and same_people and party.contact.email == contact.email


def _form(
    event: Event, seats: SeatCounter, sent: dict[str, Any], error: ReiheError | None = None, *, rows: int = 0
) -> ResponseReturnValue:
    rows = min(max(rows, len(sent["people"]), ROWS_AT_FIRST), event.largest_party)
    return form_page(
        "registration/party.html",
        event=event,
        seats=seats,
        will_wait=is_full(seats),
        values=sent,
        rows=[*sent["people"], *[{}] * (rows - len(sent["people"]))],
        errors=_at_fields(sentences_of(error), sent["people"]),
        error=error,
        row_labels=_row_labels(rows),
        consents=offered_consents([event]),
        ticked=ticked(),
        **form_parts(event, sent.get("answers", {}), {}),
    )


def _row_labels(rows: int) -> dict[str, str]:
    """What the rows' fields are called in the summary of errors."""
    people = [language.say(_("Person %(number)d", number=number + 1)) for number in range(rows)]
    return {
        f"people.{number}.{name}": f"{person}, {language.say(label)}"
        for number, person in enumerate(people)
        for name, label in PERSON_FIELDS.items()
    }


def _at_fields(errors: dict[str, list[str]], rows: Sequence[Any]) -> dict[str, list[str]]:
    """The errors at the form's fields. Whoever takes part themselves comes behind the rows, in the contact's fields."""
    contact = f"people.{len(rows)}."
    return {_field(name.replace(contact, "contact.")): sentences for name, sentences in errors.items()}


def _field(name: str) -> str:
    return "" if name == "people" or (name.startswith("people.") and name.count(".") == 1) else name
