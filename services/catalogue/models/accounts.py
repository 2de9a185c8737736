"""Staff accounts, what they prove themselves with, their API tokens, and who is signed in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String
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


class SecondFactor(Base):
    """What an account proves beside its password: codes by time (TOTP, RFC 6238).

    It counts from ``confirmed_at`` on. ``last_step`` is the last time step whose code was taken, so that none is taken
    twice.
    """

    __tablename__ = "second_factors"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(Integer, default=0)


class RecoveryCode(Base):
    """Stands in for a second factor that is lost, once. ``digest`` is of the code, which is random."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)


class SignIn(Base):
    """A browser that proved who uses it. ``digest`` is of the random token in its cookie."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    epoch: Mapped[int] = mapped_column(Integer)
    device: Mapped[str] = mapped_column(String(60))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInAttempt(Base):
    """One attempt that has not succeeded. ``address_digest`` is of the address, which may belong to nobody."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address_digest: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
