"""Sentences about the calendar, and the short letters that carry the invitations which do not fit in the first mail."""

from collections.abc import Sequence

from services.notifications import personal_links
from services.notifications.letters.closings import IF_YOU_CANNOT_COME
from services.notifications.letters.letter import Context, Enclosed, Letter, Linked
from services.notifications.letters.templates import OF_EVENT, Template
from services.notifications.reader import Reader
from services.notifications.snapshot import SessionFacts
from shared.languages import Text
from shared.languages import plural as ngettext
from shared.languages import text as _


def about_invitations(reader: Reader, enclosed: Enclosed) -> tuple[str, ...]:
    """How a new place gets into the calendar."""
    say = reader.say
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
    if enclosed.is_file:
        return (context.reader.say(_("The attached calendar file brings your entries up to date: please open it.")),)
    if enclosed.files > 1:
        return (about_files(context.reader, enclosed.files),)
    messages = enclosed.requests + enclosed.cancellations
    if not messages:
        return ()
    if messages == 1:
        return (context.reader.say(_("This mail also brings the entry in your calendar up to date.")),)
    sentence = _("For your calendar you get a mail for each session concerned: this is the first.")
    return (context.reader.say(sentence),)


def about_cancellations(context: Context, enclosed: Enclosed) -> tuple[str, ...]:
    """How a place that was given up leaves the calendar."""
    if not enclosed.cancellations:
        return ()
    if enclosed.files > 1:
        return (about_files(context.reader, enclosed.files),)
    sentence = ngettext(
        "This mail also takes the entry out of your calendar.",
        "The entries in your calendar are taken out by a mail each: this is the first of %(num)d.",
        enclosed.cancellations,
    )
    return (context.reader.say(sentence),)


def about_files(reader: Reader, number: int) -> str:
    """How sessions leave the calendar that one mail takes out."""
    return reader.say(
        ngettext(
            "This mail also takes your session out of your calendar.",
            "Each of the %(num)d attached files takes one session out of your calendar: please open them. If you have "
            "subscribed to your personal calendar, you need not do anything.",
            number,
        )
    )


def subscription(reader: Reader, base_url: str) -> Linked:
    """Where to subscribe to the personal calendar."""
    return Linked(reader.say(_("Subscribe to my calendar")), personal_links.calendar_feed(base_url))


OF_SESSION = (*OF_EVENT, "date")

INVITATION = Template(
    key="invitation",
    name=_("Calendar invitation to a further session"),
    subject=_("Invitation: %(title)s, %(date)s", title="{title}", date="{date}"),
    heading=_("For your calendar"),
    text=(_("This is the invitation to this session for your calendar."),),
    closing=(IF_YOU_CANNOT_COME,),
    placeholders=OF_SESSION,
)
UPDATED_INVITATION = Template(
    key="updated_invitation",
    name=_("Change of a session for the calendar"),
    subject=_("Updated invitation: %(title)s, %(date)s", title="{title}", date="{date}"),
    heading=_("For your calendar"),
    text=(_("This mail brings the entry of this session in your calendar up to date."),),
    closing=(IF_YOU_CANNOT_COME,),
    placeholders=OF_SESSION,
)


def invitation(context: Context, facts: SessionFacts, *, is_update: bool) -> Letter:
    """The mail of a session that the first mail does not carry."""
    return _about_session(context, UPDATED_INVITATION if is_update else INVITATION, facts)


CALENDAR_FILE = Template(
    key="calendar_file",
    name=_("Calendar file with what is new"),
    subject=_("For your calendar: %(title)s", title="{title}"),
    heading=_("For your calendar"),
    text=(_("The attached calendar file brings your entries up to date: please open it."),),
    closing=(IF_YOU_CANNOT_COME,),
)


def file(context: Context, sessions: Sequence[SessionFacts]) -> Letter:
    """The mail of a file with all that the calendar does not know yet."""
    return context.letter(
        CALENDAR_FILE,
        preview=context.reader.span(sessions[0]),
        cards=(context.card_of(sessions),),
        button=context.my_page,
        links=(subscription(context.reader, context.base_url), context.event_page),
    )


INVITATION_CANCELLED = Template(
    key="invitation_cancelled",
    name=_("Session out of the calendar"),
    subject=_("Out of your calendar: %(title)s, %(date)s", title="{title}", date="{date}"),
    heading=_("For your calendar"),
    text=(_("This mail takes the entry of this session out of your calendar."),),
    placeholders=OF_SESSION,
)
INVITATIONS_CANCELLED = Template(
    key="invitations_cancelled",
    name=_("Several sessions out of the calendar"),
    subject=_("Out of your calendar: %(title)s", title="{title}"),
    heading=_("For your calendar"),
)


def cancellation(context: Context, sessions: Sequence[SessionFacts]) -> Letter:
    """The mail that takes sessions out of the calendar."""
    first, *others = sessions
    if not others:
        return _about_session(context, INVITATION_CANCELLED, first, is_off=True)
    return context.letter(
        INVITATIONS_CANCELLED,
        preview=context.reader.span(first),
        notes=(about_files(context.reader, len(sessions)),),
        cards=(context.card_of(sessions, is_off=True),),
        button=context.my_page,
        links=(context.event_page,),
    )


def _about_session(context: Context, template: Template, facts: SessionFacts, *, is_off: bool = False) -> Letter:
    return context.letter(
        template,
        {"date": context.reader.date(facts)},
        preview=context.reader.span(facts),
        cards=(context.card_of([facts], is_off=is_off),),
        button=context.my_page,
        links=(context.event_page,),
    )
