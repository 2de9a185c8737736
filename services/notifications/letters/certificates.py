"""Letters about a certificate: here it is, or it no longer holds."""

from services.notifications import personal_links
from services.notifications.entries import series_line
from services.notifications.letters.cards import Card
from services.notifications.letters.closings import IF_YOU_HAVE_QUESTIONS
from services.notifications.letters.letter import Context, Letter, Linked
from services.notifications.letters.templates import OF_EVENT, Template
from shared.languages import text as _

WITH_NUMBER = (*OF_EVENT, "number")

ISSUED = Template(
    key="certificate",
    name=_("Certificate"),
    subject=_("Your certificate of attendance: %(title)s", title="{title}"),
    heading=_("Your certificate of attendance"),
    text=(_("Thank you for taking part. Here is your certificate, with the number %(number)s.", number="{number}"),),
    closing=(
        _("Whoever you show it to can check it: the code on it opens a page that says whether it is genuine."),
        _("Is your name wrong, or anything else? Please reply to this mail."),
    ),
    placeholders=WITH_NUMBER,
)


def issued(context: Context, number: str, replaced: str) -> Letter:
    """The certificate is there. ``replaced`` is the number of the one before it, empty if there was none."""
    say = context.reader.say
    in_place_of = _("It takes the place of the certificate %(number)s, which is no longer valid.", number=replaced)
    return context.letter(
        ISSUED,
        {"number": number},
        preview=say(_("Certificate no. %(number)s", number=number)),
        notes=(say(in_place_of),) if replaced else (),
        cards=(_card(context),),
        button=Linked(say(_("Open the certificate (PDF)")), personal_links.certificate(context.base_url)),
        links=(context.my_page,),
    )


REVOKED = Template(
    key="certificate_revoked",
    name=_("Certificate revoked"),
    subject=_("Your certificate is no longer valid: %(title)s", title="{title}"),
    heading=_("Your certificate is no longer valid"),
    text=(_("Your certificate with the number %(number)s has been revoked: it no longer holds.", number="{number}"),),
    closing=(IF_YOU_HAVE_QUESTIONS,),
    placeholders=WITH_NUMBER,
    needed=("number",),
)


def revoked(context: Context, number: str, reason: str | None) -> Letter:
    """The certificate no longer holds. ``reason`` is what the organiser wrote; None if the attendance was corrected."""
    say = context.reader.say
    corrected = _("The attendance was corrected, and the hours do not suffice any more.")
    return context.letter(
        REVOKED,
        {"number": number},
        preview=say(_("Certificate no. %(number)s", number=number)),
        notes=(
            *((say(corrected),) if reason is None else ()),
            say(_("The page that checks it says so from now on.")),
        ),
        quotation={context.reader.locale: reason} if reason else None,
        cards=(_card(context),),
        button=context.my_page,
    )


def _card(context: Context) -> Card:
    return Card(title=context.event.title, series_line=series_line(context.event, context.reader))
