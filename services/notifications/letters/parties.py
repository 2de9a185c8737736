"""The letter to whoever registered several people: what became of each of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications import personal_links
from services.notifications.letters.letter import Card, Letter, Linked, greeting
from services.notifications.models import Event
from services.notifications.reader import Reader
from shared.languages import text as _


def registered(reader: Reader, name: str, event: Event, people: Sequence[Mapping[str, Any]], base_url: str) -> Letter:
    """``people`` are the message's: each with name, state and position."""
    say = reader.say
    return Letter(
        subject=say(_("You have registered a group: %(title)s", title=reader.read(event.title))),
        preview=", ".join(person["name"] for person in people),
        heading=say(_("You have registered a group")),
        greeting=greeting(reader, name),
        paragraphs=(
            say(_("Thank you. This is how the registrations of your group stand now:")),
            *(f"{person['name']}: {_standing(reader, person)}" for person in people),
            say(_("Everybody gets a mail of their own, with their own link.")),
        ),
        cards=(Card(event.title),),
        button=Linked(say(_("See the group on my page")), personal_links.my_page(base_url)),
        closing=(say(_("Somebody cannot come after all? On your page you can cancel single people or all of them.")),),
        links=(Linked(say(_("The event’s page")), f"{base_url}/events/{event.slug}"),),
    )


def _standing(reader: Reader, person: Mapping[str, Any]) -> str:
    if person["state"] == "waitlisted" and person["position"]:
        return reader.say(_("number %(position)d on the waitlist", position=person["position"]))
    if person["state"] == "waitlisted":
        return reader.say(_("on the waitlist"))
    if person["state"] == "pending":
        return reader.say(_("a seat is held until the address is confirmed"))
    return reader.say(_("confirmed"))
