"""Lists of certificates, and the people of an event or a series with how far theirs are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, undefer

from services.notifications.certificates.failures import Failure
from services.notifications.certificates.occasions import Occasion
from services.notifications.models import Certificate, Earned, Registration
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.paging import DEFAULT_LIMIT, Page, page


def certificate_numbered(session: Session, number: str, *, for_update: bool = False) -> Certificate:
    """Raises :class:`NotFoundError`."""
    query = select(Certificate).where(Certificate.number == number)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return _found(session.scalars(query).one_or_none())


def document_numbered(session: Session, number: str) -> Certificate:
    """The same, with the PDF."""
    query = select(Certificate).where(Certificate.number == number).options(undefer(Certificate.pdf))
    return _found(session.scalars(query).one_or_none())


def _found(certificate: Certificate | None) -> Certificate:
    if certificate is None:
        raise unknown_certificate()
    return certificate


def unknown_certificate() -> NotFoundError:
    return NotFoundError("certificate_unknown", _("There is no certificate with this number."))


def name_on(session: Session, certificate: Certificate) -> str:
    """The whole name, for organisers."""
    return session.get_one(Registration, certificate.registration_id).name


def list_certificates(
    session: Session,
    *,
    event_id: UUID | None = None,
    series_id: UUID | None = None,
    registration_id: UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Certificate]:
    """Issued certificates, valid and revoked, in the order in which they were issued."""
    query = select(Certificate)
    if event_id is not None:
        query = query.where(Certificate.event_id == event_id, Certificate.series_id.is_(None))
    if series_id is not None:
        query = query.where(Certificate.series_id == series_id)
    if registration_id is not None:
        query = query.where(Certificate.registration_id == registration_id)
    return page(session, query, [Certificate.id], lambda one: [one.id], limit=limit, cursor=cursor)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who has earned a certificate, or had one. ``state`` as in :class:`Earned`; newest document first."""

    registration_id: UUID
    event_id: UUID
    """Of the registration."""
    first_name: str
    last_name: str
    organisation: str
    state: str
    failure: Failure | None
    certificates: Sequence[Certificate]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def may_be_issued(self) -> bool:
        return self.state in ("earned", "failed", "revoked")


def holders_of(
    session: Session, occasion: Occasion, *, state: str = "", limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Holder]:
    """By last and first name; ``state`` empty for all."""
    query = _with_a_certificate_in_sight(select(Earned)).where(occasion.has(Earned))
    if state:
        query = query.where(Earned.state == state)
    order = [Earned.sort_key, Earned.id]
    found = page(session, query, order, lambda one: [one.sort_key, one.id], limit=limit, cursor=cursor)
    return Page(_holders(session, found.items), found.next_cursor)


def _with_a_certificate_in_sight(query: Select[tuple[Earned]]) -> Select[tuple[Earned]]:
    """Not those who had earned one and lost it before it was issued."""
    issued = select(Certificate.id).where(Certificate.earned_id == Earned.id).exists()
    return query.where(or_(Earned.state != "lost", issued))


def _holders(session: Session, earned: Sequence[Earned]) -> list[Holder]:
    ids = [one.id for one in earned]
    known_by = {one.registration_id for one in earned}
    of_them = select(Registration).where(Registration.id.in_(known_by))
    registrations = {one.id: one for one in session.scalars(of_them)}
    certificates: dict[UUID, list[Certificate]] = defaultdict(list)
    newest_first = select(Certificate).where(Certificate.earned_id.in_(ids)).order_by(Certificate.id.desc())
    for certificate in session.scalars(newest_first):
        certificates[certificate.earned_id].append(certificate)
    return [_holder(one, registrations[one.registration_id], certificates[one.id]) for one in earned]


def _holder(earned: Earned, registration: Registration, certificates: Sequence[Certificate]) -> Holder:
    return Holder(
        registration_id=earned.registration_id,
        event_id=earned.event_id,
        first_name=registration.first_name,
        last_name=registration.last_name,
        organisation=registration.organisation,
        state=earned.state,
        failure=Failure.from_json(earned.failure) if earned.failure else None,
        certificates=certificates,
    )


def counts_by_state(session: Session, occasion: Occasion) -> dict[str, int]:
    """How many people are in each state."""
    query = _with_a_certificate_in_sight(select(Earned)).where(occasion.has(Earned))
    counted = query.with_only_columns(Earned.state, func.count()).group_by(Earned.state)
    return dict(iter(session.execute(counted)))
