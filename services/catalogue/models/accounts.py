"""Staff accounts, their API tokens, and who is signed in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalogue.models.base import Base
from shared.database import JsonValue, UtcDateTime, new_id
from shared.staff import Staff


class ApiToken(Base):
    """A token is shown once; its digest is kept. Empty ``scopes`` mean all that the account's roles allow."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JsonValue)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Account(Base):
    """A member of staff. ``epoch`` rises when every cookie of the account must end."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    roles: Mapped[list[str]] = mapped_column(JsonValue)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=0)
    calendar_generation: Mapped[int] = mapped_column(Integer, default=0)
    """Rises when the address of the account's calendar is renewed: the one before is worth nothing then."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    tokens: Mapped[list[ApiToken]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by=ApiToken.id)

    def as_staff(self, scopes: frozenset[str] = frozenset()) -> Staff:
        return Staff(self.id, self.name, self.email, frozenset(self.roles), self.epoch, scopes)


class SignIn(Base):
    """A browser that proved its password. ``digest`` is of the random token in its cookie."""

    __tablename__ = "sign_ins"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    epoch: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInAttempt(Base):
    """One attempt that has not succeeded. ``address_digest`` is of the address, which may belong to nobody."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address_digest: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
