"""The letter to somebody whose calendar has declined: shall the place be cancelled?"""

from services.notifications import personal_links
from services.notifications.letters.letter import Context, Letter, Linked
from services.notifications.letters.templates import Template
from services.notifications.snapshot import SessionFacts
from shared.languages import text as _

DECLINED_IN_CALENDAR = Template(
    key="declined_in_calendar",
    name=_("Declined in the calendar"),
    subject=_("Shall we cancel your place? %(title)s", title="{title}"),
    heading=_("Shall we cancel your place?"),
    text=(
        _("Your calendar has told us that you cannot come. Your place has not been cancelled by that."),
        _("If you cancel it, somebody who is waiting can come. If you do nothing, the place stays yours."),
    ),
    closing=(
        _("Opening the link decides nothing yet: the page has a button of its own for cancelling."),
        _("You declined by mistake? Then you need not do anything."),
    ),
)


def declined_in_calendar(context: Context, facts: SessionFacts, *, is_all: bool) -> Letter:
    """``is_all``: nothing else of the event is left that the person could come to."""
    say = context.reader.say
    when = say(_("Your calendar has declined: %(when)s", when=context.reader.span(facts)))
    whole = say(_("The place is for all dates of this event together."))
    return context.letter(
        DECLINED_IN_CALENDAR,
        preview=when,
        notes=(when,) if is_all else (when, whole),
        cards=(context.card(),),
        button=Linked(
            say(_("Look at my place and cancel it")),
            personal_links.cancel_page(context.base_url, context.registration.id),
        ),
        links=(context.my_page, context.event_page),
    )
