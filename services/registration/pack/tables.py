"""The funder's pack as tables: figures, and beside them the rows from which they are counted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.feedback import Results, results_of, survey_of
from services.registration.feedback_words import rows_of
from services.registration.figures import Counted, Figures, counted, total
from services.registration.lists.scans import scans_of
from services.registration.lists.signing import Reading
from services.registration.models import Certificate, Event, ListScan, Organisation, Registration
from services.registration.presence import Ledger, MinutesBySession, ledger, minutes_of
from services.registration.small_numbers import protected
from shared.languages import Text, localised
from shared.languages import text as _
from shared.spreadsheets import Cell, Table

FIGURES: Mapping[str, Text] = {
    "registered": _("rows of registrations"),
    "confirmed": _("rows of registrations with the state confirmed"),
    "attended": _("registrations with minutes in presence"),
    "no_show": _("registrations with the state confirmed and no minutes in presence, where others have some"),
    "waiting": _("rows of registrations with the states waitlisted, offered, pending"),
    "cancelled": _("rows of registrations with the states cancelled, lapsed"),
    "minutes_offered": _("minutes of sessions that took place"),
    "minutes_attended": _("minutes in presence"),
    "reached": _("different organisations of those who attended: by entry, else by spelling"),
}
"""Each figure, and from which rows it is counted."""


@dataclass(frozen=True, slots=True)
class Proof:
    """All that a pack speaks of. ``minutes`` are by registration and session, of those who were there."""

    events: Sequence[Event]
    registrations: Sequence[Registration]
    municipalities: Mapping[UUID, str]
    rows: Ledger
    minutes: Mapping[UUID, MinutesBySession]
    certificates: Sequence[Certificate]
    scans: Sequence[ListScan]
    counted: Sequence[Counted]
    feedback: Mapping[UUID, Results]
    """What may be seen of it, by event; empty where it is not wanted."""

    def event_of(self, registration: Registration) -> Event:
        return next(event for event in self.events if event.id == registration.event_id)


def proof_of(session: Session, events: Sequence[Event], *, feedback_at: datetime | None = None) -> Proof:
    """``events`` have their sessions loaded. ``feedback_at`` is now where feedback is wanted too.

    A fixed number of queries, and a few more for each event.
    """
    ids = [event.id for event in events]
    query = select(Registration).where(Registration.event_id.in_(ids)).order_by(Registration.sort_key, Registration.id)
    registrations = session.scalars(query).all()
    rows = ledger(session, [one.id for one in registrations])
    sessions = {event.id: event.sessions for event in events}
    minutes = {one.id: minutes_of(one.id, sessions[one.event_id], rows) for one in registrations}
    certificates = select(Certificate).where(Certificate.event_id.in_(ids)).order_by(Certificate.number)
    return Proof(
        events,
        registrations,
        dict(iter(session.execute(select(Organisation.id, Organisation.municipality)))),
        rows,
        {who: found for who, found in minutes.items() if found},
        session.scalars(certificates).all(),
        [scan for event_id in ids for scan in scans_of(session, event_id)],
        [one for one in counted(session) if one.event.id in ids],
        dict(_feedback(session, events, feedback_at)) if feedback_at else {},
    )


def _feedback(session: Session, events: Sequence[Event], now: datetime) -> Iterator[tuple[UUID, Results]]:
    for event in events:
        survey = survey_of(session, event.id)
        if survey is not None:
            yield event.id, results_of(session, event, survey, now)


def tables_of(proof: Proof, reading: Reading, made_at: datetime) -> dict[str, Table]:
    """By the names of their files, without the ending."""
    say = _Tables(proof, reading, made_at)
    feedback = {"feedback": say.table(_("Feedback"), _FEEDBACK_HEADS, say.feedback())} if proof.feedback else {}
    return {
        "figures": say.table(_("Figures"), _FIGURE_HEADS, say.figures()),
        "breakdowns": say.table(_("Where from, which languages"), _BREAKDOWN_HEADS, say.breakdowns()),
        "events": say.table(_("Events"), _EVENT_HEADS, say.events()),
        "sessions": say.table(_("Sessions"), _SESSION_HEADS, say.sessions()),
        "programme": say.table(_("Programme"), _PROGRAMME_HEADS, say.programme()),
        "registrations": say.table(_("Registrations"), _REGISTRATION_HEADS, say.registrations()),
        "presence": say.table(_("Presence"), _PRESENCE_HEADS, say.presence()),
        "evidence": say.table(_("Evidence"), _EVIDENCE_HEADS, say.evidence()),
        "certificates": say.table(_("Certificates"), _CERTIFICATE_HEADS, say.certificates()),
        "scans": say.table(_("Signed lists"), _SCAN_HEADS, say.scans()),
        **feedback,
    }


_FIGURE_HEADS = (_("Event ID"), _("Event"), _("Figure"), _("How many"), _("Counted from"), _("As of"))
_BREAKDOWN_HEADS = (_("Event ID"), _("Kind"), _("Name"), _("People"))
_EVENT_HEADS = (_("Event ID"), _("Event"), _("Begins"), _("Ends"), _("State"))
_SESSION_HEADS = (
    *(_("Session ID"), _("Event ID"), _("Begins"), _("Ends"), _("Minutes"), _("Where"), _("Takes place")),
)
_PROGRAMME_HEADS = (_("Event ID"), _("Begins"), _("Ends"), _("Kind"), _("Title"), _("Speakers"))
_REGISTRATION_HEADS = (
    *(_("Registration ID"), _("Event ID"), _("Last name"), _("First name"), _("Organisation"), _("Entry")),
    *(_("Spelling"), _("Municipality"), _("Language"), _("State"), _("Registered on")),
)
_PRESENCE_HEADS = (_("Registration ID"), _("Session ID"), _("Minutes"))
_EVIDENCE_HEADS = (
    *(_("Evidence ID"), _("Registration ID"), _("Session ID"), _("Kind"), _("Present")),
    *(_("From"), _("Until"), _("Recorded at"), _("Corrects")),
)
_CERTIFICATE_HEADS = (
    *(_("Number"), _("Registration ID"), _("Event ID"), _("Whole series"), _("State"), _("Issued on")),
)
_FEEDBACK_HEADS = (_("Event ID"), _("Question"), _("Answer"), _("How many"))
_SCAN_HEADS = (_("File"), _("Event ID"), _("Session IDs"), _("Checksum (SHA-256)"), _("Kept since"))


class _Tables:
    """Rows, with moments by the clocks of their events."""

    def __init__(self, proof: Proof, reading: Reading, made_at: datetime) -> None:
        self._proof = proof
        self._reading = reading
        self._made_at = made_at

    def table(self, title: Text, heads: Collection[Text], rows: Iterator[list[Cell]]) -> Table:
        translator = self._reading.translator
        return Table(title.in_language(translator), [head.in_language(translator) for head in heads], list(rows))

    def figures(self) -> Iterator[list[Cell]]:
        for one in self._proof.counted:
            yield from self._figures_of(str(one.event.id), self._title(one.event), one.figures, one.closed_at)
        if len(self._proof.counted) > 1:
            yield from self._figures_of("", "", total([one.figures for one in self._proof.counted]), None)

    def _figures_of(
        self, event_id: str, title: str, figures: Figures, closed_at: datetime | None
    ) -> Iterator[list[Cell]]:
        for name, source in FIGURES.items():
            counted_from = source.in_language(self._reading.translator)
            yield [event_id, title, name, getattr(figures, name), counted_from, closed_at or self._made_at]

    def breakdowns(self) -> Iterator[list[Cell]]:
        for one in self._proof.counted:
            for kind, found in (("municipality", one.figures.places), ("language", one.figures.languages)):
                shown = protected(found)
                for name, people in sorted(shown.named.items()):
                    yield [str(one.event.id), kind, name, people]
                if shown.others:
                    yield [str(one.event.id), kind, "", shown.others]

    def events(self) -> Iterator[list[Cell]]:
        for event in self._proof.events:
            begin, end = self._at(event.starts_at, event), self._at(event.ends_at, event)
            yield [str(event.id), self._title(event), begin, end, event.state]

    def sessions(self) -> Iterator[list[Cell]]:
        for event in self._proof.events:
            for held in event.sessions:
                begin, end = self._at(held.starts_at, event), self._at(held.ends_at, event)
                where = (held.venue or {}).get("name", "")
                takes_place = "no" if held.cancelled or event.is_cancelled else "yes"
                yield [str(held.id), str(event.id), begin, end, held.minutes, where, takes_place]

    def programme(self) -> Iterator[list[Cell]]:
        for event in self._proof.events:
            for item in event.programme:
                begin, end = (item[name] and datetime.fromisoformat(item[name]) for name in ("starts_at", "ends_at"))
                yield [
                    str(event.id),
                    self._at(begin, event),
                    self._at(end, event) if end else None,
                    item["kind"],
                    localised(item["title"], self._reading.locale),
                    "; ".join(_speaker(one) for one in item["speakers"]),
                ]

    def registrations(self) -> Iterator[list[Cell]]:
        for one in self._proof.registrations:
            entry = one.organisation_id
            yield [
                *(str(one.id), str(one.event_id), one.last_name, one.first_name, one.organisation),
                *(str(entry or ""), one.organisation_key, self._proof.municipalities.get(entry, "") if entry else ""),
                *(one.locale, str(one.state), self._at(one.submitted_at, self._proof.event_of(one))),
            ]

    def presence(self) -> Iterator[list[Cell]]:
        for who, sessions in self._proof.minutes.items():
            for session_id, minutes in sessions.items():
                yield [str(who), str(session_id), minutes]

    def evidence(self) -> Iterator[list[Cell]]:
        for registration in self._proof.registrations:
            event = self._proof.event_of(registration)
            for held in event.sessions:
                for row in self._proof.rows.get((registration.id, held.id), ()):
                    yield [
                        *(str(row.id), str(registration.id), str(held.id), row.kind, "yes" if row.present else "no"),
                        *(self._at(one, event) if one else None for one in (row.from_at, row.until_at, row.at)),
                        str(row.corrects or ""),
                    ]

    def certificates(self) -> Iterator[list[Cell]]:
        for one in self._proof.certificates:
            of_series = "yes" if one.series_id else "no"
            yield [one.number, str(one.registration_id), str(one.event_id), of_series, one.state, one.issued_at]

    def scans(self) -> Iterator[list[Cell]]:
        for number, scan in enumerate(self._proof.scans, start=1):
            name = scan_name(number, scan)
            yield [name, str(scan.event_id), " ".join(scan.session_ids), scan.digest, scan.added_at]

    def feedback(self) -> Iterator[list[Cell]]:
        for event_id, results in self._proof.feedback.items():
            yield from ([str(event_id), *row] for row in rows_of(results, self._reading.translator))

    def _title(self, event: Event) -> str:
        return localised(event.title, self._reading.locale)

    def _at(self, moment: datetime, event: Event) -> datetime:
        return moment.astimezone(ZoneInfo(event.time_zone))


def scan_name(number: int, scan: ListScan) -> str:
    """Of its file in the archive: two may have been sent under one name."""
    return f"scans/{number:03} {scan.name}"


def _speaker(told: Mapping[str, str]) -> str:
    return ", ".join(part for part in (told["name"], told["role"], told["organisation"]) if part)
