"""Letters about an event: it changed, or it will not take place."""

from collections.abc import Mapping
from dataclasses import replace

from services.notifications.letters import calendar
from services.notifications.letters.closings import (
    IF_YOU_CANNOT_COME,
    IF_YOU_DO_NOT_WANT_TO_WAIT,
    IF_YOU_HAVE_QUESTIONS,
)
from services.notifications.letters.letter import Change, Context, Enclosed, Letter, Linked
from services.notifications.letters.templates import Template
from shared.languages import Content, Text
from shared.languages import text as _

CHANGED = Template(
    key="event_changed",
    name=_("Event changed"),
    subject=_("Changed: %(title)s", title="{title}"),
    heading=_("Please note what has changed"),
)


def changed(context: Context, enclosed: Enclosed, changes: tuple[Change, ...]) -> Letter:
    """What is different now; the place stays as it was."""
    letter = context.letter(
        CHANGED,
        preview="; ".join(f"{change.label}: {change.now}" for change in changes),
        notes=(
            context.reader.say(_STANDINGS[context.registration.state]),
            *calendar.about_updates(context, enclosed),
        ),
        changes=changes,
        cards=(context.card(),),
        button=context.my_page,
        links=(context.event_page,),
    )
    return replace(letter, closing=_ways_out(context))


_STANDINGS: Mapping[str, Text] = {
    "confirmed": _("There is news about an event for which you have a seat. Your place stays confirmed."),
    "waitlisted": _("There is news about an event for which you are waiting. You keep your place in the queue."),
    "offered": _("There is news about an event at which we hold a seat for you. The offer stays as it is."),
    "pending": _("There is news about an event at which we hold a seat for you. Please still confirm your address."),
}


def _ways_out(context: Context) -> tuple[str, ...]:
    if context.has_seat:
        return (context.reader.say(IF_YOU_CANNOT_COME),)
    waits = context.registration.state == "waitlisted"
    return (context.reader.say(IF_YOU_DO_NOT_WANT_TO_WAIT),) if waits else ()


CANCELLED = Template(
    key="event_cancelled",
    name=_("Event cancelled"),
    subject=_("Cancelled: %(title)s", title="{title}"),
    heading=_("This event will not take place"),
    text=(_("We are sorry: we have to cancel this event. You do not need to do anything."),),
    closing=(IF_YOU_HAVE_QUESTIONS,),
)


def cancelled(context: Context, enclosed: Enclosed, reason: Content | None) -> Letter:
    """The event will not take place. ``reason`` is what the organiser wrote."""
    return context.letter(
        CANCELLED,
        preview=context.preview(),
        notes=calendar.about_cancellations(context, enclosed),
        quotation=reason,
        cards=(context.card(is_off=True),),
        button=context.my_page,
        links=(Linked(context.reader.say(_("See what else we offer")), context.base_url),),
    )
