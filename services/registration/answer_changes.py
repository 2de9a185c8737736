"""Answers that are changed after the registration, by whoever gave them or by an organiser."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.registration.acts import note_act
from services.registration.answers import answers_of, as_traits, check_answers, replace_answers
from services.registration.missing_answers import note_missing_answers
from services.registration.models import Actor, Event, Registration
from services.registration.precedence import refuse_to_get_ahead
from services.registration.questions import field_of
from services.registration.refusals import event_frozen
from services.registration.regrouping import regroup
from services.registration.rule import Traits
from services.registration.seats import Seats, opened_for, registration_under_lock
from services.registration.states import ENDED, ActorKind
from services.registration.uploads import KeptFile
from services.registration.waitlist import settle
from shared.audit import LONG
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _


def change_answers(uow: UnitOfWork, registration_id: UUID, raw: Mapping[str, Any], actor: Actor) -> None:
    """Change the answers that are sent; the others stay. An empty one takes an answer back.

    They count for the class of priority and the pool from now on. An organiser may leave required questions open, and
    change answers also after the beginning. Raises :class:`InvalidError` by field, ``gets_ahead`` for a person who
    would get ahead of others; :class:`ConflictError` once the event has begun (``event_begun``) or was cancelled, or
    the registration has ended.
    """
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        refuse_if_too_late(seats.event, registration, uow, actor)
        before = answers_of(uow.session, [registration_id])[registration_id]
        after = _changed(seats.event, before, raw, insist=actor.kind is ActorKind.PERSON)
        differing = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        if differing:
            sent = [field_of(key) for key in differing if key in raw]
            refuse_to_get_ahead(
                seats, registration, actor, _traits(registration, before), _traits(registration, after), sent
            )
            replace_answers(uow, registration, differing, after)
            note_missing_answers(uow, seats.event, [registration_id])
            _note(uow, seats, registration, actor, differing)
            regroup(uow, seats, "answers_changed", [registration_id])
            settle(uow, seats)


def refuse_if_too_late(event: Event, registration: Registration, uow: UnitOfWork, actor: Actor) -> None:
    """Raise :class:`ConflictError` if what belongs to the registration can no longer be changed."""
    if event.is_cancelled:
        raise event_frozen()
    if registration.state in ENDED:
        raise ConflictError("registration_ended", _("This registration has ended."))
    if actor.kind is ActorKind.PERSON and uow.now >= event.starts_at:
        raise ConflictError("event_begun", _("This event has begun, so nothing of this can be changed any more."))


def _changed(event: Event, before: Mapping[str, Any], raw: Mapping[str, Any], *, insist: bool) -> dict[str, Any]:
    """All answers as they will be; those to retired questions are kept."""
    asked = {question.key for question in event.all_questions if question.is_asked}
    sent = {key: _as_kept(value) for key, value in before.items() if key in asked} | dict(raw)
    after = check_answers(event, sent, insist=insist)
    retired = {key: value for key, value in before.items() if key not in asked}
    return {**retired, **{key: before[key] if isinstance(value, KeptFile) else value for key, value in after.items()}}


def _as_kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return KeptFile(UUID(value["file_id"]), value["name"], value["size"])
    return value


def _traits(registration: Registration, answers: Mapping[str, Any]) -> Traits:
    return Traits(registration.member, registration.code, as_traits(answers))


def _note(uow: UnitOfWork, seats: Seats, registration: Registration, actor: Actor, keys: Sequence[str]) -> None:
    fields = [field_of(key) for key in keys]
    seats.log(registration.id, "corrected", "corrected", actor, inputs={"fields": fields})
    # Answers are people's own: the log names the questions alone, and no message carries any.
    note_act(uow, "registration.answers_changed", registration, actor, {field: {"after": LONG} for field in fields})
