"""The holidays of the installation's region, kept in the database so that every process goes by the same days."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import holidays as calendars
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registration.models import Event, Holiday, table
from services.registration.rule import Rule
from shared.database import UnitOfWork

HOLIDAYS = table(Holiday)
YEARS_AHEAD = 2


def rule_of(session: Session, event: Event, now: datetime) -> Rule:
    """The event's rule, with the holidays before it begins where they matter."""
    rule = event.rule
    if rule.offers is None:
        return rule
    # A day more on both sides: the days are those of the event's own zone.
    first, last = (now - timedelta(days=1)).date(), (event.starts_at + timedelta(days=1)).date()
    days = session.scalars(select(Holiday.day).where(Holiday.day.between(first, last)))
    working = replace(rule.offers.working, holidays=frozenset(days))
    return replace(rule, offers=replace(rule.offers, working=working))


def keep_holidays(uow: UnitOfWork, region: str) -> None:
    """Bring the days that are kept in step with the region's, for this year and the two that follow.

    ``region`` is a country, or a country and its part (``DE``, ``DE-NW``); empty: there are no holidays.
    """
    wanted = holidays_of(region, uow.now.year)
    kept = set(uow.session.scalars(select(Holiday.day)))
    if gone := kept - wanted:
        uow.session.execute(delete(HOLIDAYS).where(HOLIDAYS.c.day.in_(gone)))
    if missing := sorted(wanted - kept):
        uow.session.execute(HOLIDAYS.insert(), [{"day": day} for day in missing])


def holidays_of(region: str, first_year: int) -> set[date]:
    """The holidays of three years; raises NotImplementedError for a region that is not known."""
    if not region:
        return set()
    country, _, part = region.partition("-")
    years = range(first_year, first_year + YEARS_AHEAD + 1)
    return set(calendars.country_holidays(country, subdiv=part or None, years=years))
