"""Finding organisations by what somebody types: beginnings, words in the middle, other spellings, typing mistakes.

The databases' own indexes of trigrams do the work: ``pg_trgm`` in PostgreSQL, FTS5 in SQLite. Only this module knows
which one it is.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Float, Integer, Select, column, func, literal, or_, select, table, text
from sqlalchemy.orm import Session

from services.registration.models import Organisation, OrganisationName, Standing
from services.registration.models import table as table_of
from services.registration.spelling import spelling_key

ORGANISATIONS = table_of(Organisation)
NAMES = table_of(OrganisationName)

MOST_SUGGESTIONS = 20
LONGEST_QUESTION = 100

_LENGTH = 3
_LEAST_LIKENESS = 0.4
"""The share of a question's trigrams that a name must have: with one letter of seven wrong it is about this."""

_CANDIDATES = 3
"""So many names are fetched for each entry that is wanted: an entry may have several that fit."""


def search(
    session: Session, question: str, *, states: Sequence[str] = (Standing.LISTED,), limit: int = MOST_SUGGESTIONS
) -> list[Organisation]:
    """Entries in these states that have a name like the question, the best fit first; none for an empty question."""
    key = spelling_key(question[:LONGEST_QUESTION])
    if not key:
        return []
    candidates = _candidates(session, key).where(ORGANISATIONS.c.state.in_(states)).limit(limit * _CANDIDATES)
    fits: dict[UUID, tuple[bool, bool, float, str]] = {}
    for organisation_id, name_key in session.execute(candidates):
        fit = _fit(key, name_key)
        if fit[2] <= -_LEAST_LIKENESS:
            fits[organisation_id] = min(fit, fits.get(organisation_id, fit))
    best = sorted(fits, key=lambda organisation_id: (fits[organisation_id], organisation_id))[:limit]
    found = session.scalars(select(Organisation).where(Organisation.id.in_(best)))
    return sorted(found, key=lambda organisation: best.index(organisation.id))


def _candidates(session: Session, key: str) -> Select[Any]:
    """The likeliest names first."""
    names = select(NAMES.c.organisation_id, NAMES.c.key).join(
        ORGANISATIONS, ORGANISATIONS.c.id == NAMES.c.organisation_id
    )
    if len(key) < _LENGTH:
        word = literal(" ").concat(NAMES.c.key).contains(f" {key}", autoescape=True)
        return names.where(word).order_by(NAMES.c.key.startswith(key, autoescape=True).desc(), NAMES.c.key)
    if session.get_bind().dialect.name == "postgresql":
        return _like_in_postgresql(session, names, key)
    return _like_in_sqlite(names, key)


def _like_in_postgresql(session: Session, names: Select[Any], key: str) -> Select[Any]:
    session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(_LEAST_LIKENESS), True)))
    # In a database whose locale is C, trigrams know no letters but ours: there, other scripts are found as written.
    like = or_(NAMES.c.key.op("%>")(key), NAMES.c.key.contains(key, autoescape=True))
    return names.where(like).order_by(func.word_similarity(key, NAMES.c.key).desc(), NAMES.c.key)


def _like_in_sqlite(names: Select[Any], key: str) -> Select[Any]:
    question = " OR ".join(f'"{trigram}"' for trigram in sorted(_trigrams(key)))
    index = table("organisation_names_search", column("rowid", Integer), column("rank", Float))
    matches = text("organisation_names_search MATCH :question").bindparams(question=question)
    like = select(index.c.rowid.label("id"), index.c.rank.label("rank")).where(matches).subquery()
    return names.join(like, like.c.id == NAMES.c.id).order_by(like.c.rank, NAMES.c.key)


def _trigrams(key: str) -> set[str]:
    return {key[start : start + _LENGTH] for start in range(len(key) - _LENGTH + 1)}


def _fit(question: str, key: str) -> tuple[bool, bool, float, str]:
    """Smaller is better: names that begin so, then those in which a word does, then the likest."""
    if question in key:
        return (not key.startswith(question), f" {question}" not in f" {key}", -1.0, key)
    asked = _trigrams(question)
    return (True, True, -len(asked & _trigrams(key)) / len(asked) if asked else 0.0, key)
