"""Organisers' own words for letters: an event's before the house's, and the built-in ones where neither has any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.letters.catalogue import OF_HOUSE_ALONE, TEMPLATES
from services.notifications.letters.letter import Letter
from services.notifications.letters.templates import PARTS, Template
from services.notifications.models import HOUSE, Event, Wording
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_account, differences
from shared.database import UnitOfWork
from shared.errors import InvalidError, NotFoundError
from shared.languages import Content, Text
from shared.languages import text as _
from shared.staff import Staff

Parts = Mapping[str, Content]
"""Part of a template → language → words with placeholders; those that differ from the built-in ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where words hold: at an event, or, without one, in the whole house."""

    template: Template
    event_id: UUID | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        return self.template.key, self.event_id or HOUSE


def place_of(session: Session, key: str, event_id: UUID | None) -> Place:
    """Raises :class:`NotFoundError` for an unknown letter or event, or one that is about no single event."""
    template = TEMPLATES.get(key)
    if template is None or (event_id and key in OF_HOUSE_ALONE):
        raise NotFoundError("template_unknown", _("There is no such mail to be worded here."))
    if event_id is not None and session.get(Event, event_id) is None:
        raise NotFoundError("event_unknown", _("This event is not known here: mails begin when it is published."))
    return Place(template, event_id)


def templates_at(event_id: UUID | None) -> list[Template]:
    """Those that can be worded there."""
    return [one for one in TEMPLATES.values() if event_id is None or one.key not in OF_HOUSE_ALONE]


def own_words(session: Session, place: Place) -> Parts:
    """What was entered there itself."""
    wording = session.get(Wording, place.key)
    return wording.parts if wording else {}


def words_at(session: Session, place: Place, settings: NotificationsSettings) -> Parts:
    """What people would read by now, in all languages."""
    return _merged(session, place, settings)


def words_below(session: Session, place: Place, settings: NotificationsSettings) -> Parts:
    """What people would read if nothing had been entered there: at an event the house's words, or the built-in."""
    if place.event_id is None:
        return _built_in(place.template, settings)
    return _merged(session, replace(place, event_id=None), settings)


def worded_places(session: Session, event_id: UUID | None) -> set[str]:
    """The keys of the letters for which words were entered there."""
    return set(session.scalars(select(Wording.template).where(Wording.event_id == (event_id or HOUSE))))


def save(uow: UnitOfWork, place: Place, words: Parts, settings: NotificationsSettings, actor: Staff) -> None:
    """Use these words from now on. What is empty, or what people would read anyway, is not kept.

    Raises :class:`InvalidError` for placeholders that are not known, or that are needed and missing.
    """
    check(place.template, words)
    below, before = words_below(uow.session, place, settings), own_words(uow.session, place)
    kept = {part: _differing(words.get(part, {}), below[part]) for part in PARTS}
    after = {part: content for part, content in kept.items() if content}
    wording = uow.session.get(Wording, place.key, with_for_update=True)
    if wording is not None and not after:
        uow.session.delete(wording)
    elif wording is not None:
        wording.parts, wording.changed_at = after, uow.now
    elif after:
        key, scope = place.key
        uow.session.add(Wording(template=key, event_id=scope, parts=after, changed_at=uow.now))
    _note(uow, "wording.changed", place, before, after, actor)


def reset(uow: UnitOfWork, place: Place, actor: Staff) -> None:
    """Back to what people would read without."""
    wording = uow.session.get(Wording, place.key, with_for_update=True)
    if wording is not None:
        uow.session.delete(wording)
        _note(uow, "wording.reset", place, wording.parts, {}, actor)


def check(template: Template, words: Parts) -> None:
    """Raises :class:`InvalidError` with an entry per part and language."""
    errors: dict[str, list[Text | str]] = {
        f"{part}.{language}": [fault]
        for part, content in words.items()
        for language, pattern in content.items()
        if (fault := template.fault(part, pattern))
    }
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


def reworded_in(uow: UnitOfWork, letter: Letter, event_id: UUID | None, reader: Reader) -> Letter:
    """The letter in organisers' words; those that one transaction uses for many letters are read once."""
    key = "words", letter.template and letter.template.key, event_id
    with uow.session.no_autoflush:  # what waits to be written is no wording, and is written with all else
        words = uow.once(key, lambda: words_for(uow.session, letter, event_id))
    return reworded(letter, words, reader)


def words_for(session: Session, letter: Letter, event_id: UUID | None) -> list[Parts]:
    """What organisers have entered for such a letter; what goes before the other stands behind it."""
    if letter.template is None:
        return []
    scopes = {HOUSE, event_id or HOUSE}
    query = select(Wording).where(Wording.template == letter.template.key, Wording.event_id.in_(scopes))
    return [wording.parts for wording in sorted(session.scalars(query), key=lambda found: found.event_id != HOUSE)]


def reworded(letter: Letter, words: Sequence[Parts], reader: Reader) -> Letter:
    """The letter in these words, where there are some in its reader's language."""
    patterns: dict[str, str] = {}
    for parts in words:
        patterns |= {part: content[reader.locale] for part, content in parts.items() if reader.locale in content}
    return letter.worded(patterns) if patterns else letter


def _merged(session: Session, place: Place, settings: NotificationsSettings) -> Parts:
    below = _built_in(place.template, settings) if place.event_id is None else words_below(session, place, settings)
    own = own_words(session, place)
    return {part: {**below[part], **own.get(part, {})} for part in PARTS}


def _built_in(template: Template, settings: NotificationsSettings) -> Parts:
    by_language = {locale: template.built_in(Reader.of(locale, settings)) for locale in settings.locales}
    return {part: {locale: words[part] for locale, words in by_language.items()} for part in PARTS}


def _differing(words: Content, below: Content) -> dict[str, str]:
    return {language: text for language, text in words.items() if text and text != below.get(language)}


def _note(uow: UnitOfWork, action: str, place: Place, before: Parts, after: Parts, actor: Staff) -> None:
    changes = {"template": {"after": place.template.key}, **differences(dict(before), dict(after))}
    uow.audit(action, by_account(actor.account_id), Subject("wording"), event_id=place.event_id, changes=changes)
