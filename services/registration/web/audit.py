"""The audit log of registrations, the directory and webhooks: what its rows are about, and how that is found."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.actions import FIELDS, MODE_NAMES, STANDINGS, SUBJECTS
from services.registration.entries import IN_USE
from services.registration.exports import STATE_NAMES
from services.registration.models import (
    AUDIT,
    DoorLink,
    Event,
    EventSession,
    Organisation,
    Person,
    Registration,
    Webhook,
)
from services.registration.organisation_search import search
from services.registration.web.organise_room import may
from services.registration.web.webhook_words import TOPICS
from shared.audit import masked_email, masked_name
from shared.languages import NAMES
from shared.text import normalised_email, search_key
from shared.web.audit_pages import MOST_FOUND, make_audit_pages
from shared.web.audit_words import Named, Words
from shared.web.pages import localised_text, span


def _events(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Event.id, Event.title).where(Event.id.in_(ids))
    found = session.execute(query)
    return {row.id: Named(localised_text(row.title), f"/organise/events/{row.id}") for row in found}


def _registrations(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    columns = (Registration.id, Registration.event_id, Registration.first_name, Registration.last_name)
    return {
        row.id: Named(
            masked_name(f"{row.first_name} {row.last_name}"), f"/organise/events/{row.event_id}/people/{row.id}"
        )
        for row in session.execute(select(*columns).where(Registration.id.in_(ids)))
    }


def _people(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Person.id, Person.email).where(Person.id.in_(ids))
    return {row.id: Named(masked_email(row.email)) for row in session.execute(query)}


def _sessions(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(EventSession).where(EventSession.id.in_(ids))
    return {
        held.id: Named(
            span(held.starts_at, held.ends_at, held.time_zone),
            f"/organise/events/{held.event_id}/attendance/{held.id}",
        )
        for held in session.scalars(query)
    }


def _door_links(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    links = session.scalars(select(DoorLink).where(DoorLink.id.in_(ids)))
    return {link.id: Named(link.name, f"/organise/events/{link.event_id}/attendance/door") for link in links}


def _organisations(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {row.id: Named(row.name, f"/organise/organisations/{row.id}") for row in session.execute(query)}


def _webhooks(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    found = session.scalars(select(Webhook).where(Webhook.id.in_(ids)))
    return {one.id: Named(one.host, f"/organise/webhooks/{one.id}" if may("admin") else "") for one in found}


def _find(session: Session, typed: str) -> Sequence[UUID]:
    """Events by their title, people by address or name, organisations by any of their names; the newest people."""
    people = session.scalars(select(Person.id).where(Person.email == normalised_email(typed)))
    organisations = search(session, typed, states=IN_USE)
    return [
        *_events_called(session, typed),
        *people,
        *(organisation.id for organisation in organisations),
        *_registrations_of(session, typed),
    ]


def _events_called(session: Session, typed: str) -> list[UUID]:
    # There are few enough events to look at all; no index knows what titles hold in each language.
    words = search_key(typed)
    rows = session.execute(select(Event.id, Event.slug, Event.title).order_by(Event.id.desc()))
    return [row.id for row in rows if words in search_key(" ".join((*row.title.values(), row.slug)))]


def _registrations_of(session: Session, typed: str) -> Sequence[UUID]:
    query = select(Registration.id).order_by(Registration.id.desc()).limit(MOST_FOUND + 1)
    for word in search_key(typed).split():
        query = query.where(Registration.search_key.contains(word, autoescape=True))
    return session.scalars(query).all()


WORDS = Words(
    AUDIT,
    subjects=SUBJECTS,
    fields=FIELDS,
    namers={
        "event": _events,
        "registration": _registrations,
        "person": _people,
        "session": _sessions,
        "door_link": _door_links,
        "organisation": _organisations,
        "webhook": _webhooks,
    },
    codes={"state": {**STATE_NAMES, **STANDINGS}, "mode": MODE_NAMES, "locale": NAMES, "topics": TOPICS},
)

bp = make_audit_pages("registration", WORDS, _find)
