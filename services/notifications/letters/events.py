"""Letters about an event: it changed, or it will not take place."""

from services.notifications.letters import calendar
from services.notifications.letters.letter import Change, Context, Enclosed, Letter, Linked
from shared.languages import Content
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
            say(
                _("There is news about an event for which you have a seat. Your place stays confirmed.")
                if context.has_seat
                else _("There is news about an event for which you are waiting. You keep your place in the queue.")
            ),
            *calendar.about_updates(context, enclosed),
        ),
        changes=changes,
        cards=(context.card(),),
        button=context.my_page,
        closing=(context.if_you_cannot_come() if context.has_seat else context.if_you_do_not_want_to_wait(),),
        links=(context.event_page,),
    )


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
