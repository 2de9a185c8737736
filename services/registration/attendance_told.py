"""What the other services are told of attendance: at which sessions somebody was."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.registration.models import Attendance, Registration
from services.registration.presence import Ledger, evidence, ledger
from shared.database import UnitOfWork
from shared.messages.registration import AttendanceChangedV1

Rows = Mapping[UUID, Sequence[Attendance]]
"""The rows about one registration by session, in the order of the ledger."""


def tell_presence(
    uow: UnitOfWork, new_ids: Collection[UUID], registrations: Sequence[Registration], rows: Ledger
) -> None:
    """Tell of those whose sessions are others by the new rows. The registrations are locked, ``rows`` all of theirs."""
    known = _by_registration(registrations, rows)
    for registration in registrations:
        after = known[registration.id]
        before = {one: [row for row in rows if row.id not in new_ids] for one, rows in after.items()}
        if _attended(before) != _attended(after):
            _tell(uow, registration, after)


def tell_again(uow: UnitOfWork, registrations: Sequence[Registration]) -> int:
    """Tell the present state with the version it has, for readers who have lost it; of how many there is one."""
    known = _by_registration(registrations, ledger(uow.session, [registration.id for registration in registrations]))
    attended = [registration for registration in registrations if known[registration.id]]
    for registration in attended:
        _tell(uow, registration, known[registration.id])
    return len(attended)


def _by_registration(registrations: Sequence[Registration], rows: Ledger) -> dict[UUID, dict[UUID, list[Attendance]]]:
    found: dict[UUID, dict[UUID, list[Attendance]]] = {registration.id: {} for registration in registrations}
    for (registration_id, session_id), of_session in rows.items():
        found[registration_id][session_id] = list(of_session)
    return found


def _attended(rows: Rows) -> set[UUID]:
    return {session_id for session_id, entries in rows.items() if evidence(entries)}


def _tell(uow: UnitOfWork, registration: Registration, rows: Rows) -> None:
    # The ledger only grows, and no two transactions write to it about the same registration at once.
    version = sum(map(len, rows.values()))
    body = {
        "registration_id": registration.id,
        "event_id": registration.event_id,
        "session_ids": sorted(_attended(rows)),
    }
    uow.publish(AttendanceChangedV1, registration.id, version, body)
