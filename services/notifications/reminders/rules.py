"""An organiser's rules for an event's reminders: added, changed, removed."""

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.letters.reminders import template_of
from services.notifications.mailing import known_event
from services.notifications.models import Reminder
from services.notifications.once import Key, made_once
from services.notifications.reminders import dates
from shared.audit import Subject, by_account, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.languages import Content, Text
from shared.languages import text as _
from shared.staff import Staff

TIMINGS = ("before_start", "after_end")
UNITS = ("hours", "days")
AUDIENCES = ("confirmed", "present", "waitlisted")
MOST_RULES = 12
"""An event's rules: each change of the event plans all of them anew. Its row is locked, so that nothing is written by
them while they change."""
LARGEST_AMOUNT = 120


@dataclass(frozen=True, slots=True)
class Rule:
    """What an organiser enters. Without words, or in a language without, the built-in or reworded ones hold."""

    timing: str
    amount: int
    unit: str
    each_session: bool
    audience: str
    subject: Content = field(default_factory=dict)
    text: Content = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that it fills."""
        words = {part: {code: said for code, said in getattr(self, part).items() if said} for part in _WORDS}
        return {**asdict(self), **words}


_WORDS = ("subject", "text")

THE_DAY_BEFORE = Rule("before_start", 1, "days", each_session=True, audience="confirmed")
"""What is suggested to whoever has no rule yet; nothing is sent unasked."""


def add(uow: UnitOfWork, event_id: UUID, rule: Rule, actor: Staff) -> Reminder:
    """A new rule, planned at once. Raises :class:`NotFoundError`, :class:`ConflictError`, :class:`InvalidError`."""
    event = known_event(uow.session, event_id, for_update=True)
    check(rule)
    if len(rules_of(uow.session, event_id)) >= MOST_RULES:
        raise ConflictError("too_many_reminders", _("An event has at most %(number)d reminders.", number=MOST_RULES))
    reminder = Reminder(id=new_id(), event_id=event_id, created_at=uow.now, **rule.fields)
    uow.session.add(reminder)
    uow.session.flush()
    dates.replan(uow, event, reminder)
    _note(uow, "reminder.added", reminder, actor, {}, rule.fields)
    return reminder


def add_once(uow: UnitOfWork, event_id: UUID, rule: Rule, actor: Staff, key: Key | None) -> Reminder:
    """The same, however often it is asked for with one key."""
    known_event(uow.session, event_id, for_update=True)
    scope = f"{actor.account_id}:reminders:{event_id}"
    made = made_once(uow, scope, key, lambda: add(uow, event_id, rule, actor).id)
    return rule_with_id(uow.session, event_id, made)


def change(uow: UnitOfWork, event_id: UUID, reminder_id: UUID, rule: Rule, actor: Staff) -> None:
    """What has left the house stays; the rest is planned, and what waits to be sent written, anew.

    Raises as :func:`add`.
    """
    event = known_event(uow.session, event_id, for_update=True)
    reminder = rule_with_id(uow.session, event_id, reminder_id)
    check(rule)
    before = rule_of(reminder).fields
    for name, value in rule.fields.items():
        setattr(reminder, name, value)
    dates.take_back(uow, reminder)
    dates.replan(uow, event, reminder)
    _note(uow, "reminder.changed", reminder, actor, before, rule.fields)


def remove(uow: UnitOfWork, event_id: UUID, reminder_id: UUID, actor: Staff) -> None:
    """Nothing more is written or sent by it. Raises :class:`NotFoundError`."""
    known_event(uow.session, event_id, for_update=True)
    reminder = rule_with_id(uow.session, event_id, reminder_id)
    dates.take_back(uow, reminder)
    dates.forget(uow, reminder)
    uow.session.delete(reminder)
    _note(uow, "reminder.removed", reminder, actor, rule_of(reminder).fields, {})


def check(rule: Rule) -> None:
    """Raises :class:`InvalidError` with an entry per field."""
    errors: dict[str, list[Text | str]] = {}
    if not 0 <= rule.amount <= LARGEST_AMOUNT:
        errors["amount"] = [_("Please enter a whole number from 0 to %(most)d.", most=LARGEST_AMOUNT)]
    elif rule.timing == "before_start" and rule.amount < 1:
        errors["amount"] = [_("A reminder comes at least one hour before the start.")]
    if rule.timing == "before_start" and rule.audience == "present":
        errors["audience"] = [_("Who is present is known only after the end.")]
    else:
        template = template_of(rule.timing, rule.audience)
        errors |= {
            f"{part}.{language}": [fault]
            for part in _WORDS
            for language, pattern in getattr(rule, part).items()
            if (fault := template.fault(part, pattern))
        }
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


def rule_of(reminder: Reminder) -> Rule:
    """As it was entered."""
    return Rule(**{name: getattr(reminder, name) for name in Rule.__slots__})


def rules_of(session: Session, event_id: UUID) -> list[Reminder]:
    """In the order in which they were made."""
    query = select(Reminder).where(Reminder.event_id == event_id).order_by(Reminder.created_at, Reminder.id)
    return list(session.scalars(query))


def rule_with_id(session: Session, event_id: UUID, reminder_id: UUID) -> Reminder:
    """Raises :class:`NotFoundError` also for a rule of another event."""
    reminder = session.get(Reminder, reminder_id)
    if reminder is None or reminder.event_id != event_id:
        raise NotFoundError("reminder_unknown", _("There is no reminder with this id."))
    return reminder


def _note(
    uow: UnitOfWork, action: str, reminder: Reminder, actor: Staff, before: dict[str, Any], after: dict[str, Any]
) -> None:
    author, subject = by_account(actor.account_id), Subject("reminder", reminder.id)
    uow.audit(action, author, subject, event_id=reminder.event_id, changes=differences(before, after))
