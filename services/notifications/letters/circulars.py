"""The letter with an organiser's own words to many people of an event."""

from dataclasses import dataclass, replace

from services.notifications import personal_links
from services.notifications.letters.cards import Card, event_card
from services.notifications.letters.letter import Letter, Linked, greeting
from services.notifications.models import Circular, Event
from services.notifications.reader import Reader
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class To:
    """Whom it goes to; the link for taking part online goes only to those who have a seat."""

    name: str
    has_seat: bool = False


def written(reader: Reader, to: To, event: Event, circular: Circular, base_url: str) -> Letter:
    say = reader.say
    event_page = Linked(say(_("The event’s page")), f"{base_url}/events/{event.slug}")
    unsubscribe = Linked(say(_("Do not send me such mails any more")), personal_links.unsubscribe(base_url))
    return Letter(
        subject=reader.read(circular.subject),
        preview=reader.read(event.title),
        heading=reader.read(circular.subject),
        greeting=greeting(reader, to.name),
        paragraphs=(say(_("The organisers write to you about “%(title)s”.", title=reader.read(event.title))),),
        quotation=circular.text,
        quotation_label=say(_("What they write:")),
        cards=(_card(reader, to, event, circular),),
        button=Linked(say(_("My registrations")), personal_links.my_page(base_url)),
        links=(event_page, unsubscribe) if circular.is_news else (event_page,),
    )


def _card(reader: Reader, to: To, event: Event, circular: Circular) -> Card:
    """The session that it is about, as long as it takes place; else the title alone."""
    told = event.told
    sessions = [one.facts for one in told.taking_place if one.id == circular.session_id]
    return event_card(reader, told, sessions, shows_links=to.has_seat) if sessions else Card(event.title)


def as_test(reader: Reader, letter: Letter) -> Letter:
    """The same, so marked that nobody takes it for the real one."""
    return replace(letter, subject=reader.say(_("Test: %(subject)s", subject=letter.subject)))
