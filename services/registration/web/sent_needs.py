"""What somebody who registers says of their needs: checked and sealed before the wish goes on."""

from collections.abc import Mapping
from typing import Any

from services.registration.needs import needs_from
from services.registration.web.settings import vault
from shared.messages.catalogue import NEEDS
from shared.web.schemas import invalid


def with_sealed_needs(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a wish with ``needs`` as names and ``sealed_needs`` as what they say.

    Raises :class:`InvalidError` for what makes no sense; whether the event asks for it is seen where it is booked.
    """
    raw = values.get("needs", {})
    needs, errors = needs_from(NEEDS, raw)
    if errors:
        raise invalid(errors)
    return {**values, "needs": tuple(raw), "sealed_needs": vault().seal(needs) if needs else None}
