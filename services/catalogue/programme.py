"""Use cases: write a series, an event, its sessions and programme.

``fields`` are what the schemas of ``web/schemas.py`` load: all fields for a new series or event, and for a change only
those that change. ``actor`` is an account's id, or the name of the command that acts.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.catalogue.announcements import Issuer, announce_changed_series, revise_series, tell_series
from services.catalogue.listing import find_event, find_series
from services.catalogue.models import Event, Series
from services.catalogue.models.base import Facts
from services.catalogue.questions import problems_of_change, settled
from services.catalogue.rules import check_event, refuse
from services.catalogue.sessions import identified
from services.catalogue.turns import take_turn
from shared.audit import Changes, Subject, added, author_of, differences
from shared.database import UnitOfWork
from shared.errors import ConflictError, StaleError
from shared.languages import Content, best_language
from shared.languages import text as _
from shared.logs import get_logger
from shared.text import search_key, slug_from

log = get_logger(__name__)


def create_series(uow: UnitOfWork, fields: Facts, actor: str) -> Series:
    """A draft. Raises :class:`InvalidError`."""
    take_turn(uow)
    slug = _free_slug(uow, Series, fields.get("slug"), fields["title"], "series")
    series = Series(**{**fields, "slug": slug}, created_at=uow.now, revised_at=uow.now)
    _note_search_key(series)
    uow.session.add(series)
    uow.session.flush()
    note_series(uow, "series.created", series, actor, added(slug=slug, title=series.title))
    log.info("series_created", series_id=str(series.id), actor=actor)
    return find_series(uow.session, series.id)


def change_series(
    uow: UnitOfWork, series_id: UUID, fields: Facts, actor: str, issuer: Issuer, if_version: int | None = None
) -> Series:
    """Holds at once. If a title or address changes that published events show, they are announced as changed.

    Raises :class:`InvalidError`, :class:`StaleError`, and :class:`ConflictError` for a cancelled series.
    """
    revision = take_turn(uow)
    series = find_series(uow.session, series_id)
    if series.state == "cancelled":
        raise ConflictError("series_cancelled", _("This series was cancelled. Please make a new one."))
    check_version(series, if_version)
    _check_slug(uow, series, fields.get("slug"))
    before = {name: getattr(series, name) for name, value in fields.items() if getattr(series, name) != value}
    changes = before.keys()
    for name in changes:
        setattr(series, name, fields[name])
    if changes:
        series.version += 1
        _note_search_key(series)
        revise_series(uow, revision, series)
        what = differences(before, {name: fields[name] for name in before})
        note_series(uow, "series.changed", series, actor, what)
        log.info("series_changed", series_id=str(series.id), version=series.version, actor=actor)
    if changes & {"title", "slug"}:
        announce_changed_series(uow, revision, [e for e in series.events if e.state == "published"], issuer)
    if changes & {"title", "slug", "certificate_rule"}:
        tell_series(uow, series_id)
    uow.session.flush()
    return find_series(uow.session, series_id)


def create_event(uow: UnitOfWork, fields: Facts, actor: str) -> Event:
    """A draft. Raises :class:`InvalidError`."""
    take_turn(uow)
    content = {name: value for name, value in fields.items() if name != "slug"}
    content["sessions"] = identified(fields["sessions"], ())
    content["questions"] = settled(fields["questions"], ())
    check_event(content)
    check_place_in_series(uow, content, None)
    slug = _free_slug(uow, Event, fields.get("slug"), content["title"], "event")
    event = Event.draft(slug, content, uow.now)
    event.created_by = author_of(actor).id
    uow.session.add(event)
    uow.session.flush()
    tell_series(uow, event.series_id)
    note_event(uow, "event.created", event, actor, added(slug=slug, title=content["title"]))
    log.info("event_created", event_id=str(event.id), actor=actor)
    return find_event(uow.session, event.id)


def change_event(uow: UnitOfWork, event_id: UUID, fields: Facts, actor: str, if_version: int | None = None) -> Event:
    """Change a draft at once; what changes of a published event is pending until it is published.

    Raises :class:`InvalidError`, :class:`StaleError`, and :class:`ConflictError` for a cancelled event.
    """
    take_turn(uow)
    event = find_event(uow.session, event_id)
    event.refuse_if_cancelled()
    check_version(event, if_version)
    before = {**(event.pending or event.content), "slug": event.slug}
    series_id = event.series_id
    content = _changed_content(event, fields)
    check_event(content)
    check_place_in_series(uow, content, event.id)
    _check_slug(uow, event, fields.get("slug"))
    if event.write(fields.get("slug") or event.slug, content, uow.now):
        if event.series_id != series_id:
            tell_series(uow, series_id, event.series_id)
        uow.session.flush()
        what = differences(before, {**content, "slug": event.slug})
        note_event(uow, "event.changed", event, actor, what)
        log.info("event_changed", event_id=str(event.id), version=event.version, actor=actor)
    return find_event(uow.session, event.id)


def drop_pending(uow: UnitOfWork, event_id: UUID, actor: str, if_version: int | None = None) -> Event:
    """Give up what waits to be published; the event stays as it is public."""
    take_turn(uow)
    event = find_event(uow.session, event_id)
    check_version(event, if_version)
    if event.pending is not None:
        event.write(event.slug, event.content, uow.now)
        uow.session.flush()
        note_event(uow, "event.revision_dropped", event, actor)
        log.info("pending_revision_dropped", event_id=str(event.id), version=event.version, actor=actor)
    return find_event(uow.session, event_id)


def note_event(uow: UnitOfWork, action: str, event: Event, actor: str, changes: Changes | None = None) -> None:
    """Write into the audit log what was done to the event."""
    uow.audit(action, author_of(actor), Subject("event", event.id), event_id=event.id, changes=changes)


def note_series(uow: UnitOfWork, action: str, series: Series, actor: str, changes: Changes | None = None) -> None:
    """Write into the audit log what was done to the series."""
    uow.audit(action, author_of(actor), Subject("series", series.id), changes=changes)


def check_version(thing: Event | Series, if_version: int | None) -> None:
    """Raise :class:`StaleError` if the writer saw another version; None means that they do not mind."""
    if if_version is not None and if_version != thing.version:
        raise StaleError(
            "changed_meanwhile",
            _("Somebody else changed this in the meantime. Please load it again and repeat your change."),
        )


def check_place_in_series(uow: UnitOfWork, content: Facts, event_id: UUID | None) -> None:
    """Raise :class:`InvalidError` if the series is not there or cancelled, or another event has the module number."""
    if content["series_id"] is None:
        return
    series = uow.session.get(Series, content["series_id"])
    if series is None:
        refuse([("series_id", _("There is no such series."))])
    elif series.state == "cancelled":
        refuse([("series_id", _("This series was cancelled."))])
    if content["module_number"] is not None and _module_is_taken(uow, content, event_id):
        refuse([("module_number", _("Another event of this series has this module number."))])


def _module_is_taken(uow: UnitOfWork, content: Facts, event_id: UUID | None) -> bool:
    query = select(Event.id).where(
        Event.series_id == content["series_id"],
        Event.module_number == content["module_number"],
        Event.state != "cancelled",
        Event.id != event_id if event_id else True,  # type: ignore[arg-type]  # SQLAlchemy takes a plain True
    )
    return uow.session.scalars(query).first() is not None


def _changed_content(event: Event, fields: Facts) -> Facts:
    before = event.pending or event.content
    content = {**before, **{name: value for name, value in fields.items() if name != "slug"}}
    if "sessions" in fields:
        content["sessions"] = identified(fields["sessions"], before["sessions"])
    if "questions" in fields:
        public = () if event.state == "draft" else event.questions
        content["questions"] = settled(fields["questions"], public)
        refuse(list(problems_of_change(content["questions"], public)))
    return content


def _check_slug(uow: UnitOfWork, thing: Event | Series, slug: str | None) -> None:
    if slug is None or slug == thing.slug:
        return
    if thing.state != "draft":
        refuse([("slug", _("The address of what is published stays as it is."))])
    if _is_taken(uow, type(thing), slug):
        refuse([("slug", _("This address is taken. Please choose another."))])


def _free_slug(
    uow: UnitOfWork, model: type[Event] | type[Series], slug: str | None, title: Content, otherwise: str
) -> str:
    """The wanted slug if nobody has it, else one made from the title."""
    if slug is not None:
        if _is_taken(uow, model, slug):
            refuse([("slug", _("This address is taken. Please choose another."))])
        return slug
    stem = slug_from(title[best_language(title, "de")], longest=70) or otherwise
    number, candidate = 1, stem
    while _is_taken(uow, model, candidate):
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def _is_taken(uow: UnitOfWork, model: type[Event] | type[Series], slug: str) -> bool:
    return uow.session.scalars(select(model.id).where(model.slug == slug)).first() is not None


def _note_search_key(series: Series) -> None:
    titles: dict[str, Any] = series.title
    series.search_key = search_key(" ".join((*titles.values(), series.slug)))
