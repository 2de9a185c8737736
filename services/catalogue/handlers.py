"""What catalogue hears from the other services."""

from collections.abc import Mapping

from services.catalogue.models import SeatCount, metadata
from shared.database import UnitOfWork
from shared.messaging.inbox import Handler, Received, insert_for


def store_seats(uow: UnitOfWork, message: Received) -> None:
    """Keep how many seats of an event are taken."""
    table = metadata.tables[SeatCount.__tablename__]
    counts = {name: message.body[name] for name in ("capacity", "confirmed", "waiting")} | {"counted_at": uow.now}
    insert = insert_for(uow.session.get_bind().dialect.name, table).values(event_id=message.body["event_id"], **counts)
    uow.session.execute(insert.on_conflict_do_update(index_elements=["event_id"], set_=counts))


HANDLERS: Mapping[str, Handler] = {
    "seats.changed.v1": store_seats,
}
