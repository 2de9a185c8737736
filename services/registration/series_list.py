"""How far people are on the way to the certificates for whole series: for organisers, and for the people themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.attendance_list import newest_certificates
from services.registration.certificate_rules import Condition, Standing
from services.registration.models import Certificate, Person, Registration, SeriesVerdict, ToldSeries
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.text import search_key


@dataclass(frozen=True, slots=True)
class Participant:
    """``registration`` says what the person is called, ``modules`` at how many they were for some time."""

    verdict: SeriesVerdict
    registration: Registration
    series: ToldSeries
    certificate: Certificate | None

    @property
    def standing(self) -> Standing:
        return tuple(Condition.from_json(kept) for kept in self.verdict.standing)

    @property
    def modules(self) -> int:
        return len({part["event_id"] for part in self.verdict.sessions})


def told_series(session: Session, series_id: UUID) -> ToldSeries:
    """Raises :class:`NotFoundError` for a series that is not public."""
    found = session.get(ToldSeries, series_id)
    if found is None:
        raise NotFoundError("series_not_found", _("This series does not exist, or is not open to the public."))
    return found


def participants_of(
    session: Session, series_id: UUID, *, q: str = "", limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Participant]:
    """Everybody with attendance in the series, by name. Raises :class:`InvalidError` for a foreign cursor."""
    query = select(SeriesVerdict).where(SeriesVerdict.series_id == series_id)
    for word in search_key(q).split():
        query = query.where(SeriesVerdict.sort_key.contains(word, autoescape=True))
    order = [SeriesVerdict.sort_key, SeriesVerdict.id]
    found = page(session, query, order, lambda one: [one.sort_key, one.id], limit=limit, cursor=cursor)
    return Page(_participants(session, found.items), found.next_cursor)


def earners_of(session: Session, series_id: UUID) -> int:
    """How many have earned the certificate for the whole series by now."""
    query = select(func.count()).select_from(SeriesVerdict)
    return session.execute(query.where(SeriesVerdict.series_id == series_id, SeriesVerdict.earned)).scalar_one()


def own_series(session: Session, person: Person) -> list[Participant]:
    """How far the person is in each series, and everybody else who has the same address."""
    query = select(SeriesVerdict).where(SeriesVerdict.person_id == person.id)
    return _participants(
        session, session.scalars(query.order_by(SeriesVerdict.series_id, SeriesVerdict.sort_key)).all()
    )


def _participants(session: Session, verdicts: Sequence[SeriesVerdict]) -> list[Participant]:
    registrations = select(Registration).where(Registration.id.in_([one.registration_id for one in verdicts]))
    by_id = {one.id: one for one in session.scalars(registrations)}
    all_series = select(ToldSeries).where(ToldSeries.id.in_({one.series_id for one in verdicts}))
    series = {one.id: one for one in session.scalars(all_series)}
    certificates = newest_certificates(session, [one.id for one in verdicts])
    return [
        Participant(one, by_id[one.registration_id], series[one.series_id], certificates.get(one.id))
        for one in verdicts
        if one.registration_id is not None
    ]
