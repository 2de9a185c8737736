"""Letters about a seat that is held for an answer: offered, accepted, declined, run out, or waiting for an address."""

from services.notifications.letters import calendar
from services.notifications.letters.letter import Context, Enclosed, Letter, Linked
from services.notifications.letters.places import links_of_place
from shared.languages import text as _


def offered(context: Context, _enclosed: Enclosed) -> Letter:
    """A seat is held for somebody who waited; they say until the deadline whether they take it."""
    say = context.reader.say
    return Letter(
        subject=say(_("A seat is free for you: %(title)s", title=context.title)),
        preview=say(_("Please answer until %(deadline)s.", deadline=context.deadline)),
        heading=say(_("A seat is free for you")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for waiting. We hold a seat for you until %(deadline)s.", deadline=context.deadline)),
            say(_("Please say until then whether you take it. Without an answer it goes to the next in line.")),
        ),
        cards=(context.card(),),
        button=Linked(say(_("Accept or decline")), context.my_page.url),
        closing=(say(_("Opening the link decides nothing yet: your page has one button for yes and one for no.")),),
        links=(context.event_page,),
    )


def accepted(context: Context, enclosed: Enclosed) -> Letter:
    """The person took the seat that was held for them."""
    say = context.reader.say
    return Letter(
        subject=say(_("The seat is yours: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("The seat is yours")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for accepting. Your place is confirmed, and we look forward to seeing you.")),
            *calendar.about_invitations(context, enclosed),
        ),
        cards=(context.card(),),
        button=context.my_page,
        closing=(context.if_you_cannot_come(),),
        links=links_of_place(context, enclosed),
    )


def declined(context: Context, _enclosed: Enclosed) -> Letter:
    """The person did not want the seat; their registration has ended with that."""
    say = context.reader.say
    return Letter(
        subject=say(_("You have declined the seat: %(title)s", title=context.title)),
        preview=context.preview(),
        heading=say(_("You have declined the seat")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for your answer: so the next in line can come.")),
            say(_("Your registration for this event has ended. You do not need to do anything else.")),
        ),
        cards=(context.card(),),
        button=context.my_page,
        closing=(context.if_you_would_like_to_come_after_all(),),
        links=(context.event_page,),
    )


def offer_lapsed(context: Context, _enclosed: Enclosed) -> Letter:
    """Nobody answered until the deadline."""
    sentence = _("We held a seat for you and did not hear from you in time. So it goes to the next in line.")
    return _lapsed(context, context.reader.say(sentence))


def pending_lapsed(context: Context, _enclosed: Enclosed) -> Letter:
    """Nobody confirmed the address until the deadline."""
    sentence = _("Your address was not confirmed in time, so the seat that we held for you is free again.")
    return _lapsed(context, context.reader.say(sentence))


def _lapsed(context: Context, what_happened: str) -> Letter:
    say = context.reader.say
    return Letter(
        subject=say(_("Your registration has run out: %(title)s", title=context.title)),
        preview=what_happened,
        heading=say(_("Your registration has run out")),
        greeting=context.greeting,
        paragraphs=(
            what_happened,
            say(_("You would still like to come? Then register again: your place in line begins anew.")),
        ),
        cards=(context.card(),),
        button=context.register_again,
        links=(context.my_page, context.event_page),
    )


def pending(context: Context, _enclosed: Enclosed) -> Letter:
    """A seat is held until the person has confirmed that the address is theirs."""
    say = context.reader.say
    return Letter(
        subject=say(_("Please confirm your address: %(title)s", title=context.title)),
        preview=say(_("Please confirm until %(deadline)s.", deadline=context.deadline)),
        heading=say(_("Please confirm your address")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for registering. We hold a seat for you until %(deadline)s.", deadline=context.deadline)),
            say(_("Please confirm until then that this address is yours. Otherwise the seat becomes free again.")),
        ),
        cards=(context.card(),),
        button=Linked(say(_("Confirm my address")), context.my_page.url),
        closing=(say(_("You did not register? Then you need not do anything: the registration ends by itself.")),),
        links=(context.event_page,),
    )
