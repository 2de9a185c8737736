"""Scans of signed lists: kept as they came, and attached to the sessions whose codes stand on them."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from services.registration.lists.codes import Named
from services.registration.models import Event, EventSession, ListScan
from services.registration.uploads import clean_name, kind_of
from shared.audit import Changes, Subject, added, by_account, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.languages import Text
from shared.languages import text as _

LARGEST_SCAN = 15 * 1024 * 1024
"""Bytes."""
MOST_SCANS = 200
"""Of one event."""


@dataclass(frozen=True, slots=True)
class SentScan:
    """A checked file: its name has no path, its media type is what it begins like."""

    name: str
    media_type: str
    content: bytes


def check_scan(name: str, content: bytes) -> SentScan:
    """Raises :class:`InvalidError` for what is no PDF, JPEG or PNG, or too large; its name is not believed."""
    if not content:
        raise _refused(_("Please choose a file."))
    if len(content) > LARGEST_SCAN:
        raise _refused(_("This file is too large: at most 15 MB."))
    media_type = kind_of(content)
    if media_type is None:
        raise _refused(_("This file is neither a PDF nor a picture (JPEG, PNG)."))
    try:
        return SentScan(clean_name(name), media_type, content)
    except ValueError as error:
        raise _refused(_("The name of this file cannot be used. Please rename it.")) from error


def _refused(text: Text) -> InvalidError:
    return InvalidError("scan_refused", text, errors={"file": [text]})


def scans_of(session: Session, event_id: UUID) -> Sequence[ListScan]:
    """Of the event, without their contents; those that belong to no session yet come first, then the newest."""
    found = session.scalars(select(ListScan).where(ListScan.event_id == event_id).order_by(ListScan.id.desc()))
    return sorted(found, key=lambda scan: bool(scan.session_ids))


def scan_with_content(session: Session, event_id: UUID, scan_id: UUID) -> ListScan:
    """Raises :class:`NotFoundError`."""
    query = select(ListScan).where(ListScan.id == scan_id, ListScan.event_id == event_id)
    return _found(session.scalars(query.options(undefer(ListScan.content))).one_or_none())


def keep_scan(uow: UnitOfWork, event: Event, sent: SentScan, named: Sequence[Named], account_id: UUID) -> ListScan:
    """Keep it with the sessions of this event that its codes name; ``event`` has its sessions loaded.

    Raises :class:`ConflictError` if it is kept already, names sessions of other events, or the event has too many.
    """
    _refuse_if_of_another(uow.session, event, named)
    digest = hashlib.sha256(sent.content).hexdigest()
    scans = scans_of(uow.session, event.id)
    if any(scan.digest == digest for scan in scans):
        raise ConflictError("scan_known", _("This file is kept already."))
    if len(scans) >= MOST_SCANS:
        raise ConflictError("too_many_scans", _("The list is full. Please delete an entry first."))
    scan = ListScan(
        id=new_id(),
        event_id=event.id,
        session_ids=_in_order(event, {session_id for _event_id, session_id in named}),
        name=sent.name,
        media_type=sent.media_type,
        size=len(sent.content),
        digest=digest,
        content=sent.content,
        account_id=account_id,
        added_at=uow.now,
    )
    uow.session.add(scan)
    _note(uow, "scan.kept", scan, account_id, added(digest=digest, sessions=scan.session_ids))
    return scan


def _refuse_if_of_another(session: Session, event: Event, named: Sequence[Named]) -> None:
    own = {held.id for held in event.sessions}
    if any(session_id in own for _event_id, session_id in named):
        return
    query = select(func.count()).select_from(EventSession).where(EventSession.id.in_([one for _e, one in named]))
    if session.execute(query).scalar_one():
        raise ConflictError("scan_of_another_event", _("This list belongs to another event. Please add it there."))


def choose_sessions(
    uow: UnitOfWork, event: Event, scan_id: UUID, chosen: Collection[UUID], account_id: UUID
) -> ListScan:
    """Attach it to these sessions of the event and no others. Raises :class:`NotFoundError`, :class:`InvalidError`."""
    scan = _found(uow.session.get(ListScan, scan_id), event.id)
    sessions = _in_order(event, chosen)
    if not sessions:
        text = _("Please choose a session.")
        raise InvalidError("session_missing", text, errors={"sessions": [text]})
    changes = differences({"sessions": scan.session_ids}, {"sessions": sessions})
    scan.session_ids = sessions
    _note(uow, "scan.attached", scan, account_id, changes)
    return scan


def delete_scan(uow: UnitOfWork, event_id: UUID, scan_id: UUID, account_id: UUID) -> None:
    """Raises :class:`NotFoundError`."""
    scan = _found(uow.session.get(ListScan, scan_id), event_id)
    uow.session.delete(scan)
    _note(uow, "scan.deleted", scan, account_id, added(digest=scan.digest))


def note_fetched(uow: UnitOfWork, scan: ListScan, account_id: UUID) -> None:
    """Write down that somebody took the file away."""
    _note(uow, "scan.fetched", scan, account_id, added(digest=scan.digest))


def _note(uow: UnitOfWork, action: str, scan: ListScan, account_id: UUID, changes: Changes) -> None:
    uow.audit(action, by_account(account_id), Subject("scan", scan.id), event_id=scan.event_id, changes=changes)


def _in_order(event: Event, chosen: Collection[UUID]) -> list[str]:
    return [str(held.id) for held in event.sessions if held.id in chosen]


def _found(scan: ListScan | None, event_id: UUID | None = None) -> ListScan:
    if scan is None or event_id not in (None, scan.event_id):
        raise NotFoundError("scan_not_found", _("This file does not exist."))
    return scan
