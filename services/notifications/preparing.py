"""What the messages about many registrations need, asked for at once: a few statements for all of them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from services.notifications.forgetting import FORGOTTEN, forgotten_among, ids_in
from services.notifications.invitations import invitations_at
from services.notifications.models import Registration
from services.notifications.people import remember_registered_people, subscribers_among
from services.notifications.registrations import event_of
from shared.database import UnitOfWork
from shared.messaging.inbox import Received
from shared.rows import rounded


def prepare_registrations(uow: UnitOfWork, messages: Sequence[Received]) -> Mapping[Hashable, Any]:
    """For :func:`services.notifications.registrations.take_state`, which asks for it one by one otherwise.

    Locks are taken in its order: first the events, then the people, whose registrations and invitations no other
    message changes from then on. Raises :class:`NotYetKnownError` for an event that is not known yet.
    """
    forgotten = forgotten_among(uow, [message.body for message in messages])
    wanted = [message for message in messages if forgotten.isdisjoint(ids_in(message.body))]
    events = sorted({message.body["event_id"] for message in wanted})
    for event_id in events:
        event_of(uow, event_id)
    people = remember_registered_people(uow, wanted) if wanted else set()
    subscribers = subscribers_among(uow.session, people)
    found: dict[Hashable, Any] = {FORGOTTEN: forgotten, **dict.fromkeys(("person", one) for one in people)}
    found |= {("subscribed", one): one in subscribers for one in people}
    for event_id in events:
        invitations = invitations_at(uow.session, event_id, rounded(people))
        found |= {("invitations", one, event_id): invitations[one] for one in people}
    return {**found, **_known_registrations(uow, wanted)}


def _known_registrations(uow: UnitOfWork, messages: Sequence[Received]) -> dict[Hashable, Registration | None]:
    ids = [message.body["registration_id"] for message in messages]
    rows = uow.session.scalars(select(Registration).where(Registration.id.in_(rounded(ids)))) if ids else ()
    known = {row.id: row for row in rows}
    return {("registration", one): known.get(one) for one in ids}
