"""What an event's public page rests on: read with one query, before anything of the page is."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from services.catalogue.models import CatalogueRevision, Event, SeatCount, metadata
from shared.database import Database


@dataclass(frozen=True, slots=True)
class PageStamp:
    """The same stamp means the same page, but for the reader's language and the passing of time.

    ``revision`` counts what was announced in the whole catalogue, for the page names the event's series too.
    """

    revision: int
    capacity: int | None
    confirmed: int | None
    waiting: int | None


def page_stamp(database: Database, slug: str) -> PageStamp | None:
    """None for an event that is unknown or was never announced."""
    row = database.first_row(_EVENT, {"slug": slug})
    return PageStamp(**row._mapping) if row else None  # SQLAlchemy's public way to it


_revision, _events, _seats = (metadata.tables[model.__tablename__] for model in (CatalogueRevision, Event, SeatCount))

_EVENT = (
    select(_revision.c.number.label("revision"), _seats.c.capacity, _seats.c.confirmed, _seats.c.waiting)
    .select_from(_events.outerjoin(_seats, _seats.c.event_id == _events.c.id).join(_revision, _revision.c.number >= 0))
    .where(_events.c.slug == bindparam("slug"), _events.c.announced_version.is_not(None))
)
