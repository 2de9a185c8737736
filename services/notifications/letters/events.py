"""Letters about an event: it changed, or it will not take place."""

from collections.abc import Mapping

from services.notifications.letters import calendar
from services.notifications.letters.letter import Change, Context, Enclosed, Letter, Linked
from shared.languages import Content, Text
from shared.languages import text as _


def changed(context: Context, enclosed: Enclosed, changes: tuple[Change, ...]) -> Letter:
    """What is different now; the place stays as it was."""
    say = context.reader.say
    return Letter(
        subject=say(_("Changed: %(title)s", title=context.title)),
        preview="; ".join(f"{change.label}: {change.now}" for change in changes),
        heading=say(_("Please note what has changed")),
        greeting=context.greeting,
        paragraphs=(
            say(_STANDINGS[context.registration.state]),
            *calendar.about_updates(context, enclosed),
        ),
        changes=changes,
        cards=(context.card(),),
        button=context.my_page,
        closing=_ways_out(context),
        links=(context.event_page,),
    )


_STANDINGS: Mapping[str, Text] = {
    "confirmed": _("There is news about an event for which you have a seat. Your place stays confirmed."),
    "waitlisted": _("There is news about an event for which you are waiting. You keep your place in the queue."),
    "offered": _("There is news about an event at which we hold a seat for you. The offer stays as it is."),
    "pending": _("There is news about an event at which we hold a seat for you. Please still confirm your address."),
}


def _ways_out(context: Context) -> tuple[str, ...]:
    if context.has_seat:
        return (context.if_you_cannot_come(),)
    return (context.if_you_do_not_want_to_wait(),) if context.registration.state == "waitlisted" else ()


def cancelled(context: Context, enclosed: Enclosed, reason: Content | None) -> Letter:
    """The event will not take place. ``reason`` is what the organiser wrote."""
    say = context.reader.say
    return Letter(
        subject=say(_("Cancelled: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("This event will not take place")),
        greeting=context.greeting,
        paragraphs=(
            say(_("We are sorry: we have to cancel this event. You do not need to do anything.")),
            *calendar.about_cancellations(context, enclosed),
        ),
        quotation=reason,
        cards=(context.card(is_off=True),),
        button=context.my_page,
        closing=(say(_("You have questions about it? Please reply to this mail.")),),
        links=(Linked(say(_("See what else we offer")), context.base_url),),
    )
