"""The rule by which an event gives its seats, in plain words for those who register, made from the data."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.catalogue.models import Event
from services.catalogue.models.base import Facts
from shared import formats
from shared.languages import Text
from shared.languages import plural as ngettext
from shared.languages import text as _
from shared.web import language


def seat_rules(event: Event) -> list[Text]:
    """How the seats of the event are given, sentence by sentence, from what its organisers chose."""
    sentences = [
        *(*_order(event), *_waitlist(event), *_quota(event), *_pools(event), *_groups(event)),
        *(*_corrections(event), *_people(event)),
    ]
    return list({str(sentence): sentence for sentence in sentences}.values())


def quota_rule(event: Event) -> Text:
    """How many people of one organisation can have a seat, and until when; only for an event that limits them."""
    seats, until = event.max_per_organisation or 0, event.max_per_organisation_until
    if until is None:
        return ngettext(
            "One person of each organisation can have a seat.",
            "Up to %(num)d people of each organisation can have a seat.",
            seats,
        )
    return ngettext(
        "Until %(moment)s, %(num)d person of each organisation can have a seat. After that, the number is not limited.",
        "Until %(moment)s, up to %(num)d people of each organisation can have a seat. After that, the number is not "
        "limited.",
        seats,
        moment=_moment(event, until),
    )


def _order(event: Event) -> Iterator[Text]:
    yield _("Seats are given in the order in which registrations arrive.")
    classes = event.waitlist["priority_classes"]
    if classes and event.waitlist["enabled"]:
        yield ngettext(
            "On the waitlist, this group comes first: %(groups)s. Everybody else follows. Within a group, whoever "
            "registered earlier comes first.",
            "On the waitlist, these groups come first, in this order: %(groups)s. Everybody else follows. Within a "
            "group, whoever registered earlier comes first.",
            len(classes),
            groups=", ".join(_name(group) for group in classes),
        )


def _waitlist(event: Event) -> Iterator[Text]:
    if not event.waitlist["enabled"]:
        yield _("When all seats are taken, nobody can register until a seat becomes free. There is no waitlist.")
        return
    if not event.waitlist["priority_classes"]:
        yield _(
            "When all seats are taken, you join the end of the waitlist. Whoever registers later stands behind you."
        )
    yield from _offers(event.waitlist) if event.waitlist["policy"] == "offer" else _promotion()
    if hours := event.waitlist["closes_hours_before_start"]:
        yield ngettext(
            "The waitlist closes one hour before the event begins.",
            "The waitlist closes %(num)d hours before the event begins.",
            hours,
        )
    yield _("Your page shows your position at any time. You find the link in our e-mails.")
    yield _(
        "Only the organisers can move somebody in the waitlist, or set somebody aside, for instance because nobody can "
        "reach them. They must give a reason, and it is recorded."
    )


def _promotion() -> Iterator[Text]:
    yield _("When a seat becomes free, the next in line gets it at once and is told by e-mail.")


def _offers(waitlist: Facts) -> Iterator[Text]:
    yield ngettext(
        "When a seat becomes free, we offer it to the next in line by e-mail. It is kept for one hour; whoever does "
        "not accept it by then leaves it to the next.",
        "When a seat becomes free, we offer it to the next in line by e-mail. It is kept for %(num)d hours; whoever "
        "does not accept it by then leaves it to the next.",
        waitlist["offer_hours"],
    )
    if hours := waitlist["cutoff_hours"]:
        yield ngettext(
            "Every offer ends one hour before the event begins at the latest.",
            "Every offer ends %(num)d hours before the event begins at the latest.",
            hours,
        )
    yield _quiet_times(waitlist)


def _quiet_times(waitlist: Facts) -> Text:
    times = {"since": waitlist["quiet_from"], "until": waitlist["quiet_until"]}
    if times["since"] == times["until"]:
        if waitlist["weekends"]:
            return _("We make no offers on public holidays.")
        return _("We make no offers at weekends and on public holidays.")
    if waitlist["weekends"]:
        return _("We make no offers between %(since)s and %(until)s, nor on public holidays.", **times)
    return _("We make no offers between %(since)s and %(until)s, at weekends and on public holidays.", **times)


def _quota(event: Event) -> Iterator[Text]:
    if event.max_per_organisation is None:
        return
    yield quota_rule(event)
    if event.waitlist["enabled"]:
        yield _("Further people of the same organisation wait. They do not hold up those behind them.")


def _pools(event: Event) -> Iterator[Text]:
    for pool in event.waitlist["pools"]:
        if pool["released_at"] is None:
            yield ngettext(
                "%(num)d seat is reserved for “%(group)s”.",
                "%(num)d seats are reserved for “%(group)s”.",
                pool["seats"],
                group=_name(pool),
            )
        else:
            yield ngettext(
                "%(num)d seat is reserved for “%(group)s” until %(moment)s. If it is free then, everybody can have it.",
                "%(num)d seats are reserved for “%(group)s” until %(moment)s. What is free then, everybody can have.",
                pool["seats"],
                group=_name(pool),
                moment=_moment(event, pool["released_at"]),
            )


def _groups(event: Event) -> Iterator[Text]:
    """How one comes to belong to the groups that were named."""
    classes = event.waitlist["priority_classes"] if event.waitlist["enabled"] else []
    for group in (*classes, *event.waitlist["pools"]):
        yield _belonging(group["by"], _name(group))


def _corrections(event: Event) -> Iterator[Text]:
    """Where what somebody says of themselves decides, that they do not get ahead by saying something else later."""
    waits = event.waitlist["enabled"]
    groups = (*event.waitlist["pools"], *(event.waitlist["priority_classes"] if waits else ()))
    if (waits and event.max_per_organisation is not None) or any(group["by"] != "code" for group in groups):
        yield _(
            "Whoever corrects their organisation or their answers later does not get ahead of others by it. The "
            "organisers look at it first."
        )


def _belonging(by: str, group: str) -> Text:
    if by == "membership":
        return _("You belong to “%(group)s” if your organisation is a member.", group=group)
    if by == "question":
        return _("Your answers in the form decide whether you belong to “%(group)s”.", group=group)
    return _("You belong to “%(group)s” if you were given a code and enter it when you register.", group=group)


def _people(event: Event) -> Iterator[Text]:
    if event.largest_party > 1:
        yield from _parties(event)
    if event.waitlist["enabled"] and event.waitlist["transfers"] == "queue":
        yield _("While somebody waits, you cannot pass your seat on: if you cancel, the next in line gets it.")
    if event.confirm_address_minutes is not None:
        yield _(
            "After you registered, you have %(time)s to confirm your e-mail address. Otherwise your seat becomes free.",
            time=formats.hours(timedelta(minutes=event.confirm_address_minutes), language.locale()),
        )


def _parties(event: Event) -> Iterator[Text]:
    yield ngettext(
        "You can register %(num)d person in one go.",
        "You can register up to %(num)d people in one go.",
        event.largest_party,
    )
    if not event.waitlist["enabled"]:
        return
    if event.waitlist["parties"] == "wait":
        yield _("If a party is the next in line and there are too few seats for it, the seats wait until it fits in.")
    else:
        yield _(
            "If a party is the next in line and there are too few seats for it, those behind it get the seats. The "
            "party keeps its place."
        )


def _name(group: Facts) -> str:
    return language.inside(group["name"])


def _moment(event: Event, moment: datetime) -> str:
    return formats.date_and_time(moment, language.locale(), event.time_zone or "UTC")
