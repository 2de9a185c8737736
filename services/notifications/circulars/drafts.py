"""Drafts of circulars: written, changed, discarded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.notifications.circulars import recipients
from services.notifications.mailing import known_event
from services.notifications.models import Circular, CircularRecipient, Event
from services.notifications.once import Key, made_once
from services.notifications.snapshot import Session as EventSession
from shared.audit import Subject, by_account, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.languages import Content, Text
from shared.languages import text as _
from shared.staff import Staff


@dataclass(frozen=True, slots=True)
class Draft:
    """The words by language; to those in some ``states``, or, if there are none, to ``registration_ids``."""

    subject: Content
    text: Content
    session_id: UUID | None = None
    is_news: bool = False
    states: Sequence[str] = ()
    registration_ids: Sequence[UUID] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that it fills."""
        return {
            "subject": dict(self.subject),
            "text": dict(self.text),
            "session_id": self.session_id,
            "is_news": self.is_news,
            "states": list(self.states),
        }


def write(uow: UnitOfWork, event_id: UUID, draft: Draft, actor: Staff) -> Circular:
    """A new draft. Raises :class:`NotFoundError` for an unknown event, :class:`InvalidError`."""
    _check(uow.session, known_event(uow.session, event_id), draft)
    circular = Circular(
        id=new_id(),
        event_id=event_id,
        account_id=actor.account_id,
        version=1,
        created_at=uow.now,
        changed_at=uow.now,
        **draft.fields,
    )
    uow.session.add(circular)
    recipients.choose(uow, circular, () if draft.states else draft.registration_ids)
    note(uow, "circular.drafted", circular, actor, {}, draft.fields)
    return circular


def write_once(uow: UnitOfWork, event_id: UUID, draft: Draft, actor: Staff, key: Key | None) -> Circular:
    """The same, however often it is asked for with one key."""
    known_event(uow.session, event_id, for_update=True)
    scope = f"{actor.account_id}:circulars:{event_id}"
    made = made_once(uow, scope, key, lambda: write(uow, event_id, draft, actor).id)
    return circular_with_id(uow.session, made)


def change(uow: UnitOfWork, circular_id: UUID, draft: Draft, actor: Staff) -> Circular:
    """Other words, or for others. Raises :class:`ConflictError` once it is ordered, :class:`InvalidError`."""
    circular = draft_for_update(uow, circular_id)
    _check(uow.session, known_event(uow.session, circular.event_id), draft)
    before = {name: getattr(circular, name) for name in draft.fields}
    for name, value in draft.fields.items():
        setattr(circular, name, value)
    circular.version += 1
    circular.changed_at = uow.now
    _forget_chosen(uow, circular)
    recipients.choose(uow, circular, () if draft.states else draft.registration_ids)
    note(uow, "circular.changed", circular, actor, before, draft.fields)
    return circular


def discard(uow: UnitOfWork, circular_id: UUID, actor: Staff) -> None:
    """Away with a draft. Raises :class:`ConflictError` once it is ordered."""
    circular = draft_for_update(uow, circular_id)
    _forget_chosen(uow, circular)
    uow.session.delete(circular)
    note(uow, "circular.discarded", circular, actor)


def note(
    uow: UnitOfWork,
    action: str,
    circular: Circular,
    actor: Staff,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down who did what to a circular."""
    author, subject = by_account(actor.account_id), Subject("circular", circular.id)
    changes = differences(before or {}, after or {})
    uow.audit(action, author, subject, event_id=circular.event_id, changes=changes)


def circular_with_id(session: Session, circular_id: UUID, *, for_update: bool = False) -> Circular:
    """Raises :class:`NotFoundError`."""
    circular = session.get(Circular, circular_id, with_for_update=for_update or None)
    if circular is None:
        raise unknown_circular()
    return circular


def unknown_circular() -> NotFoundError:
    return NotFoundError("circular_unknown", _("There is no circular with this id."))


def draft_for_update(uow: UnitOfWork, circular_id: UUID) -> Circular:
    circular = circular_with_id(uow.session, circular_id, for_update=True)
    if not circular.is_draft:
        raise ConflictError(
            "circular_ordered", _("This circular is on its way already, so it cannot be changed any more.")
        )
    return circular


def chosen_ids(session: Session, circular: Circular) -> Sequence[UUID]:
    """Those who were chosen one by one."""
    query = select(CircularRecipient.registration_id).where(CircularRecipient.circular_id == circular.id)
    return session.scalars(query.order_by(CircularRecipient.registration_id)).all()


def sessions_of(event: Event) -> Sequence[EventSession]:
    """Those that a circular may be about."""
    return event.told.taking_place


def _forget_chosen(uow: UnitOfWork, circular: Circular) -> None:
    uow.session.execute(delete(CircularRecipient).where(CircularRecipient.circular_id == circular.id))


def _check(session: Session, event: Event, draft: Draft) -> None:
    errors: dict[str, list[Text | str]] = {}
    if not draft.states and not draft.registration_ids:
        errors["states"] = [_("Please say to whom it goes.")]
    if draft.session_id and draft.session_id not in {one.id for one in sessions_of(event)}:
        errors["session_id"] = [_("This event has no such session, or it does not take place.")]
    unknown = set(draft.registration_ids) - recipients.known(session, event.id, draft.registration_ids)
    if unknown and not draft.states:
        errors["registration_ids"] = [_("Somebody of those who were chosen is not registered for this event.")]
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)
