"""How certificates look, as organisers chose it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import JsonValue


class Design(Base):
    """The look of the house's certificates. What is empty is as the installation's settings say."""

    __tablename__ = "certificate_designs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """:data:`HOUSE`."""
    accent: Mapped[str] = mapped_column(String(7))
    """``#rrggbb``."""
    signatory: Mapped[str]
    signatory_role: Mapped[str]
    logo_line: Mapped[str]
    """The funder's."""
    text: Mapped[dict[str, str]] = mapped_column(JsonValue)
    """Language → one paragraph."""
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A PNG, as the signature."""
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
