"""How certificates look, as organisers chose it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import JsonValue


class Design(Base):
    """The look of certificates: the house's, or what one series has of its own."""

    __tablename__ = "certificate_designs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """:data:`HOUSE`, or the series'."""
    accent: Mapped[str] = mapped_column(String(7))
    """``#rrggbb``."""
    signatory: Mapped[str]
    signatory_role: Mapped[str]
    logo_line: Mapped[str]
    """The funder's."""
    text: Mapped[dict[str, str]] = mapped_column(JsonValue)
    """Language → one paragraph."""
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A PNG or a JPEG, as the signature."""
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    template: Mapped[str]
    """The layout, in typst's language; empty for ours. The house's alone."""
    changed_at: Mapped[datetime]
