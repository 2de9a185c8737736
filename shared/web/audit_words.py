"""Rows of the audit log as people read them: who, what, about which thing, and what changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.audit import LONG, AuditLog, AuthorKind
from shared.languages import Text, name_of_language
from shared.languages import text as _
from shared.web.language import locale, say

AUTHORS: Mapping[str, Text] = {
    AuthorKind.PERSON: _("People on their own page"),
    AuthorKind.VISITOR: _("Visitors who are not signed in"),
    AuthorKind.LINK: _("People with a link that staff made"),
    AuthorKind.COMMAND: _("Commands on the server"),
    AuthorKind.ENGINE: _("The system by itself"),
}
"""Whoever is no account, as the filter offers them."""

_ONE_OF: Mapping[str, Text] = {
    AuthorKind.ACCOUNT: _("an account that is not known here"),
    AuthorKind.PERSON: _("the person"),
    AuthorKind.VISITOR: _("a visitor"),
    AuthorKind.ENGINE: _("the system"),
}
_SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by its name, personal names masked; ``url`` is where it can be looked at, empty if nowhere."""

    name: str
    url: str = ""


Namer = Callable[[Session, Collection[UUID]], Mapping[UUID, Named]]
"""The things with these ids, as far as they still exist."""


@dataclass(frozen=True)
class Words:
    """A service's words for its log: kinds of subjects, names of fields, and codes that fields hold."""

    log: AuditLog
    subjects: Mapping[str, Text]
    fields: Mapping[str, Text]
    namers: Mapping[str, Namer]
    """By kind of subject; ``event`` also names what an act belongs to."""
    codes: Mapping[str, Mapping[str, Text | str]] = field(default_factory=dict)
    """By name of the field."""
    languages: Collection[str] = ()
    """Fields that hold codes of languages."""


@dataclass(frozen=True, slots=True)
class Act:
    """One row. ``event`` is what it belongs to, unless that is the subject itself."""

    at: datetime
    what: str
    who: str
    kind: str
    subject: Named | None
    event: Named | None
    changes: Sequence[str]
    row: Any


def read_acts(session: Session, words: Words, rows: Sequence[Any], staff: Mapping[UUID, str]) -> list[Act]:
    """The rows in words; ``staff`` are the names of the accounts."""
    named = _names(session, words, rows)
    return [_act(words, row, staff, named) for row in rows]


def _names(session: Session, words: Words, rows: Iterable[Any]) -> Mapping[UUID, Named]:
    ids: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        ids[row.subject_kind].add(row.subject_id)
        ids["event"].add(row.event_id)
    found: dict[UUID, Named] = {}
    for kind, of_kind in ids.items():
        wanted = of_kind - {None}
        if wanted and kind in words.namers:
            found.update(words.namers[kind](session, wanted))
    return found


def _act(words: Words, row: Any, staff: Mapping[UUID, str], named: Mapping[UUID, Named]) -> Act:
    return Act(
        at=row.at,
        what=_said(words.log.actions, row.action),
        who=_author(row, staff),
        kind=_said(words.subjects, row.subject_kind),
        subject=named.get(row.subject_id),
        event=named.get(row.event_id) if row.event_id != row.subject_id else None,
        changes=[
            _change(words, name, change) for name, change in row.changes.items() if any(map(_matters, change.values()))
        ],
        row=row,
    )


def _author(row: Any, staff: Mapping[UUID, str]) -> str:
    if row.author_kind == AuthorKind.COMMAND:
        return say(_("the command “%(name)s”", name=row.author_name))
    if row.author_kind == AuthorKind.LINK:
        return say(_("whoever has the link “%(name)s”", name=row.author_name))
    return staff.get(row.author_id) or say(_ONE_OF[row.author_kind])


def _matters(value: Any) -> bool:
    """What is new and empty says nothing."""
    return value not in (None, "")


def _change(words: Words, name: str, change: Mapping[str, Any]) -> str:
    """One field, or a part of one (``answers.meal``). What is new has no value before."""
    field_name, _dot, part = name.partition(".")
    called = f"{_said(words.fields, field_name)} {part}".strip()
    before, after = (_value(words, field_name, change[side]) if side in change else "" for side in _SIDES)
    if after == _value(words, field_name, LONG) and before in ("", after):
        return say(_("%(field)s: changed", field=called))
    if "before" not in change:
        return say(_("%(field)s: %(value)s", field=called, value=after))
    if "after" not in change:
        return say(_("%(field)s: no longer %(value)s", field=called, value=before))
    return say(_("%(field)s: %(before)s → %(after)s", field=called, before=before, after=after))


def _value(words: Words, field_name: str, value: Any) -> str:
    if isinstance(value, bool):
        return say(_("yes") if value else _("no"))
    if value in (None, ""):
        return "–"
    if value == LONG:
        return say(_("(a longer text)"))
    parts = str(value).split(", ")
    if field_name in words.languages:
        return ", ".join(name_of_language(part, locale()) for part in parts)
    return ", ".join(_said(words.codes.get(field_name, {}), part) for part in parts)


def _said(texts: Mapping[str, Text] | Mapping[str, Text | str], code: str) -> str:
    """In the reader's language; a code without words as it stands."""
    return say(texts[code]) if code in texts else code
