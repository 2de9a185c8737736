"""Words for how one registration stands, where a mail lists several."""

from services.notifications.reader import Reader
from shared.languages import Text
from shared.languages import text as _


def standing(reader: Reader, state: str, position: int | None) -> str:
    """``position`` counts from 1, None for who does not wait or has no number."""
    return reader.say(_standing(state, position))


def _standing(state: str, position: int | None) -> Text:
    if state == "waitlisted" and position:
        return _("number %(position)d on the waitlist", position=position)
    return _STANDINGS[state]


_STANDINGS = {
    "pending": _("a seat is held until the address is confirmed"),
    "confirmed": _("confirmed"),
    "waitlisted": _("on the waitlist"),
    "offered": _("a seat is offered"),
    "cancelled": _("cancelled"),
    "lapsed": _("lapsed"),
}
