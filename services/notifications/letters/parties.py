"""The letter to whoever registered several people: what became of each of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications import personal_links
from services.notifications.letters.cards import Card
from services.notifications.letters.letter import Letter, Linked, greeting, letter_of
from services.notifications.letters.standings import standing
from services.notifications.letters.templates import Template
from services.notifications.models import Event
from services.notifications.reader import Reader
from shared.languages import text as _

PARTY = Template(
    key="party",
    name=_("Group registered"),
    subject=_("You have registered a group: %(title)s", title="{title}"),
    heading=_("You have registered a group"),
    text=(_("Thank you. This is how the registrations of your group stand now:"),),
    closing=(_("Somebody cannot come after all? On your page you can cancel single people or all of them."),),
    placeholders=("name", "title"),
)


def registered(reader: Reader, name: str, event: Event, people: Sequence[Mapping[str, Any]], base_url: str) -> Letter:
    """``people`` are the message's: each with name, state and position."""
    say = reader.say
    return letter_of(
        PARTY,
        reader,
        {"name": name, "title": reader.read(event.title)},
        preview=", ".join(person["name"] for person in people),
        greeting=greeting(reader, name),
        notes=(
            *(f"{person['name']}: {standing(reader, person['state'], person['position'])}" for person in people),
            say(_("Everybody gets a mail of their own, with their own link.")),
        ),
        cards=(Card(event.title),),
        button=Linked(say(_("See the group on my page")), personal_links.my_page(base_url)),
        links=(Linked(say(_("The event’s page")), f"{base_url}/events/{event.slug}"),),
    )
