"""Letters about a certificate: here it is, or it no longer holds."""

from services.notifications import personal_links
from services.notifications.entries import series_line
from services.notifications.letters.letter import Card, Context, Letter, Linked
from shared.languages import text as _


def issued(context: Context, number: str, replaced: str) -> Letter:
    """The certificate is there. ``replaced`` is the number of the one before it, empty if there was none."""
    say = context.reader.say
    in_place_of = _("It takes the place of the certificate %(number)s, which is no longer valid.", number=replaced)
    return Letter(
        subject=say(_("Your certificate of attendance: %(title)s", title=context.title)),
        preview=say(_("Certificate no. %(number)s", number=number)),
        heading=say(_("Your certificate of attendance")),
        greeting=context.greeting,
        paragraphs=(
            say(_("Thank you for taking part. Here is your certificate, with the number %(number)s.", number=number)),
            *((say(in_place_of),) if replaced else ()),
        ),
        cards=(_card(context),),
        button=Linked(say(_("Open the certificate (PDF)")), personal_links.certificate(context.base_url)),
        closing=(
            say(_("Whoever you show it to can check it: the code on it opens a page that says whether it is genuine.")),
            say(_("Is your name wrong, or anything else? Please reply to this mail.")),
        ),
        links=(context.my_page,),
    )


def revoked(context: Context, number: str, reason: str | None) -> Letter:
    """The certificate no longer holds. ``reason`` is what the organiser wrote; None if the attendance was corrected."""
    say = context.reader.say
    sentences = [_("Your certificate with the number %(number)s has been revoked: it no longer holds.", number=number)]
    if reason is None:
        sentences.append(_("The attendance was corrected, and the hours do not suffice any more."))
    return Letter(
        subject=say(_("Your certificate is no longer valid: %(title)s", title=context.title)),
        preview=say(_("Certificate no. %(number)s", number=number)),
        heading=say(_("Your certificate is no longer valid")),
        greeting=context.greeting,
        paragraphs=(*map(say, sentences), say(_("The page that checks it says so from now on."))),
        quotation={context.reader.locale: reason} if reason else None,
        cards=(_card(context),),
        button=context.my_page,
        closing=(say(_("You have questions about it? Please reply to this mail.")),),
    )


def _card(context: Context) -> Card:
    return Card(title=context.event.title, series_line=series_line(context.event, context.reader))
