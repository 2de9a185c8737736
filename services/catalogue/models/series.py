"""A series of events, and the counter that says when anything announced has changed."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalogue.models.base import Base, Facts
from shared.database import JsonValue, UtcDateTime, new_id
from shared.errors import ConflictError
from shared.languages import text as _

if TYPE_CHECKING:
    from services.catalogue.models.events import Event


class CatalogueRevision(Base):
    """One row. Its number rises with everything that is announced; writers lock it and so take turns."""

    __tablename__ = "catalogue_revision"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Series(Base):
    """Several events offered together. Changes of a published series can be seen at once."""

    __tablename__ = "series"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1)
    title: Mapped[dict[str, str]] = mapped_column(JsonValue)
    description: Mapped[dict[str, str]] = mapped_column(JsonValue, default=dict)
    certificate_rule: Mapped[Facts | None] = mapped_column(JsonValue)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[dict[str, str] | None] = mapped_column(JsonValue)
    search_key: Mapped[str] = mapped_column(String)

    revision: Mapped[int] = mapped_column(Integer, default=0)
    """Rises with everything that is announced of the series or of its events."""
    revised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_version: Mapped[int] = mapped_column(Integer, default=0)
    """Rises each time that the other services are told of the series; 0 while it is a draft."""

    events: Mapped[list["Event"]] = relationship(
        back_populates="series", lazy="raise_on_sql", order_by="Event.module_number.nulls_last(), Event.listed_at"
    )

    def publish(self) -> bool:
        """Whether this published it; once published it stays so."""
        if self.state == "cancelled":
            raise ConflictError("series_cancelled", _("This series was cancelled. Please make a new one."))
        newly = self.state == "draft"
        self.state = "published"
        self.version += newly
        return newly

    def cancel(self, reason: dict[str, str], now: datetime) -> None:
        if self.state != "published":
            raise ConflictError("series_not_published", _("Only a published series can be cancelled."))
        self.state = "cancelled"
        self.cancelled_at = now
        self.cancel_reason = reason
        self.version += 1

    def revise(self, now: datetime) -> None:
        """What is announced of the series, or of one of its events, has changed."""
        self.revision += 1
        self.revised_at = now
