"""Retention: what a service deletes or blanks by itself once its time is over, a few rows at a time (ADR 0038)."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, delete, func, select, text, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.commands import say
from shared.config import Settings
from shared.database import Database, UnitOfWork
from shared.logs import get_logger

log = get_logger(__name__)

DAY_SECONDS = 86_400.0
AT_A_TIME = 100
"""Rows of one transaction, so that nobody waits long for a lock."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``due`` selects the ids of all whose time is over by then. What was seen to is not due any more."""

    name: str
    due: Callable[[Session, datetime], Select[UUID]]
    see_to: Callable[[UnitOfWork, Sequence[UUID]], None]


def due(database: Database, rules: Sequence[Rule], now: datetime) -> dict[str, int]:
    """How many rows each rule would see to at that time."""
    with database.read() as session:
        return {
            rule.name: session.execute(select(func.count()).select_from(rule.due(session, now).subquery())).scalar_one()
            for rule in rules
        }


def see_to_all(database: Database, rules: Sequence[Rule], now: datetime) -> dict[str, int]:
    """Apply the rules in their order; how many rows each has seen to. A second run finds nothing more."""
    return {rule.name: _see_to(database, rule, now) for rule in rules}


def _see_to(database: Database, rule: Rule, now: datetime) -> int:
    seen: set[UUID] = set()
    while True:
        with database.unit_of_work(now) as uow:
            ids = uow.session.scalars(rule.due(uow.session, now).limit(AT_A_TIME)).all()
            if not ids:
                return len(seen)
            if not seen.isdisjoint(ids):
                raise RuntimeError(f"retention: {rule.name} leaves rows as they are")
            rule.see_to(uow, ids)
            uow.commit()
        seen.update(ids)


def rules_for_all(settings: Settings, inbox: Table, outbox: Table, audit_log: Table) -> list[Rule]:
    """What every service keeps for a time: messages that were parked, and the audit log."""
    parked_for, audited_for = timedelta(days=settings.keep_parked_days), timedelta(days=settings.keep_audit_days)

    def parked_in(table: Table) -> Callable[[Session, datetime], Select[UUID]]:
        return lambda _session, now: select(table.c.id).where(table.c.parked_at < now - parked_for)

    def old_entries(_session: Session, now: datetime) -> Select[UUID]:
        return select(audit_log.c.id).where(audit_log.c.at < now - audited_for)

    def give_up_received(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
        blanked = update(inbox).values(parked_at=None, handled_at=uow.now, body=None, error="expired")
        uow.session.execute(blanked.where(inbox.c.id.in_(ids)))

    def give_up_unsent(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
        uow.session.execute(delete(outbox).where(outbox.c.id.in_(ids)))

    def shorten_log(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
        if uow.session.get_bind().dialect.name == "postgresql":
            # The database refuses to delete from the log, but for a transaction that says so.
            uow.session.execute(text("SET LOCAL reihe.audit_retention = 'on'"))
        uow.session.execute(delete(audit_log).where(audit_log.c.id.in_(ids)))

    return [
        Rule("parked_received", parked_in(inbox), give_up_received),
        Rule("parked_unsent", parked_in(outbox), give_up_unsent),
        Rule("audit", old_entries, shorten_log),
    ]


def daily_step(database: Database, rules: Sequence[Rule], settings: Settings, clock: Clock) -> Callable[[], bool]:
    """For a loop of the worker. What was done, and which events are held, stands in the log of the process."""

    def step() -> bool:
        seen = see_to_all(database, rules, clock())
        held = [str(event_id) for event_id in settings.legal_holds]
        log.info("retention", seen_to={name: number for name, number in seen.items() if number}, legal_holds=held)
        return False

    return step


def add_retention(commands: Any, compose: Callable[[], Any], rules_of: Callable[[Any], Sequence[Rule]]) -> None:
    """The subcommand ``retention`` of a service whose core ``compose`` builds."""

    def carry_out(arguments: argparse.Namespace) -> int:
        core = compose()
        try:
            rules, now = rules_of(core.settings), core.clock()
            found = (due if arguments.dry_run else see_to_all)(core.database, rules, now)
        finally:
            core.close()
        _report(found, core.settings, dry_run=arguments.dry_run)
        return 0

    parser = commands.add_parser("retention", help="delete what was kept for long enough, as the worker does daily")
    parser.add_argument("--dry-run", action="store_true", help="only say how much it would be")
    parser.set_defaults(run=carry_out)


def _report(found: Mapping[str, int], settings: Settings, *, dry_run: bool) -> None:
    for name, number in found.items():
        say(f"{number:>8}  {name}")
    for event_id in settings.legal_holds:
        say(f"    held  event {event_id}")
    say(f"{sum(found.values())} rows {'are due' if dry_run else 'were seen to'}.")
