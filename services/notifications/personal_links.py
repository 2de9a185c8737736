"""Links of a person: kept as placeholders in stored mails, and made real only while a mail is on its way.

So an organiser who reads a mail cannot act as the person, and a link that was revoked meanwhile is not sent.
"""

from uuid import UUID

from services.notifications.models import Mail, Person
from services.notifications.settings import NotificationsSettings
from shared.links import Link, Purpose, certificate_token, make_token, read_token
from shared.text import normalised_email

PLACEHOLDER = "PERSONAL-LINK"


def my_page(base_url: str, token: str = PLACEHOLDER) -> str:
    """The page with all registrations of a person."""
    return f"{base_url}/my/{token}"


def cancel_page(base_url: str, registration_id: UUID, token: str = PLACEHOLDER) -> str:
    """The page that asks whether one registration is to be cancelled."""
    return f"{my_page(base_url, token)}/registrations/{registration_id}/cancel"


def calendar_feed(base_url: str, token: str = PLACEHOLDER) -> str:
    """The personal calendar."""
    return f"{base_url}/calendars/{token}.ics"


def certificate(base_url: str, token: str = PLACEHOLDER) -> str:
    """The document of one certificate: that which the mail brings."""
    return f"{base_url}/certificates/{token}.pdf"


def unsubscribe(base_url: str, token: str = PLACEHOLDER) -> str:
    """The page on which a person refuses mails beyond those about their own places; posting to it is enough."""
    return f"{base_url}/unsubscribe/{token}"


_ADDRESSES = {
    Purpose.MY_PAGE: my_page,
    Purpose.CALENDAR: calendar_feed,
    Purpose.CERTIFICATE: certificate,
    Purpose.UNSUBSCRIBE: unsubscribe,
}
_OF_PERSON = (Purpose.MY_PAGE, Purpose.CALENDAR, Purpose.UNSUBSCRIBE)


def links_for(mail: Mail, person: Person | None, settings: NotificationsSettings) -> dict[str, str]:
    """Placeholder → link of this mail.

    Only the person's present address gets their links. Any other that a mail may still be going to, because it was
    corrected since, gets the page where a link can be asked for.
    """
    base_url = settings.base_url
    if person is None or normalised_email(mail.to_email) != normalised_email(person.email):
        return {address(base_url): f"{base_url}/my" for address in _ADDRESSES.values()}
    own = Link(person.id, person.link_generation)
    keys = settings.link_keys
    tokens = {purpose: make_token(keys, purpose, own) for purpose in _OF_PERSON}
    if mail.certificate_id is not None:
        tokens[Purpose.CERTIFICATE] = certificate_token(keys, mail.certificate_id, person.link_generation)
    return {_ADDRESSES[purpose](base_url): _ADDRESSES[purpose](base_url, token) for purpose, token in tokens.items()}


def filled(text: str, links: dict[str, str]) -> str:
    """The text with the links in the places of the placeholders."""
    for placeholder, link in links.items():
        text = text.replace(placeholder, link)
    return text


def owner_of_calendar(token: str, settings: NotificationsSettings) -> tuple[UUID, int] | None:
    """Person and generation of a personal calendar's token; None if it is not one of ours."""
    link = read_token(settings.link_keys, Purpose.CALENDAR, token)
    return (link.subject, link.generation) if link else None


def unsubscribing_person(token: str, settings: NotificationsSettings) -> UUID | None:
    """Whose mails a token ends; None if it is not one of ours."""
    link = read_token(settings.link_keys, Purpose.UNSUBSCRIBE, token)
    return link.subject if link else None
