"""Letters about one person's place: confirmed, promoted, waiting, cancelled."""

from dataclasses import replace

from services.notifications.letters import calendar
from services.notifications.letters.closings import (
    IF_YOU_CANNOT_COME,
    IF_YOU_DO_NOT_WANT_TO_WAIT,
    IF_YOU_HAVE_QUESTIONS,
    IF_YOU_WOULD_LIKE_TO_COME_AFTER_ALL,
)
from services.notifications.letters.letter import Context, Enclosed, Letter, Linked
from services.notifications.letters.standings import standing
from services.notifications.letters.templates import OF_EVENT, Template
from shared.languages import text as _

CONFIRMED = Template(
    key="confirmed",
    name=_("Place confirmed"),
    subject=_("Your place is confirmed: %(title)s", title="{title}"),
    heading=_("Your place is confirmed"),
    text=(_("Thank you for registering. You have a seat, and we look forward to seeing you."),),
    closing=(IF_YOU_CANNOT_COME,),
)


def confirmed(context: Context, enclosed: Enclosed) -> Letter:
    """The person has a seat from the start."""
    return about_seat(context, enclosed, CONFIRMED)


TAKEN_OVER = Template(
    key="taken_over",
    name=_("Seat taken over from a colleague"),
    subject=_("Your place is confirmed: %(title)s", title="{title}"),
    heading=_("Your place is confirmed"),
    text=(_("A colleague has given you their seat at this event. It is yours, and we look forward to seeing you."),),
    closing=(IF_YOU_CANNOT_COME,),
)


def taken_over(context: Context, enclosed: Enclosed) -> Letter:
    """The person has the seat of a colleague, who gave it to them."""
    return about_seat(context, enclosed, TAKEN_OVER)


PROMOTED = Template(
    key="promoted",
    name=_("Moved up from the waitlist"),
    subject=_("You have a seat now: %(title)s", title="{title}"),
    heading=_("A seat came free, and it is yours"),
    text=(_("Thank you for waiting. You have moved up from the waitlist, and your place is confirmed."),),
    closing=(IF_YOU_CANNOT_COME,),
)


def promoted(context: Context, enclosed: Enclosed) -> Letter:
    """The person waited, and now has a seat."""
    return about_seat(context, enclosed, PROMOTED)


def about_seat(context: Context, enclosed: Enclosed, template: Template) -> Letter:
    """A letter to somebody who has a seat from now on."""
    return context.letter(
        template,
        preview=context.preview(),
        notes=calendar.about_invitations(context.reader, enclosed),
        cards=(context.card(),),
        button=context.my_page,
        links=_links_of_place(context, enclosed),
    )


def _links_of_place(context: Context, enclosed: Enclosed) -> tuple[Linked, ...]:
    """Below a letter about a seat: how to see it in the calendar, and where to read on."""
    return (
        (calendar.subscription(context.reader, context.base_url), context.event_page)
        if enclosed.is_file
        else (context.event_page,)
    )


WAITLISTED = Template(
    key="waitlisted",
    name=_("On the waitlist"),
    subject=_("You are on the waitlist: %(title)s", title="{title}"),
    heading=_("You are on the waitlist"),
    text=(_("Thank you for registering. At the moment all seats are taken, so we have put you on the waitlist."),),
    closing=(_("Where you stand is always on your page."), IF_YOU_DO_NOT_WANT_TO_WAIT),
    placeholders=(*OF_EVENT, "standing"),
)


def waitlisted(context: Context, _enclosed: Enclosed) -> Letter:
    """The person waits. The position was counted when registration decided."""
    say, position = context.reader.say, context.registration.position
    offers = context.event.waitlist_policy == "offer"
    letter = context.letter(
        WAITLISTED,
        {"standing": standing(context.reader, "waitlisted", position)},
        preview=context.preview(),
        notes=(
            say(
                _("When a seat comes free, we offer it to the next in line, with time to answer.")
                if offers
                else _("When a seat comes free, it goes to the next in line by itself. If it is you, you get a mail.")
            ),
        ),
        cards=(context.card(),),
        button=context.my_page,
        links=(context.event_page,),
    )
    if position is None:
        return letter
    return replace(letter, heading=say(_("You are number %(position)d on the waitlist", position=position)))


CANCELLED_BY_PERSON = Template(
    key="cancelled_by_person",
    name=_("Cancelled by the person"),
    subject=_("Registration cancelled: %(title)s", title="{title}"),
    heading=_("Your registration is cancelled"),
    text=(_("You have cancelled your registration. Thank you for letting us know."),),
    closing=(IF_YOU_WOULD_LIKE_TO_COME_AFTER_ALL,),
)


def cancelled_by_person(context: Context, enclosed: Enclosed) -> Letter:
    """The person gave up their place, or stopped waiting."""
    return _about_end(context, enclosed, CANCELLED_BY_PERSON)


CANCELLED_BY_CALENDAR = Template(
    key="cancelled_by_calendar",
    name=_("Cancelled, as the calendar declined"),
    subject=_("Registration cancelled: %(title)s", title="{title}"),
    heading=_("Your registration is cancelled"),
    text=(_("Your calendar has told us that you cannot come, so we have cancelled your place."),),
    closing=(IF_YOU_WOULD_LIKE_TO_COME_AFTER_ALL,),
)


def cancelled_by_calendar(context: Context, enclosed: Enclosed) -> Letter:
    """The person's calendar declined, and the event cancels places for it."""
    return _about_end(context, enclosed, CANCELLED_BY_CALENDAR)


GIVEN_AWAY = Template(
    key="given_away",
    name=_("Seat given to a colleague"),
    subject=_("Registration cancelled: %(title)s", title="{title}"),
    heading=_("Your registration is cancelled"),
    text=(_("You have given your seat to a colleague. Thank you: they get a mail of their own."),),
    closing=(_("You did not do this? Please reply to this mail."),),
)


def given_away(context: Context, enclosed: Enclosed) -> Letter:
    """The person gave their seat to a colleague."""
    return _about_end(context, enclosed, GIVEN_AWAY)


CANCELLED_BY_ORGANISER = Template(
    key="cancelled_by_organiser",
    name=_("Cancelled by the organisers"),
    subject=_("Registration cancelled: %(title)s", title="{title}"),
    heading=_("Your registration is cancelled"),
    text=(_("The organiser has cancelled your registration for this event."),),
    closing=(IF_YOU_HAVE_QUESTIONS,),
)


def cancelled_by_organiser(context: Context, enclosed: Enclosed) -> Letter:
    return _about_end(context, enclosed, CANCELLED_BY_ORGANISER)


def _about_end(context: Context, enclosed: Enclosed, template: Template) -> Letter:
    return context.letter(
        template,
        preview=context.preview(),
        notes=calendar.about_cancellations(context, enclosed),
        cards=(context.card(),),
        button=context.my_page,
        links=(context.event_page,),
    )
