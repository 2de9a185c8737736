"""The audit log of the programme and of accounts: what its rows are about, and how that is found."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.catalogue.actions import FIELDS, SUBJECTS
from services.catalogue.entries import KINDS
from services.catalogue.models import AUDIT, Account, Event, Series
from services.catalogue.web.organise_accounts import ROLE_NAMES
from services.catalogue.web.words import DECLINE_RULES, FORMATS, INVITES, NEEDS
from shared.audit import masked_name
from shared.text import search_key
from shared.web.audit_pages import MOST_FOUND, make_audit_pages
from shared.web.audit_words import Named, Words
from shared.web.pages import localised_text
from shared.web.sign_in import required_staff


def _events(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Event.id, Event.title).where(Event.id.in_(ids))
    found = session.execute(query)
    return {row.id: Named(localised_text(row.title), f"/organise/events/{row.id}") for row in found}


def _series(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    query = select(Series.id, Series.title).where(Series.id.in_(ids))
    found = session.execute(query)
    return {row.id: Named(localised_text(row.title), f"/organise/series/{row.id}") for row in found}


def _accounts(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    is_admin = required_staff().may("admin")
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return {
        row.id: Named(
            row.name if is_admin else masked_name(row.name), f"/organise/accounts/{row.id}" if is_admin else ""
        )
        for row in session.execute(query)
    }


def _find(session: Session, typed: str) -> Sequence[UUID]:
    """Events, series and accounts, the newest of each."""
    words = search_key(typed)
    queries = (
        select(Event.id).where(Event.search_key.contains(words, autoescape=True)).order_by(Event.id.desc()),
        select(Series.id).where(Series.search_key.contains(words, autoescape=True)).order_by(Series.id.desc()),
        select(Account.id)
        .where(or_(Account.name.icontains(typed, autoescape=True), Account.email == words))
        .order_by(Account.id.desc()),
    )
    return [found for query in queries for found in session.scalars(query.limit(MOST_FOUND + 1))]


WORDS = Words(
    AUDIT,
    subjects=SUBJECTS,
    fields=FIELDS,
    namers={"event": _events, "series": _series, "account": _accounts},
    codes={
        "roles": ROLE_NAMES,
        "scopes": ROLE_NAMES,
        "kind": KINDS,
        "format": FORMATS,
        "invite": INVITES,
        "needs": NEEDS,
        "on_declined": DECLINE_RULES,
    },
    languages=("languages",),
)

bp = make_audit_pages("catalogue", WORDS, _find)
