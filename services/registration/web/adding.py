"""Adding people by hand, by form, API or file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.registration.booking import Registered, Wish, book
from services.registration.manner import Manner
from services.registration.models import Actor
from services.registration.rule import Traits
from shared.errors import ReiheError
from shared.web.language import locale
from shared.web.service import now, this_service

MANNER = ("reason", "beyond_capacity", "notify")


def wish_by_hand(values: Mapping[str, Any], actor: Actor, **identity: Any) -> Wish:
    """``values`` as ``PersonSchema`` loads them; ``identity`` is what tells two requests apart.

    The organiser stands for the address.
    """
    own = {name: value for name, value in values.items() if name not in (*MANNER, "code")}
    manner = Manner(actor, **{name: values[name] for name in MANNER})
    traits = Traits(code=values["code"])
    return Wish(**{"locale": locale(), **own, **identity}, traits=traits, manner=manner, address_confirmed=True)


def add_by_hand(event_id: UUID, values: Mapping[str, Any], actor: Actor, **identity: Any) -> Registered:
    """Add one person. Raises what :func:`services.registration.booking.book` answers."""
    with this_service().database.unit_of_work(now()) as uow:
        [outcome] = book(uow, event_id, [wish_by_hand(values, actor, **identity)])
        if isinstance(outcome, ReiheError):
            raise outcome
        uow.commit()
    return outcome
