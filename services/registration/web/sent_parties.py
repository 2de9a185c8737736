"""What somebody who registers several people sends, as wishes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from services.registration.booking import Wish
from services.registration.parties import Contact, refused_as_party
from services.registration.rule import Traits
from services.registration.web.sent_needs import with_sealed_needs
from shared.database import new_id
from shared.errors import InvalidError
from shared.web.language import locale

ORGANISATION = ("organisation", "organisation_id")
_KEYS = UUID("6f0f5a2e-4b0e-4b8e-9d0c-52f2a1c7e3d4")
"""The namespace of the keys that the people of a party get."""


def wishes_of_party(values: Mapping[str, Any], *, idempotency_key: str | None, body_digest: str | None) -> list[Wish]:
    """The wishes of a party's people, from values of a :class:`PartySchema`.

    Whoever has no address or organisation of their own has the contact's. Each has a key that follows from the party's,
    so that a party sent twice is known by any of its people. Raises :class:`InvalidError` for needs that make no sense.
    """
    sent = {"locale": locale(), **values["contact"]}
    organisation = {name: sent.pop(name) for name in ORGANISATION}
    shared = {**organisation, "body_digest": body_digest, "contact": Contact(**sent)}
    shared |= {"party_id": new_id(), "takes_fewer": not values["all_or_nothing"]}
    wishes: list[Wish] = []
    errors: dict[int, InvalidError] = {}
    for number, person in enumerate(values["people"]):
        key = str(uuid5(_KEYS, f"{idempotency_key}/{number}")) if idempotency_key else None
        try:
            wishes.append(Wish(**{**shared, **_of(person, shared["contact"])}, idempotency_key=key))
        except InvalidError as error:
            errors[number] = error
    if errors:
        raise refused_as_party(errors)
    return wishes


def _of(person: Mapping[str, Any], contact: Contact) -> dict[str, Any]:
    values = with_sealed_needs(person)
    traits = Traits(code=values.pop("code"))
    # Only with an organisation of their own does it matter which entry was chosen for it.
    inherited = ("email",) if values["organisation"] else ("email", *ORGANISATION)
    own = {name: value for name, value in values.items() if value or name not in inherited}
    return {"email": contact.email, "locale": contact.locale, **own, "traits": traits}
