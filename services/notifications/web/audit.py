"""The audit log of mails and certificates: what its rows are about, and how that is found."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.actions import FIELDS, SUBJECTS
from services.notifications.models import AUDIT, Certificate, Circular, Event, Mail, Reminder, Reply
from services.notifications.web.words import KINDS
from shared.languages import text as _
from shared.text import normalised_email, search_key
from shared.web.audit_pages import MOST_FOUND, make_audit_pages
from shared.web.audit_words import Named, Words
from shared.web.language import say
from shared.web.pages import localised_text
from shared.web.sign_in import required_staff


def _events(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Event.id, Event.title).where(Event.id.in_(ids))
    found = session.execute(query)
    return {row.id: Named(localised_text(row.title), f"/organise/events/{row.id}") for row in found}


def _series(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """By one of their events each."""
    query = select(Event.series_id, Event.snapshot).where(Event.series_id.in_(ids)).order_by(Event.changed_at)
    titles = {row.series_id: row.snapshot["series"]["title"] for row in session.execute(query)}
    return {one: Named(localised_text(title), f"/organise/series/{one}/certificates") for one, title in titles.items()}


def _mails(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    may_read = required_staff().may("organiser")
    query = select(Mail.id, Mail.event_id, Mail.kind).where(Mail.id.in_(ids))
    return {
        row.id: Named(
            say(KINDS[row.kind]),
            f"/organise/events/{row.event_id}/mail/{row.id}" if may_read and row.event_id else "",
        )
        for row in session.execute(query)
    }


def _circulars(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    may_read = required_staff().may("organiser")
    query = select(Circular.id, Circular.event_id, Circular.subject).where(Circular.id.in_(ids))
    return {
        row.id: Named(
            localised_text(row.subject),
            f"/organise/events/{row.event_id}/mail/circulars/{row.id}" if may_read else "",
        )
        for row in session.execute(query)
    }


def _reminders(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    may_read = required_staff().may("organiser")
    query = select(Reminder.id, Reminder.event_id).where(Reminder.id.in_(ids))
    return {
        row.id: Named(
            say(_("Reminder")),
            f"/organise/events/{row.event_id}/mail/reminders/{row.id}" if may_read else "",
        )
        for row in session.execute(query)
    }


def _replies(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Reply.id).where(Reply.id.in_(ids))
    return {row.id: Named(say(_("Calendar reply")), "") for row in session.execute(query)}


def _certificates(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Certificate.id, Certificate.number, Certificate.code).where(Certificate.id.in_(ids))
    return {row.id: Named(row.number, f"/certificates/verify/{row.code}") for row in session.execute(query)}


def _find(session: Session, typed: str) -> Sequence[UUID]:
    """Events by their title, mails by the address that they went to, a certificate by its number."""
    words = search_key(typed)
    events = session.execute(select(Event.id, Event.slug, Event.title).order_by(Event.id.desc()))
    mails = select(Mail.id).where(Mail.to_email == normalised_email(typed)).order_by(Mail.id.desc())
    certificates = select(Certificate.id).where(Certificate.number == typed)
    return [
        *(row.id for row in events if words in search_key(" ".join((*row.title.values(), row.slug)))),
        *session.scalars(certificates),
        *session.scalars(mails.limit(MOST_FOUND + 1)),
    ]


WORDS = Words(
    AUDIT,
    subjects=SUBJECTS,
    fields=FIELDS,
    namers={
        "event": _events,
        "series": _series,
        "mail": _mails,
        "circular": _circulars,
        "reminder": _reminders,
        "reply": _replies,
        "certificate": _certificates,
    },
)

bp = make_audit_pages("notifications", WORDS, _find)
