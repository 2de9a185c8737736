"""The directory of organisations: one entry for each, with all the names under which people know it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DDL, Boolean, ForeignKey, Index, Integer, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base, table
from services.registration.spelling import KEY_LENGTH

ORGANISATION_NAME_LENGTH = 200


class Standing(StrEnum):
    """What an entry is: reviewed, made of what somebody wrote and not reviewed yet, or the same as another."""

    LISTED = "listed"
    PROPOSED = "proposed"
    MERGED = "merged"


class Organisation(Base):
    """One entry. ``revision`` rises with every change; ``followed`` is the revision that the registrations are at."""

    __tablename__ = "organisations"
    __table_args__ = (Index("ix_organisations_by_name", "sort_key", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(ORGANISATION_NAME_LENGTH))
    municipality: Mapped[str] = mapped_column(String(ORGANISATION_NAME_LENGTH))
    member: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(12))
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """The entry that stands for this one; always one that is not merged itself."""
    sort_key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    revision: Mapped[int]
    followed: Mapped[int]
    changed_at: Mapped[datetime]

    names: Mapped[list["OrganisationName"]] = relationship(
        back_populates="organisation",
        order_by="OrganisationName.id",
        cascade="all, delete-orphan",
        lazy="raise_on_sql",
    )

    @property
    def aliases(self) -> list[str]:
        return [name.name for name in self.names if name.name != self.name]


class OrganisationName(Base):
    """A name of an entry that is not merged: its own, or another. Two entries may have the same."""

    __tablename__ = "organisation_names"
    __table_args__ = (Index("uq_organisation_names_key", "organisation_id", "key", unique=True),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(ORGANISATION_NAME_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), index=True)

    organisation: Mapped[Organisation] = relationship(back_populates="names", lazy="raise_on_sql")


_NAMES: Table = table(OrganisationName)


def _make(statement: str, when: str, dialect: str) -> None:
    """Run the statement whenever the table is made in a database of this kind."""
    made: DDL = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(_NAMES, when, made.execute_if(dialect=dialect))


# Each database's own search for what is spelt nearly alike. SQLite's index is a table beside, kept in step by triggers.
_make("CREATE EXTENSION IF NOT EXISTS pg_trgm", "before_create", "postgresql")
_make(
    "CREATE INDEX ix_organisation_names_trigrams ON organisation_names USING gin (key gin_trgm_ops)",
    "after_create",
    "postgresql",
)
for _statement in (
    "CREATE VIRTUAL TABLE organisation_names_search USING fts5(key, tokenize = 'trigram')",
    """
    CREATE TRIGGER organisation_names_added AFTER INSERT ON organisation_names BEGIN
        INSERT INTO organisation_names_search(rowid, key) VALUES (new.id, new.key);
    END
    """,
    """
    CREATE TRIGGER organisation_names_removed AFTER DELETE ON organisation_names BEGIN
        DELETE FROM organisation_names_search WHERE rowid = old.id;
    END
    """,
    """
    CREATE TRIGGER organisation_names_changed AFTER UPDATE ON organisation_names BEGIN
        UPDATE organisation_names_search SET key = new.key WHERE rowid = old.id;
    END
    """,
):
    _make(_statement, "after_create", "sqlite")
