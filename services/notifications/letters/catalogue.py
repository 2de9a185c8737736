"""All letters that organisers may word themselves, in the order in which people meet them."""

from collections.abc import Mapping

from services.notifications.letters import (
    answers,
    calendar,
    certificates,
    enrolments,
    events,
    links,
    offers,
    parties,
    places,
    reminders,
)
from services.notifications.letters.templates import Template

_ALL = (
    places.CONFIRMED,
    places.WAITLISTED,
    offers.PENDING,
    parties.PARTY,
    offers.OFFERED,
    offers.ACCEPTED,
    offers.DECLINED,
    offers.OFFER_LAPSED,
    offers.PENDING_LAPSED,
    places.PROMOTED,
    places.TAKEN_OVER,
    places.GIVEN_AWAY,
    places.CANCELLED_BY_PERSON,
    places.CANCELLED_BY_ORGANISER,
    answers.DECLINED_IN_CALENDAR,
    places.CANCELLED_BY_CALENDAR,
    events.CHANGED,
    events.CANCELLED,
    calendar.INVITATION,
    calendar.UPDATED_INVITATION,
    calendar.CALENDAR_FILE,
    calendar.INVITATION_CANCELLED,
    calendar.INVITATIONS_CANCELLED,
    reminders.REMINDER,
    reminders.WAITING_REMINDER,
    reminders.THANKS,
    reminders.AFTERWARDS,
    certificates.ISSUED,
    certificates.REVOKED,
    enrolments.ENROLLED,
    enrolments.COMPLETED,
    enrolments.OFFERED,
    enrolments.CANCELLED,
    links.LINK,
)

TEMPLATES: Mapping[str, Template] = {template.key: template for template in _ALL}

OF_HOUSE_ALONE = frozenset(
    {
        template.key
        for template in (
            enrolments.ENROLLED,
            enrolments.COMPLETED,
            enrolments.OFFERED,
            enrolments.CANCELLED,
            links.LINK,
        )
    }
)
"""Those that are about no single event."""
