"""The letter with a person's link, for those who asked for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications import personal_links
from services.notifications.letters.cards import Card
from services.notifications.letters.letter import Letter, Linked, greeting, letter_of
from services.notifications.letters.templates import Template
from services.notifications.reader import Reader
from shared.languages import Text
from shared.languages import text as _

_STATES: Mapping[str, Text] = {
    "pending": _("to be confirmed"),
    "confirmed": _("confirmed"),
    "waitlisted": _("on the waitlist"),
    "offered": _("a seat is offered"),
    "cancelled": _("cancelled"),
    "lapsed": _("lapsed"),
}


LINK = Template(
    key="link",
    name=_("Personal link"),
    subject=_("Your personal link"),
    heading=_("Your personal link"),
    text=(
        _("Here is the link that was asked for. It opens the page with all your registrations."),
        _("Whoever has the link can change and cancel them, so please do not pass this mail on."),
    ),
    closing=(
        _("There you can see where you stand, cancel a registration, or leave a waitlist."),
        _("You did not ask for this link? Then you need not do anything: only this address has got it."),
    ),
    placeholders=("name",),
)


def link(reader: Reader, name: str, events: Sequence[Mapping[str, Any]], base_url: str) -> Letter:
    """``events`` are the message's: each with title and state."""
    say = reader.say
    return letter_of(
        LINK,
        reader,
        {"name": name},
        preview=say(_("It opens the page with all your registrations.")),
        greeting=greeting(reader, name),
        cards=tuple(Card(event["title"], state=say(_STATES[event["state"]])) for event in events),
        button=Linked(say(_("Open my page")), personal_links.my_page(base_url)),
    )
