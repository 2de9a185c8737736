"""Letters about one person's place: confirmed, promoted, waiting, cancelled."""

from services.notifications.letters import calendar
from services.notifications.letters.letter import Context, Enclosed, Letter, Linked
from shared.languages import text as _


def confirmed(context: Context, enclosed: Enclosed) -> Letter:
    """The person has a seat from the start."""
    say = context.reader.say
    return Letter(
        subject=say(_("Your place is confirmed: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("Your place is confirmed")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for registering. You have a seat, and we look forward to seeing you.")),
            *calendar.about_invitations(context, enclosed),
        ),
        cards=(context.card(),),
        button=context.my_page,
        closing=(context.if_you_cannot_come(),),
        links=links_of_place(context, enclosed),
    )


def taken_over(context: Context, enclosed: Enclosed) -> Letter:
    """The person has the seat of a colleague, who gave it to them."""
    say = context.reader.say
    return Letter(
        subject=say(_("Your place is confirmed: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("Your place is confirmed")),
        greeting=context.greeting,
        paragraphs=(
            say(
                _("A colleague has given you their seat at this event. It is yours, and we look forward to seeing you.")
            ),
            *calendar.about_invitations(context, enclosed),
        ),
        cards=(context.card(),),
        button=context.my_page,
        closing=(context.if_you_cannot_come(),),
        links=links_of_place(context, enclosed),
    )


def promoted(context: Context, enclosed: Enclosed) -> Letter:
    """The person waited, and now has a seat."""
    say = context.reader.say
    return Letter(
        subject=say(_("You have a seat now: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("A seat came free, and it is yours")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for waiting. You have moved up from the waitlist, and your place is confirmed.")),
            *calendar.about_invitations(context, enclosed),
        ),
        cards=(context.card(),),
        button=context.my_page,
        closing=(context.if_you_cannot_come(),),
        links=links_of_place(context, enclosed),
    )


def links_of_place(context: Context, enclosed: Enclosed) -> tuple[Linked, ...]:
    """Below a letter about a seat: how to see it in the calendar, and where to read on."""
    return (calendar.subscription(context), context.event_page) if enclosed.is_file else (context.event_page,)


def waitlisted(context: Context, _enclosed: Enclosed) -> Letter:
    """The person waits. The position was counted when registration decided."""
    say = context.reader.say
    position = context.registration.position
    offers = context.event.waitlist_policy == "offer"
    return Letter(
        subject=say(_("You are on the waitlist: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("You are number %(position)d on the waitlist", position=position))
        if position
        else say(_("You are on the waitlist")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for registering. At the moment all seats are taken, so we have put you on the waitlist.")),
            say(
                _("When a seat comes free, we offer it to the next in line, with time to answer.")
                if offers
                else _("When a seat comes free, it goes to the next in line by itself. If it is you, you get a mail.")
            ),
        ),
        cards=(context.card(),),
        button=context.my_page,
        closing=(say(_("Where you stand is always on your page.")), context.if_you_do_not_want_to_wait()),
        links=(context.event_page,),
    )


def cancelled_by_person(context: Context, enclosed: Enclosed) -> Letter:
    """The person gave up their place, or stopped waiting."""
    return _cancelled(
        context,
        enclosed,
        context.reader.say(_("You have cancelled your registration. Thank you for letting us know.")),
        context.if_you_would_like_to_come_after_all(),
    )


def given_away(context: Context, enclosed: Enclosed) -> Letter:
    """The person gave their seat to a colleague."""
    return _cancelled(
        context,
        enclosed,
        context.reader.say(_("You have given your seat to a colleague. Thank you: they get a mail of their own.")),
        context.reader.say(_("You did not do this? Please reply to this mail.")),
    )


def cancelled_by_organiser(context: Context, enclosed: Enclosed) -> Letter:
    return _cancelled(
        context,
        enclosed,
        context.reader.say(_("The organiser has cancelled your registration for this event.")),
        context.reader.say(_("You have questions about it? Please reply to this mail.")),
    )


def _cancelled(context: Context, enclosed: Enclosed, what_happened: str, closing: str) -> Letter:
    say = context.reader.say
    return Letter(
        subject=say(_("Registration cancelled: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("Your registration is cancelled")),
        greeting=context.greeting,
        paragraphs=(what_happened, *calendar.about_cancellations(context, enclosed)),
        cards=(context.card(),),
        button=context.my_page,
        closing=(closing,),
        links=(context.event_page,),
    )
