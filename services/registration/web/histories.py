"""The log of decisions and the ledger of attendance, in sentences that an organiser can pass on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import STAFF, Attendance, Decision, DoorLink, Event, EventSession, Note, Registration
from services.registration.presence import minutes_present
from shared.languages import Text
from shared.languages import text as _
from shared.messages.registration import DECLINED_IN_CALENDAR
from shared.web.language import say

OUTCOMES: Mapping[str, Text] = {
    "confirmed": _("Seat given"),
    "waitlisted": _("Put on the waitlist"),
    "overbooked": _("Seat given beyond the capacity"),
    "promoted": _("Seat given from the waitlist"),
    "skipped": _("Passed over at a free seat"),
    "cancelled": _("Cancelled"),
    "corrected": _("Details corrected"),
    "pending": _("Seat kept until the address is confirmed"),
    "offered": _("Seat offered"),
    "accepted": _("Offer accepted"),
    "address_confirmed": _("Address confirmed"),
    "declined": _("Offer declined"),
    "lapsed": _("Lapsed"),
    "moved": _("Moved in line"),
    "set_aside": _("Set aside in line"),
    "resumed": _("Counted again in line"),
    "regrouped": _("Put into another group"),
}

REASONS: Mapping[str, Text] = {
    "seat_free": _("A seat was free."),
    "event_full": _("All seats were taken."),
    "organisation_full": _("The organisation had all the seats that one organisation can have."),
    "organiser": _("An organiser decided so."),
    "by_person": _("The person wished it."),
    DECLINED_IN_CALENDAR: _("The person’s calendar declined the invitation."),
    "transferred": _("The seat was given to a colleague."),
    "by_organiser": _("An organiser decided so."),
    "corrected": _("The place in line stays the same."),
    "address_corrected": _("The browser that registered corrected it before anybody had used the link."),
    "seats_reserved": _("The free seats were reserved for others."),
    "party_waits": _("The free seats were kept for a party ahead in line."),
    "party_too_large": _("There were fewer free seats than the party has people."),
    "series_incomplete": _("Other events of the series were full."),
    "set_aside": _("The person was set aside in line."),
    "quiet_hours": _("No offers are made in quiet hours."),
    "too_late_to_offer": _("There was too little time left to answer an offer."),
    "waitlist_closed": _("The waitlist was closed and no longer moved."),
    "accepted": _("The person wished it."),
    "address_confirmed": _("The person opened the link that went to the address."),
    "declined": _("The person wished it."),
    "offered_ran_out": _("The offer was not answered in time."),
    "pending_ran_out": _("The address was not confirmed in time."),
    "organisation_corrected": _("The organisation was corrected."),
    "answers_changed": _("Answers were changed."),
    "rule_changed": _("The rule of the event's seats was changed."),
    "organisation_assigned": _("The directory of organisations was changed."),
}

KINDS: Mapping[str, Text] = {
    "scan": _("code scanned"),
    "door": _("ticked at the door"),
    "self": _("checked in by the person"),
    "online": _("seen online"),
    "paper": _("signed on paper"),
    "correction": _("corrected"),
}

THE_PERSON = _("the person")
THE_RULE = _("the rule of the waitlist")
FORMER_STAFF = _("a former organiser")

Names = Mapping[UUID, str]
Ledger = Mapping[tuple[UUID, UUID], Sequence[Attendance]]


@dataclass(frozen=True, slots=True)
class Step:
    """One decision. ``note`` is the organiser's own reason, ``figures`` what the decision rested on."""

    at: datetime
    what: Text
    why: Text
    note: str
    who: str
    figures: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of the ledger."""

    at: datetime
    present: bool
    kind: Text
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One session and what is known of the person there."""

    session: EventSession
    minutes: int
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Written:
    """One note of an organiser; ``own`` if whoever looks at it wrote it."""

    id: UUID
    at: datetime
    text: str
    who: str
    own: bool


def staff_names(session: Session, decisions: Iterable[Decision], rows: Ledger, notes: Iterable[Note]) -> Names:
    """The names of those who acted or wrote, also of accounts that are locked by now."""
    ids = {decision.account_id for decision in decisions} | {row.account_id for found in rows.values() for row in found}
    ids |= {note.account_id for note in notes}
    accounts = STAFF.accounts.c
    query = select(accounts.account_id, accounts.name).where(accounts.account_id.in_(ids - {None}))
    return {**{row.account_id: row.name for row in session.execute(query)}, **_link_names(session, rows)}


def _link_names(session: Session, rows: Ledger) -> dict[UUID, str]:
    ids = {row.door_link_id for found in rows.values() for row in found} - {None}
    if not ids:
        return {}
    query = select(DoorLink.id, DoorLink.name).where(DoorLink.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}


def decision_history(decisions: Iterable[Decision], names: Names) -> list[Step]:
    return [
        Step(
            at=decision.decided_at,
            what=OUTCOMES[decision.outcome],
            why=REASONS[decision.reason],
            note=decision.note,
            who=_actor(decision, names),
            figures=_figures(decision.inputs),
        )
        for decision in decisions
    ]


def _actor(decision: Decision, names: Names) -> str:
    if decision.account_id is not None:
        return _name(decision.account_id, names)
    return say(THE_PERSON if decision.actor == "person" else THE_RULE)


def _recorder(row: Attendance, names: Names) -> str:
    if row.account_id is None:
        return say(THE_PERSON)
    name = names[row.door_link_id] if row.door_link_id else _name(row.account_id, names)
    return f"{name} ({row.device})" if row.device else name


def _name(account_id: UUID, names: Names) -> str:
    return names.get(account_id) or say(FORMER_STAFF)


def _figures(inputs: Mapping[str, Any]) -> list[Text]:
    figures = []
    if "capacity" in inputs:
        figures.append(_("%(taken)s of %(capacity)s seats taken, %(waiting)s waiting", **inputs))
    if inputs.get("max_per_organisation") is not None and inputs.get("organisation_seats") is not None:
        figures.append(_("the organisation had %(organisation_seats)s of %(max_per_organisation)s", **inputs))
    if inputs.get("reserved"):
        figures.append(_("%(reserved)s seats reserved", **inputs))
    if "position" in inputs:
        figures.append(_("to position %(position)s", **inputs))
    return figures


def written_notes(notes: Iterable[Note], names: Names, reader: UUID) -> list[Written]:
    """``reader`` is the account that looks at them."""
    return [
        Written(note.id, note.written_at, note.text, _name(note.account_id, names), note.account_id == reader)
        for note in notes
    ]


def attendance_history(event: Event, registration: Registration, rows: Ledger, names: Names) -> list[Visit]:
    """Every session that takes place or has evidence, in order; ``event`` has its sessions loaded."""
    visits = [_visit(held, rows.get((registration.id, held.id), ()), names) for held in event.sessions]
    return [visit for visit in visits if visit.marks or not visit.session.cancelled]


def _visit(held: EventSession, rows: Sequence[Attendance], names: Names) -> Visit:
    marks = [Mark(row.at, row.present, KINDS[row.kind], row.reason, _recorder(row, names)) for row in rows]
    return Visit(held, minutes_present(held, rows), marks)
