"""No recipient's domain gets more mails a minute than it is to get, however many workers send."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from services.notifications.models import DomainPace, table_of
from shared.database import UnitOfWork
from shared.messaging.inbox import insert_for

MINUTE = timedelta(minutes=1)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def next_minute(now: datetime) -> datetime:
    return _this_minute(now) + MINUTE


def begin_within_pace(uow: UnitOfWork, addresses: Sequence[str], per_minute: int) -> list[bool]:
    """For each address, in their order, whether a mail to it may begin in this minute; it counts as begun then."""
    wanted = Counter(map(domain_of, addresses))
    left = {
        pace.domain: _begin(pace, wanted[pace.domain], per_minute, uow.now) for pace in _locked(uow, sorted(wanted))
    }
    allowed = []
    for address in addresses:
        domain = domain_of(address)
        allowed.append(left[domain] > 0)
        left[domain] -= 1
    return allowed


def _locked(uow: UnitOfWork, domains: Sequence[str]) -> Sequence[DomainPace]:
    """A row for each domain, held until the commit; in one order, so that two workers never wait for each other."""
    table = table_of(DomainPace)
    rows = [{"domain": domain, "minute": _this_minute(uow.now), "begun": 0} for domain in domains]
    uow.session.execute(insert_for(uow.session.get_bind().dialect.name, table).on_conflict_do_nothing(), rows)
    query = select(DomainPace).where(DomainPace.domain.in_(domains)).order_by(DomainPace.domain).with_for_update()
    return uow.session.scalars(query).all()


def _begin(pace: DomainPace, wanted: int, per_minute: int, now: datetime) -> int:
    """Take up to so many in this minute; how many it may be."""
    if pace.minute != _this_minute(now):
        pace.minute, pace.begun = _this_minute(now), 0
    granted = min(wanted, max(per_minute - pace.begun, 0))
    pace.begun += granted
    return granted


def _this_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
