"""Sentences about the calendar, and the short letters that carry the invitations which do not fit in the first mail."""

from services.notifications import personal_links
from services.notifications.letters.letter import Context, Enclosed, Letter, Linked
from services.notifications.snapshot import SessionFacts
from shared.languages import Text
from shared.languages import plural as ngettext
from shared.languages import text as _


def about_invitations(context: Context, enclosed: Enclosed) -> tuple[str, ...]:
    """How a new place gets into the calendar."""
    say = context.reader.say
    if enclosed.is_file:
        return (say(_about_file(enclosed.requests)),)
    if enclosed.requests == 1:
        return (
            say(_("This mail holds the invitation for your calendar. Accept it, and the entry stays right by itself.")),
        )
    if enclosed.requests > 1:
        return (
            say(
                ngettext(
                    "For your calendar you get an invitation to each session: the first is in this mail, "
                    "another one follows at once.",
                    "For your calendar you get an invitation to each session: the first is in this mail, "
                    "%(num)d more follow at once.",
                    enclosed.requests - 1,
                )
            ),
        )
    return ()


def _about_file(sessions: int) -> Text:
    return ngettext(
        "The attached calendar file holds your session.",
        "The attached calendar file holds all your %(num)d sessions. Better still, subscribe to your personal "
        "calendar: it stays right by itself.",
        sessions,
    )


def about_updates(context: Context, enclosed: Enclosed) -> tuple[str, ...]:
    """How a change gets into the calendar."""
    messages = enclosed.requests + enclosed.cancellations
    if enclosed.is_file or not messages:
        return ()
    if messages == 1:
        return (context.reader.say(_("This mail also brings the entry in your calendar up to date.")),)
    sentence = _("For your calendar you get a mail for each session concerned: this is the first.")
    return (context.reader.say(sentence),)


def about_cancellations(context: Context, enclosed: Enclosed) -> tuple[str, ...]:
    """How a place that was given up leaves the calendar."""
    if not enclosed.cancellations:
        return ()
    sentence = ngettext(
        "This mail also takes the entry out of your calendar.",
        "The entries in your calendar are taken out by a mail each: this is the first of %(num)d.",
        enclosed.cancellations,
    )
    return (context.reader.say(sentence),)


def subscription(context: Context) -> Linked:
    return Linked(context.reader.say(_("Subscribe to my calendar")), personal_links.calendar_feed(context.base_url))


def invitation(context: Context, facts: SessionFacts, *, is_update: bool) -> Letter:
    """The mail of a session that the first mail does not carry."""
    say = context.reader.say
    pattern = (
        _("Updated invitation: %(title)s, %(date)s", title=context.title, date=context.reader.date(facts))
        if is_update
        else _("Invitation: %(title)s, %(date)s", title=context.title, date=context.reader.date(facts))
    )
    sentence = (
        _("This mail brings the entry of this session in your calendar up to date.")
        if is_update
        else _("This is the invitation to this session for your calendar.")
    )
    return Letter(
        subject=say(pattern),
        preview=context.reader.span(facts),
        heading=say(_("For your calendar")),
        greeting=context.greeting,
        paragraphs=(say(sentence),),
        cards=(context.card_of([facts]),),
        button=context.my_page,
        closing=(context.if_you_cannot_come(),),
        links=(context.event_page,),
    )


def cancellation(context: Context, facts: SessionFacts) -> Letter:
    """The mail that takes one session out of the calendar."""
    say = context.reader.say
    return Letter(
        subject=say(
            _("Out of your calendar: %(title)s, %(date)s", title=context.title, date=context.reader.date(facts))
        ),
        preview=context.reader.span(facts),
        heading=say(_("For your calendar")),
        greeting=context.greeting,
        paragraphs=(say(_("This mail takes the entry of this session out of your calendar.")),),
        cards=(context.card_of([facts], is_off=True),),
        button=context.my_page,
        links=(context.event_page,),
    )
