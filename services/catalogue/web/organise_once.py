"""A form that makes something makes it once, however often it is sent."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request

from services.catalogue.models import IDEMPOTENCY
from services.catalogue.turns import take_turn
from services.catalogue.web.organise import actor
from shared.database import UnitOfWork, new_id
from shared.idempotency import body_digest, remember, remembered

LONGEST_KEY = 100


def form_key() -> str:
    """What a new form is known by; kept while the form is shown again."""
    return request.form.get("key", "")[:LONGEST_KEY] or str(new_id())


def once(uow: UnitOfWork, values: Any, create: Callable[[], UUID]) -> UUID:
    """What the same form with the same values made before, or something new.

    Whoever goes back in the browser and writes something else means something else, so the values are part of the key.
    """
    take_turn(uow)
    scope, digest = f"{actor()}:{request.path}", body_digest(json.dumps(values, sort_keys=True).encode())
    key = f"{form_key()}:{digest}"
    made = remembered(uow.session, IDEMPOTENCY, scope, key, digest)
    if made is None:
        made = create()
        remember(uow.session, IDEMPOTENCY, scope, key, digest, made, uow.now)
    return made
