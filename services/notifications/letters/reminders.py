"""Letters by rule: before an event begins, and after it has ended."""

from dataclasses import replace

from services.notifications import personal_links
from services.notifications.letters.cards import Card, event_card
from services.notifications.letters.closings import (
    IF_YOU_CANNOT_COME,
    IF_YOU_DO_NOT_WANT_TO_WAIT,
    IF_YOU_HAVE_QUESTIONS,
)
from services.notifications.letters.letter import Context, Letter, Linked
from services.notifications.letters.templates import Template
from services.notifications.models import Reminder
from services.notifications.reader import Reader
from services.notifications.snapshot import SessionFacts
from shared.languages import text as _

REMINDER = Template(
    key="reminder",
    name=_("Reminder before the start"),
    subject=_("Reminder: %(title)s", title="{title}"),
    heading=_("See you soon"),
    text=(
        _("It begins: %(when)s. Where: %(where)s.", when="{when}", where="{where}"),
        _("We look forward to seeing you."),
    ),
    closing=(IF_YOU_CANNOT_COME,),
)

WAITING_REMINDER = Template(
    key="reminder_waiting",
    name=_("Before the start, to those who wait"),
    subject=_("You are still on the waitlist: %(title)s", title="{title}"),
    heading=_("You are still on the waitlist"),
    text=(
        _("It begins: %(when)s. You have no seat so far.", when="{when}"),
        _("If one comes free in time, you get a mail. Please come only if you have a seat."),
    ),
    closing=(IF_YOU_DO_NOT_WANT_TO_WAIT,),
)

THANKS = Template(
    key="thanks",
    name=_("Afterwards, to those who were there"),
    subject=_("Thank you for being there: %(title)s", title="{title}"),
    heading=_("Thank you for being there"),
    text=(_("It was good to have you with us."),),
    closing=(IF_YOU_HAVE_QUESTIONS,),
)

AFTERWARDS = Template(
    key="afterwards",
    name=_("Afterwards, to others"),
    subject=_("After the event: %(title)s", title="{title}"),
    heading=_("Thank you for your interest"),
    text=(_("“%(title)s” has taken place.", title="{title}"),),
    closing=(IF_YOU_HAVE_QUESTIONS,),
)

_BEFORE = {"confirmed": REMINDER, "waitlisted": WAITING_REMINDER}


def template_of(timing: str, audience: str) -> Template:
    """Whose words hold for a rule without words of its own."""
    if timing == "before_start":
        return _BEFORE[audience]
    return THANKS if audience == "present" else AFTERWARDS


def reminder(context: Context, rule: Reminder, facts: SessionFacts) -> Letter:
    """The built-in letter about a session, or the event from its first one on or until its last."""
    is_before = rule.timing == "before_start"
    return letter_by(context, template_of(rule.timing, rule.audience), facts, rule.each_session, is_before)


def letter_by(context: Context, template: Template, facts: SessionFacts, each_session: bool, is_before: bool) -> Letter:
    values = context.values_of(facts)
    page = context.event_page
    unsubscribe = Linked(
        context.reader.say(_("Do not send me such mails any more")), personal_links.unsubscribe(context.base_url)
    )
    return context.letter(
        template,
        values,
        preview=" · ".join((values["title"], values["when"])),
        cards=(_card(context, facts, each_session, is_before),),
        button=context.my_page,
        links=(page,) if is_before else (page, unsubscribe),
    )


def _card(context: Context, facts: SessionFacts, each_session: bool, is_before: bool) -> Card:
    """The link for taking part online only while it is of use."""
    sessions = [facts] if each_session else context.event.worth_telling(context.now)
    return event_card(context.reader, context.event, sessions, shows_links=context.has_seat and is_before)


def in_own_words(letter: Letter, rule: Reminder, reader: Reader) -> Letter:
    """With what the rule says itself in the reader's language, which holds before all other words."""
    own = {"subject": rule.subject, "text": rule.text}
    patterns = {part: content[reader.locale] for part, content in own.items() if content.get(reader.locale)}
    return replace(letter.worded(patterns), template=None)
