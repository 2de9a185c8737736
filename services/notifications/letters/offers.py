"""Letters about a seat that is held for an answer: offered, accepted, declined, run out, or waiting for an address."""

from services.notifications.letters.closings import IF_YOU_CANNOT_COME, IF_YOU_WOULD_LIKE_TO_COME_AFTER_ALL
from services.notifications.letters.letter import Context, Enclosed, Letter, Linked
from services.notifications.letters.places import about_seat
from services.notifications.letters.templates import OF_EVENT, Template
from shared.languages import Text
from shared.languages import text as _

WITH_DEADLINE = (*OF_EVENT, "deadline")

OFFERED = Template(
    key="offered",
    name=_("Seat offered"),
    subject=_("A seat is free for you: %(title)s", title="{title}"),
    heading=_("A seat is free for you"),
    text=(
        _("Thank you for waiting. We hold a seat for you until %(deadline)s.", deadline="{deadline}"),
        _("Please say until then whether you take it. Without an answer it goes to the next in line."),
    ),
    closing=(_("Opening the link decides nothing yet: your page has one button for yes and one for no."),),
    placeholders=WITH_DEADLINE,
    needed=("deadline",),
)


def offered(context: Context, _enclosed: Enclosed) -> Letter:
    """A seat is held for somebody who waited; they say until the deadline whether they take it."""
    say = context.reader.say
    return context.letter(
        OFFERED,
        {"deadline": context.deadline},
        preview=say(_("Please answer until %(deadline)s.", deadline=context.deadline)),
        cards=(context.card(),),
        button=Linked(say(_("Accept or decline")), context.my_page.url),
        links=(context.event_page,),
    )


ACCEPTED = Template(
    key="accepted",
    name=_("Seat accepted"),
    subject=_("The seat is yours: %(title)s", title="{title}"),
    heading=_("The seat is yours"),
    text=(_("Thank you for accepting. Your place is confirmed, and we look forward to seeing you."),),
    closing=(IF_YOU_CANNOT_COME,),
)


def accepted(context: Context, enclosed: Enclosed) -> Letter:
    """The person took the seat that was held for them."""
    return about_seat(context, enclosed, ACCEPTED)


DECLINED = Template(
    key="declined",
    name=_("Seat declined"),
    subject=_("You have declined the seat: %(title)s", title="{title}"),
    heading=_("You have declined the seat"),
    text=(
        _("Thank you for your answer: so the next in line can come."),
        _("Your registration for this event has ended. You do not need to do anything else."),
    ),
    closing=(IF_YOU_WOULD_LIKE_TO_COME_AFTER_ALL,),
)


def declined(context: Context, _enclosed: Enclosed) -> Letter:
    """The person did not want the seat; their registration has ended with that."""
    return context.letter(
        DECLINED,
        preview=context.preview(),
        cards=(context.card(),),
        button=context.my_page,
        links=(context.event_page,),
    )


_NOT_HEARD = _("We held a seat for you and did not hear from you in time. So it goes to the next in line.")
_NOT_CONFIRMED = _("Your address was not confirmed in time, so the seat that we held for you is free again.")
_REGISTER_AGAIN = _("You would still like to come? Then register again: your place in line begins anew.")

OFFER_LAPSED = Template(
    key="offer_lapsed",
    name=_("Offer run out"),
    subject=_("Your registration has run out: %(title)s", title="{title}"),
    heading=_("Your registration has run out"),
    text=(_NOT_HEARD, _REGISTER_AGAIN),
)


def offer_lapsed(context: Context, _enclosed: Enclosed) -> Letter:
    """Nobody answered until the deadline."""
    return _lapsed(context, OFFER_LAPSED, _NOT_HEARD)


PENDING_LAPSED = Template(
    key="pending_lapsed",
    name=_("Address not confirmed in time"),
    subject=_("Your registration has run out: %(title)s", title="{title}"),
    heading=_("Your registration has run out"),
    text=(_NOT_CONFIRMED, _REGISTER_AGAIN),
)


def pending_lapsed(context: Context, _enclosed: Enclosed) -> Letter:
    """Nobody confirmed the address until the deadline."""
    return _lapsed(context, PENDING_LAPSED, _NOT_CONFIRMED)


def _lapsed(context: Context, template: Template, what_happened: Text) -> Letter:
    return context.letter(
        template,
        preview=context.reader.say(what_happened),
        cards=(context.card(),),
        button=context.register_again,
        links=(context.my_page, context.event_page),
    )


PENDING = Template(
    key="pending",
    name=_("Address to be confirmed"),
    subject=_("Please confirm your address: %(title)s", title="{title}"),
    heading=_("Please confirm your address"),
    text=(
        _("Thank you for registering. We hold a seat for you until %(deadline)s.", deadline="{deadline}"),
        _("Please confirm until then that this address is yours. Otherwise the seat becomes free again."),
    ),
    closing=(_("You did not register? Then you need not do anything: the registration ends by itself."),),
    placeholders=WITH_DEADLINE,
    needed=("deadline",),
)


def pending(context: Context, _enclosed: Enclosed) -> Letter:
    """A seat is held until the person has confirmed that the address is theirs."""
    say = context.reader.say
    return context.letter(
        PENDING,
        {"deadline": context.deadline},
        preview=say(_("Please confirm until %(deadline)s.", deadline=context.deadline)),
        cards=(context.card(),),
        button=Linked(say(_("Confirm my address")), context.my_page.url),
        links=(context.event_page,),
    )
