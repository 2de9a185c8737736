"""Whether a corrected name is still the same person's: a seat is handed over by a transfer, which keeps its rules."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Actor, Decision, Registration
from services.registration.states import ActorKind
from shared.errors import InvalidError
from shared.languages import text as _
from shared.text import search_key

NAMES = ("first_name", "last_name")
ALIKE = 0.5
"""From this share of common letters on, a name counts as the same one, spelt otherwise."""
CHANGES_BY_ONESELF = 3
"""So often a person corrects the name of a registration alone; many small steps would make any name of any other."""


def refuse_another_name(
    session: Session, registration: Registration, corrected: Mapping[str, str], actor: Actor
) -> None:
    """Refuse a person's own correction that makes another person of them; ``corrected`` are the values that change.

    Raises :class:`InvalidError` (``another_person``) at the names.
    """
    changed = [name for name in NAMES if name in corrected]
    if actor.kind is not ActorKind.PERSON or not changed:
        return
    before = (registration.first_name, registration.last_name)
    after = (corrected.get("first_name", before[0]), corrected.get("last_name", before[1]))
    if not is_same_person(before, after) or _times_corrected(session, registration) >= CHANGES_BY_ONESELF:
        sentence = _(
            "This seems to be another person. If somebody is to come in your place, please give them your seat on "
            "your page, where the event allows it. If your own name is another, please write to us: we change it."
        )
        errors = {name: [sentence] for name in changed}
        raise InvalidError("another_person", _("Please check the fields that are marked."), errors=errors)


def is_same_person(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Whether first and last name are both alike, be they interchanged."""
    first, last = before
    as_written = _alike(first, after[0]) and _alike(last, after[1])
    return as_written or (_alike(first, after[1]) and _alike(last, after[0]))


def _alike(one: str, other: str) -> bool:
    """A name of which only an initial was written, or to which another one was added, is the same too."""
    first, second = search_key(one).strip(" ."), search_key(other).strip(" .")
    shorter, longer = sorted((first, second), key=len)
    return longer.startswith(shorter) or longer.endswith(shorter) or _share_in_common(first, second) >= ALIKE


def _share_in_common(one: str, other: str) -> float:
    return SequenceMatcher(a=one, b=other, autojunk=False).ratio()


def _times_corrected(session: Session, registration: Registration) -> int:
    query = select(Decision.inputs).where(
        Decision.registration_id == registration.id, Decision.outcome == "corrected", Decision.actor == "person"
    )
    return sum(any(name in inputs.get("fields", ()) for name in NAMES) for inputs in session.scalars(query))
