"""Numbers of certificates: one series a year, without gaps and without doubles.

A number is printed before it is given: whoever makes a document supposes the next number, and gets it in the
transaction that stores the document, or, if somebody else was quicker, makes the document again.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notifications.models import NumberSeries, table_of
from shared.messaging.inbox import insert_for


@dataclass(frozen=True, slots=True)
class Number:
    year: int
    ordinal: int

    @property
    def next(self) -> "Number":
        return Number(self.year, self.ordinal + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.ordinal:04d}"


def next_number(session: Session, moment: datetime, time_zone: str) -> Number:
    """The number that a certificate of this moment gets if nobody is quicker; begins the year's series if needed."""
    year = moment.astimezone(ZoneInfo(time_zone)).year
    begin = insert_for(session.get_bind().dialect.name, table_of(NumberSeries)).values(year=year, last=0)
    session.execute(begin.on_conflict_do_nothing())
    last = session.scalars(select(NumberSeries.last).where(NumberSeries.year == year)).one()
    return Number(year, last + 1)


def take(session: Session, number: Number, many: int = 1) -> bool:
    """Give so many numbers away from this one on, for good if the transaction is; False if somebody else has it."""
    series = table_of(NumberSeries)
    is_next = (series.c.year == number.year) & (series.c.last == number.ordinal - 1)
    last = number.ordinal - 1 + many
    taken = session.execute(update(series).where(is_next).values(last=last).returning(series.c.last))
    return taken.first() is not None
