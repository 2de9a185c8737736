"""What a pending revision changes, for people: before and after, field by field, line by line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.catalogue.entries import KINDS
from services.catalogue.models import Event
from services.catalogue.models.base import Facts
from services.catalogue.web.certificate_words import event_certificate
from services.catalogue.web.rule_words import seat_rules
from services.catalogue.web.words import (
    DECLINE_RULES,
    FORMATS,
    INVITES,
    NEEDS,
    PROGRAMME_KINDS,
    language_names,
    teaching_units,
)
from shared import formats
from shared.languages import NAMES, Text, localised
from shared.languages import text as _
from shared.web import language


@dataclass(frozen=True, slots=True)
class Change:
    """One field. The lines that only one side has; what both have is left out."""

    label: Text
    before: list[str]
    after: list[str]


def changes(published: Event, revised: Event) -> list[Change]:
    """The fields of the revision that differ from what is public, in the order of the form."""
    zone = published.time_zone or revised.time_zone or "UTC"
    found = (_change(label, list(lines(published, zone)), list(lines(revised, zone))) for label, lines in _FIELDS)
    return [change for change in found if change.before or change.after]


def _change(label: Text, before: list[str], after: list[str]) -> Change:
    gone = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    if not gone and not new and before != after:
        return Change(label, before, after)
    return Change(label, gone, new)


Lines = Callable[[Event, str], Iterator[str]]


def _content(name: str) -> Lines:
    def lines(event: Event, _zone: str) -> Iterator[str]:
        yield from _in_languages(getattr(event, name))

    return lines


def _in_languages(content: Mapping[str, str] | None) -> Iterator[str]:
    for code, text in (content or {}).items():
        if text:
            yield f"{NAMES.get(code, code)}: {text}"


def _languages(event: Event, _zone: str) -> Iterator[str]:
    if event.languages:
        yield language_names(event.languages)


def _number(name: str) -> Lines:
    def lines(event: Event, _zone: str) -> Iterator[str]:
        if getattr(event, name) is not None:
            yield str(getattr(event, name))

    return lines


def _moment(name: str) -> Lines:
    def lines(event: Event, zone: str) -> Iterator[str]:
        if (moment := getattr(event, name)) is not None:
            yield formats.date_and_time(moment, language.locale(), zone)

    return lines


def _kind(event: Event, _zone: str) -> Iterator[str]:
    yield language.say(KINDS[event.kind])


def _format(event: Event, _zone: str) -> Iterator[str]:
    yield language.say(FORMATS[event.format])


def _invite(event: Event, _zone: str) -> Iterator[str]:
    yield language.say(INVITES[event.invite])


def _series(event: Event, _zone: str) -> Iterator[str]:
    if event.series:
        yield localised(event.series.title, language.locale())


def _venue(event: Event, _zone: str) -> Iterator[str]:
    yield from _of_venue(event.venue or {})


def _of_venue(venue: Facts) -> Iterator[str]:
    yield from (str(venue[name]) for name in ("name", "room", "street") if venue.get(name))
    if venue:
        yield " ".join(venue[name] for name in ("country", "postcode", "city") if venue[name])
    if venue.get("latitude") is not None:
        yield f"{venue['latitude']:g}, {venue['longitude']:g}"
    yield from _in_languages(venue.get("accessibility"))


def _sessions(event: Event, _zone: str) -> Iterator[str]:
    for session in event.sessions:
        when = formats.span(session.starts_at, session.ends_at, language.locale(), session.time_zone)
        units = teaching_units(session.teaching_units) if session.teaching_units else ""
        yield _joined(f"{when} ({session.time_zone})", units, session.meeting_url, *_of_venue(session.venue or {}))


def _programme(event: Event, zone: str) -> Iterator[str]:
    for item in event.programme:
        speakers = (_joined(one["name"], one["role"], one["organisation"]) for one in item["speakers"])
        kind = language.say(PROGRAMME_KINDS[item["kind"]])
        yield _joined(_times(item, zone), kind, " / ".join(item["title"].values()), *speakers, by=" · ")


def _times(item: Mapping[str, Any], zone: str) -> str:
    begins = formats.date_and_time(item["starts_at"], language.locale(), zone)
    return f"{begins}–{formats.time(item['ends_at'], language.locale(), zone)}" if item["ends_at"] else begins


def _waitlist(event: Event, _zone: str) -> Iterator[str]:
    if not event.waitlist["enabled"]:
        yield language.say(_("No waitlist"))
    elif event.waitlist["policy"] == "offer":
        yield language.say(_("A free seat is offered to the next in line"))
    else:
        yield language.say(_("A free seat goes to the next in line at once"))


def _on_declined(event: Event, _zone: str) -> Iterator[str]:
    yield language.say(DECLINE_RULES[event.on_declined])


def _reply_to(event: Event, _zone: str) -> Iterator[str]:
    yield event.reply_to or ""


def _rule(event: Event, _zone: str) -> Iterator[str]:
    for sentence in seat_rules(event):
        yield language.say(sentence)
    for group in (*event.waitlist["priority_classes"], *event.waitlist["pools"]):
        if group["by"] == "code":
            name = localised(group["name"], language.locale())
            yield language.say(_("Code for “%(group)s”: %(code)s", group=name, code=group["code"]))


def _certificate(event: Event, _zone: str) -> Iterator[str]:
    yield from map(language.say, event_certificate(event))


def _questions(event: Event, _zone: str) -> Iterator[str]:
    for question in event.questions:
        if not question["retired"]:
            options = [localised(one["label"], language.locale()) for one in question["options"] if not one["retired"]]
            yield _joined(" / ".join(question["label"].values()), *options, by=" · ")


def _needs(event: Event, _zone: str) -> Iterator[str]:
    yield from (language.say(NEEDS[name]) for name in event.needs)


def _joined(*parts: str | None, by: str = ", ") -> str:
    return by.join(part for part in parts if part)


_FIELDS: tuple[tuple[Text, Lines], ...] = (
    (_("Title"), _content("title")),
    (_("Motto"), _content("motto")),
    (_("Description"), _content("description")),
    (_("For whom"), _content("audience")),
    (_("Languages"), _languages),
    (_("Kind"), _kind),
    (_("Part of the series"), _series),
    (_("Module"), _number("module_number")),
    (_("Sessions"), _sessions),
    (_("Format"), _format),
    (_("How sessions get into calendars"), _invite),
    (_("Venue"), _venue),
    (_("Seats"), _number("capacity")),
    (_("At most of one organisation"), _number("max_per_organisation")),
    (_("The limit for each organisation ends"), _moment("max_per_organisation_until")),
    (_("People in one registration"), _number("largest_party")),
    (_("Minutes to confirm the address"), _number("confirm_address_minutes")),
    (_("When somebody declines in their calendar"), _on_declined),
    (_("Answers to mails go to"), _reply_to),
    (_("Registration opens"), _moment("registration_opens_at")),
    (_("Registration closes"), _moment("registration_closes_at")),
    (_("Waitlist"), _waitlist),
    (_("How the seats are given"), _rule),
    (_("Certificate"), _certificate),
    (_("Questions"), _questions),
    (_("Needs that are asked for"), _needs),
    (_("Programme"), _programme),
)
