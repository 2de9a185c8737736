"""Writers of the catalogue take turns: an office changes it a few times an hour, so one lock is simple and enough.

It keeps slugs and module numbers unique without races, and gives everything announced one order.
"""

from sqlalchemy.exc import OperationalError

from services.catalogue.models import CatalogueRevision, metadata
from shared.database import UnitOfWork
from shared.errors import BusyError
from shared.languages import text as _
from shared.messaging.inbox import insert_for

_ONLY_ROW = 1


def take_turn(uow: UnitOfWork) -> CatalogueRevision:
    """Wait until no other writer is at work; the lock lasts until the unit of work ends.

    Raises :class:`BusyError` if the other one does not come to an end.
    """
    table = metadata.tables[CatalogueRevision.__tablename__]
    first = insert_for(uow.session.get_bind().dialect.name, table).values(id=_ONLY_ROW, number=0, changed_at=uow.now)
    # An upsert that changes nothing locks the row, whether or not it existed.
    try:
        uow.session.execute(first.on_conflict_do_update(index_elements=["id"], set_={"id": _ONLY_ROW}))
    except OperationalError as error:
        raise BusyError("busy", _("Somebody else is writing right now. Please try again in a moment.")) from error
    return uow.session.get_one(CatalogueRevision, _ONLY_ROW, populate_existing=True)
