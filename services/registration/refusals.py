"""Why somebody cannot be registered, as it is said to them."""

from collections.abc import Iterable, Mapping, Sequence

from services.registration.decide import Reason
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import Text
from shared.languages import text as _

SENTENCES: Mapping[Reason, Text] = {
    "event_full": _("All seats are taken, and this event has no waitlist."),
    "organisation_full": _("Your organisation has all the seats that one organisation can have at this event."),
    "not_open_yet": _("Registration for this event has not opened yet."),
    "closed": _("Registration for this event is closed."),
    "event_cancelled": _("This event was cancelled."),
    "seats_reserved": _("The seats that are free are reserved for others, and this event has no waitlist."),
    "party_waits": _("The seats that are free are kept for a group, and this event has no waitlist."),
    "party_too_large": _("There are fewer free seats than people in your group, and this event has no waitlist."),
    "party_exceeds_capacity": _("Your group has more people than this event has seats for them."),
    "party_exceeds_quota": _("Your group has more people of one organisation than can have a seat at this event."),
    "series_incomplete": _(
        "The seats that are free are kept for people who wait for the whole series, and this event has no waitlist."
    ),
    "quiet_hours": _("The seats that are free are kept for those who wait, and this event has no waitlist."),
    "too_late_to_offer": _("The seats that are free are kept for those who wait, and this event has no waitlist."),
    "waitlist_closed": _("There is no free seat for you, and the waitlist of this event is closed."),
}


def refusal(reason: Reason) -> ConflictError:
    """The error for a wish that ``decide`` refused; its code is the reason."""
    return ConflictError(reason, SENTENCES[reason])


def sentence_for(code: str) -> Text:
    """What is said of a refusal with this code, after the fact."""
    known: dict[str, Text] = {str(reason): sentence for reason, sentence in SENTENCES.items()}
    return known[code] if code in known else already_registered().text


def already_registered() -> ConflictError:
    """Says nothing but that the address is registered; whoever owns it gets the link by mail."""
    return ConflictError(
        "already_registered",
        _("This address is already registered for this event. We are sending a link to your registration to it."),
    )


def registered_among_party(numbers: Iterable[int]) -> ConflictError:
    """The same for a party; ``numbers`` say which of its people have such an address."""
    one = already_registered()
    return ConflictError(one.code, one.text, errors={f"people.{number}.email": [one.text] for number in numbers})


def address_registered() -> ConflictError:
    """The same to an organiser: nobody is written to."""
    return ConflictError("already_registered", _("This address is already registered for this event."))


def none_accepted(refusals: Sequence[ReiheError]) -> ReiheError:
    """What is said if every module of a series refused somebody: one sentence if all gave the same reason."""
    if len({one.code for one in refusals}) == 1:
        return refusals[0]
    return ConflictError("no_module_accepted", _("You can be registered for none of these events."))


def whole_without_waitlist(title: str) -> ConflictError:
    """What is said to somebody who wants all modules at once, of which the one with this title has no waitlist."""
    sentence = _(
        "“%(title)s” has no waitlist, so you cannot wait there until all modules have a seat for you. Please take this "
        "module away, or choose to come to the modules in which you get a seat.",
        title=title,
    )
    return ConflictError("series_incomplete", sentence, errors={"mode": [sentence]})


def no_module_open() -> ConflictError:
    return ConflictError("closed", _("No event of this series is open for registration any more."))


def key_reused() -> InvalidError:
    return InvalidError(
        "idempotency_key_reused", _("This Idempotency-Key was used for another request. Please use a new one.")
    )


def event_frozen() -> ConflictError:
    """Registrations of a cancelled event keep their states."""
    return ConflictError("event_cancelled", _("This event was cancelled, so nothing can be changed any more."))
