"""What attendance earns a certificate, as a pure function: of an event's sessions, or of all modules of a series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Self
from uuid import UUID

from services.registration.models import Event, EventSession
from services.registration.presence import MinutesBySession

COUNTS_FROM = Fraction(1, 2)
"""From which part of its time on a session, or a module, counts as attended."""

Kind = Literal["any", "share_of_hours", "sessions", "modules", "required_sessions", "required_modules"]

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is asked for, and how far somebody is.

    ``has`` and ``needs`` are parts of 1 for ``share_of_hours``, and numbers for the others. ``missing`` names what is
    required and was not attended: ids of sessions, or numbers of modules. ``any`` asks for some attendance at all.
    """

    kind: Kind
    has: Fraction
    needs: Fraction
    missing: tuple[UUID | int, ...] = ()

    @property
    def is_met(self) -> bool:
        return self.has >= self.needs

    def as_json(self) -> dict[str, Any]:
        """For keeping: fractions as text, which lose nothing."""
        missing = [str(one) if isinstance(one, UUID) else one for one in self.missing]
        return {"kind": self.kind, "has": str(self.has), "needs": str(self.needs), "missing": missing}

    @classmethod
    def from_json(cls, kept: Facts) -> Self:
        missing = tuple(UUID(one) if isinstance(one, str) else one for one in kept["missing"])
        return cls(kept["kind"], Fraction(kept["has"]), Fraction(kept["needs"]), missing)


Standing = tuple[Condition, ...]
"""All that a rule asks for."""


def is_earned(standing: Standing) -> bool:
    """Whether all of it is met; a rule always asks for something."""
    return bool(standing) and all(condition.is_met for condition in standing)


def judge(rule: Facts | None, event: Event, minutes: MinutesBySession) -> Standing:
    """How far somebody with these minutes is; nothing is asked for, and nothing earned, where there is no rule.

    ``rule`` is as the contract's ``CertificateRulePart``; ``event`` has its sessions loaded.
    """
    if rule is None:
        return ()
    held = held_sessions([event])
    return (*_alike(rule, held, minutes), *_required(held, minutes))


def judge_series(rule: Facts | None, modules: Sequence[Event], minutes: MinutesBySession) -> Standing:
    """The same over all modules of a series (``SeriesCertificateRulePart``), cancelled ones included.

    Nobody is asked for a module that was cancelled; one that is not published yet is still missing.
    """
    if rule is None:
        return ()
    taking_place = [module for module in modules if not module.is_cancelled]
    return (
        *_alike(rule, held_sessions(taking_place), minutes),
        *_modules(rule, taking_place, minutes),
        *_required_modules(rule, modules, minutes),
    )


def held_sessions(modules: Sequence[Event]) -> list[EventSession]:
    """The sessions that take place and last, in the order of the events."""
    return [session for module in modules for session in module.sessions if not session.cancelled and session.minutes]


def share_attended(sessions: Sequence[EventSession], minutes: MinutesBySession) -> Fraction:
    """The part of the hours of these sessions that somebody was there, 0 to 1.

    A session weighs its teaching units if all sessions have them, else its minutes. Cancelled sessions do not count.
    """
    held = [session for session in sessions if not session.cancelled and session.minutes]
    by_units = all(session.teaching_units for session in held)
    whole = attended = Fraction(0)
    for session in held:
        weight = Fraction(str(session.teaching_units)) if by_units else Fraction(session.minutes)
        whole += weight
        attended += weight * part_attended(session, minutes)
    return attended / whole if whole else Fraction(0)


def part_attended(session: EventSession, minutes: MinutesBySession) -> Fraction:
    """0 to 1."""
    return Fraction(min(minutes.get(session.id, 0), session.minutes), session.minutes)


def _alike(rule: Facts, held: Sequence[EventSession], minutes: MinutesBySession) -> Iterator[Condition]:
    """What events and series ask for alike. Some attendance there must always be."""
    attended = sum(1 for session in held if part_attended(session, minutes) >= COUNTS_FROM)
    if rule["share_of_hours"]:
        needs = Fraction(str(rule["share_of_hours"]))
        yield Condition("share_of_hours", share_attended(held, minutes), needs)
    else:
        yield Condition("any", Fraction(any(minutes.get(session.id) for session in held)), Fraction(1))
    if rule["sessions"]:
        yield Condition("sessions", Fraction(attended), Fraction(rule["sessions"]))


def _required(held: Sequence[EventSession], minutes: MinutesBySession) -> Iterator[Condition]:
    wanted = [session for session in held if session.required]
    if wanted:
        missing = [session.id for session in wanted if part_attended(session, minutes) < COUNTS_FROM]
        yield _requirement("required_sessions", len(wanted), missing)


def _modules(rule: Facts, taking_place: Sequence[Event], minutes: MinutesBySession) -> Iterator[Condition]:
    if rule["modules"]:
        attended = sum(1 for module in taking_place if _is_attended(module, minutes))
        yield Condition("modules", Fraction(attended), Fraction(rule["modules"]))


def _required_modules(rule: Facts, modules: Sequence[Event], minutes: MinutesBySession) -> Iterator[Condition]:
    taking_place = [module for module in modules if not module.is_cancelled]
    cancelled = {module.module_number for module in modules} - {module.module_number for module in taking_place}
    wanted = sorted(set(rule["required_modules"]) - cancelled)
    if wanted:
        attended = {module.module_number for module in taking_place if _is_attended(module, minutes)}
        yield _requirement("required_modules", len(wanted), [number for number in wanted if number not in attended])


def _is_attended(module: Event, minutes: MinutesBySession) -> bool:
    return share_attended(module.sessions, minutes) >= COUNTS_FROM


def _requirement(kind: Kind, wanted: int, missing: Sequence[UUID | int]) -> Condition:
    return Condition(kind, Fraction(wanted - len(missing)), Fraction(wanted), tuple(missing))
