"""What a funder asks attendance lists to show."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue

FUNDER_NAME_LENGTH = 200
FUNDER_LINE_LENGTH = 300


class FunderProfile(Base):
    """How one funder wants attendance lists to look."""

    __tablename__ = "funder_profiles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(FUNDER_NAME_LENGTH))
    line: Mapped[str] = mapped_column(String(FUNDER_LINE_LENGTH))
    """Stands at the head of each list, for example who funds it under which number; may be empty."""
    columns: Mapped[list[str]] = mapped_column(JsonValue)
    """Of :data:`services.registration.lists.profiles.COLUMNS`, beside number, name and signature."""
    per_session: Mapped[bool]
    """A list for each session; otherwise one list with a place to sign for each of them."""
    blank_lines: Mapped[int]
    """For whoever comes without having registered."""
    created_at: Mapped[datetime]
