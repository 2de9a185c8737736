"""What programs may ask for twice without making two: Idempotency-Keys of the API."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.notifications.models import IDEMPOTENCY
from shared.database import UnitOfWork
from shared.idempotency import remember, remembered


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key, with the digest of the request that it came with."""

    key: str
    body_digest: str


def made_once(uow: UnitOfWork, scope: str, key: Key | None, make: Callable[[], UUID]) -> UUID:
    """The id of what is made now, or was when the same key came before; without a key always now.

    The caller holds a lock on what the ``scope`` is about, so that two requests with one key come one after the other.
    Raises :class:`InvalidError` if the key came with another request before.
    """
    if key is None:
        return make()
    known = remembered(uow.session, IDEMPOTENCY, scope, key.key, key.body_digest)
    if known is not None:
        return known
    made = make()
    remember(uow.session, IDEMPOTENCY, scope, key.key, key.body_digest, made, uow.now)
    return made
