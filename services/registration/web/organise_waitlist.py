"""The waitlist as organisers see it: the line, why each person stands where they do, and what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.decide import Reason
from services.registration.events import seats_of
from services.registration.models import Event, SeatCounter
from services.registration.outlook import NextReason, NextSeat, Place, at_next_free_seat, waitlist_of
from services.registration.setting_aside import why_set_aside
from services.registration.web.organise_room import guard, known_event, may_give_seats, may_move, may_offer, room_of
from services.registration.web.schemas import PageQuery
from shared.formats import date_and_time
from shared.languages import Text
from shared.languages import plural as ngettext
from shared.languages import text as _
from shared.paging import LARGEST_LIMIT
from shared.web import language
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("waitlist", __name__, url_prefix="/waitlist")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    place: Place
    why: Text
    is_next: bool
    aside: str
    """The organiser's reason for setting this person aside, if somebody did."""


@bp.get("")
def waitlist(event_id: UUID) -> ResponseReturnValue:
    cursor = load(PageQuery(only=("cursor",)), {"cursor": request.args.get("cursor") or None})["cursor"]
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        seats = seats_of(session, event_id)
        next_seat = at_next_free_seat(session, event, seats, now())
        found = waitlist_of(session, event, seats, now(), limit=LARGEST_LIMIT, cursor=cursor)
        aside = why_set_aside(session, [place.registration for place in found.items])
    return render_template(
        "registration/waitlist.html",
        room=room_of(event),
        seats=seats,
        event=event,
        next_seat=_next_sentence(next_seat, seats, event),
        passed_by=next_seat.passed_by,
        lines=[_line(place, event, next_seat, aside.get(place.registration.id, "")) for place in found.items],
        first_url=url_for(".waitlist", event_id=event_id) if cursor else "",
        next_url=url_for(".waitlist", event_id=event_id, cursor=found.next_cursor) if found.next_cursor else "",
        may_give_seats=may_give_seats(event, seats),
        may_offer=may_offer(event, seats),
        may_move=may_move(event),
    )


def _line(place: Place, event: Event, next_seat: NextSeat, aside: str) -> Line:
    is_next = next_seat.registration is not None and next_seat.registration.id == place.registration.id
    return Line(place, _why(place, event, is_next=is_next), is_next, aside)


WHY: Mapping[Reason, Text] = {
    "seats_reserved": _("The seats that are free are reserved for others."),
    "party_waits": _("The seats that are free are kept until they suffice for the group at the head of the line."),
    "party_too_large": _("There are fewer free seats than people in the group, and it is passed over."),
    "series_incomplete": _("Waits for the whole series, of which not all modules have a free seat."),
    "set_aside": _("Set aside: passed over until you or the person say otherwise."),
    "quiet_hours": _("A seat is free; it is offered as soon as people can be expected to answer."),
    "too_late_to_offer": _("It is too late to offer a seat; you can give one by hand."),
    "waitlist_closed": _("The waitlist is closed; you can give a seat by hand."),
}


def _why(place: Place, event: Event, *, is_next: bool) -> Text:
    if is_next:
        return _("Gets the next free seat.")
    if place.reason == "organisation_full":
        return ngettext(
            "The organisation has its one seat, and is passed over until that comes free.",
            "The organisation has all of its %(num)d seats, and is passed over until one of them comes free.",
            event.max_per_organisation or 0,
        )
    return WHY.get(place.reason, _("All seats are taken, and others are further ahead."))


NOBODY_GETS_IT: Mapping[NextReason, Text] = {
    "nobody_waits": _("Nobody is waiting, so the seat stays free for whoever registers next."),
    "nobody_admissible": _(
        "Nobody gets it: a quota or a reserved seat keeps everybody in line back, or they are set aside. "
        "It stays free for whoever can have it."
    ),
    "waitlist_closed": _("Nobody gets it by itself: the waitlist is closed and no longer moves."),
    "event_cancelled": _("Nothing: the event was cancelled, and the waitlist is frozen."),
    "too_late_to_offer": _("Nobody gets it by itself: it is too late to offer a seat. You can give it by hand."),
}


def _next_sentence(next_seat: NextSeat, seats: SeatCounter, event: Event) -> Text:
    if next_seat.registration is not None and next_seat.reason in ("seat_free", "party_waits", "quiet_hours"):
        return _about(next_seat, next_seat.registration.name, event)
    if next_seat.reason == "surplus":
        return ngettext(
            "Nobody gets it: one person more has a seat than there are seats.",
            "Nobody gets it: %(num)d people more have a seat than there are seats.",
            seats.confirmed - seats.capacity,
        )
    return NOBODY_GETS_IT[next_seat.reason]


def _about(next_seat: NextSeat, name: str, event: Event) -> Text:
    if next_seat.reason == "party_waits":
        return _("It is kept for the group of %(name)s, until there are enough seats for all of it.", name=name)
    if next_seat.not_before is not None:
        at = date_and_time(next_seat.not_before, language.locale(), event.time_zone)
        return _("%(name)s is offered it, but nothing before %(at)s.", name=name, at=at)
    if next_seat.deadline is not None:
        until = date_and_time(next_seat.deadline, language.locale(), event.time_zone)
        return _("%(name)s is offered it at once, until %(until)s.", name=name, until=until)
    return _("%(name)s gets it at once and is told by e-mail.", name=name)
