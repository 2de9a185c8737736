"""When people can be expected to read and answer: not at night, at weekends and on holidays. Safe over summer time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

SATURDAY = 5
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """``quiet_from`` and ``quiet_until`` are times of day in ``zone``; the same time twice means no quiet hours."""

    zone: ZoneInfo
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    weekends: bool = False
    holidays: frozenset[date] = frozenset()

    def include(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return self._is_working_day(local.date()) and not self._is_quiet(local.time())

    def next_from(self, moment: datetime) -> datetime:
        """The moment itself if it lies within working hours, else when they begin again; in UTC."""
        moment = moment.astimezone(UTC)
        return next(found for found in self._chances(moment) if found >= moment and self.include(found))

    def _chances(self, moment: datetime) -> Iterator[datetime]:
        yield moment
        first = moment.astimezone(self.zone).date()
        for day in (first + timedelta(days=number) for number in count()):
            yield from (self._at(day, begins, fold) for begins in (MIDNIGHT, self.quiet_until) for fold in (0, 1))

    def _at(self, day: date, begins: time, fold: int) -> datetime:
        # When summer time ends, an hour of the day comes twice; when it begins, one is missing and the next counts.
        return datetime.combine(day, begins.replace(fold=fold), self.zone).astimezone(UTC)

    def _is_working_day(self, day: date) -> bool:
        return (self.weekends or day.weekday() < SATURDAY) and day not in self.holidays

    def _is_quiet(self, at: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until
