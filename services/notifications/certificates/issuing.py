"""Issuing: what is due is claimed by a lease, typeset outside of any transaction, and stored with its number.

A worker that dies in the middle lets its lease run out, and another begins with that certificate anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import typst
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.notifications.certificates import jobs, numbers
from services.notifications.certificates.announcing import announce
from services.notifications.certificates.content import Material, Shown, content_of, masked, versions_of
from services.notifications.certificates.designs import look_of
from services.notifications.certificates.failures import Failure
from services.notifications.certificates.revoking import Because, valid_certificate, withdraw
from services.notifications.certificates.telling import tell_issued
from services.notifications.certificates.verifying import digest_of
from services.notifications.documents.certificate import ACCENT, CertificateContent, compile_certificate
from services.notifications.documents.signature import signed
from services.notifications.models import Certificate, Earned, Event, Registration, table_of
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.clock import Clock
from shared.database import Database, UnitOfWork, new_id
from shared.errors import InvalidError
from shared.languages import text as _
from shared.logs import get_logger
from shared.messaging.lease import claim

log = get_logger(__name__)

LEASE = timedelta(minutes=1)
"""Far longer than one certificate takes (some 20 ms; the first of a process, a second)."""


@dataclass(frozen=True, slots=True)
class Made:
    """A document that has been made and not yet been stored."""

    content: CertificateContent
    pdf: bytes

    @classmethod
    def of(cls, material: Material, settings: NotificationsSettings) -> Self:
        """Raises :class:`InvalidError`, for the organiser, where the certificate cannot be made."""
        content = content_of(material, settings)
        translate = Reader.of(material.registration.locale, settings).translator.gettext
        try:
            pdf = compile_certificate(content, translate, accent=material.look.accent or settings.accent or ACCENT)
        except typst.TypstError as error:
            log.error("certificate_not_typeset", registration_id=str(material.earned.id), error=str(error)[:200])
            text = _("The document could not be made. Whoever operates this installation finds the cause in its log.")
            raise InvalidError("not_typeset", text) from error
        return cls(content, signed(pdf, settings.signing_key) if settings.signing_key else pdf)


class Issuer:
    """One worker's issuing. Several may run at once: nobody gets two certificates, and no number is given twice."""

    def __init__(
        self, database: Database, settings: NotificationsSettings, clock: Clock, *, lease: timedelta = LEASE
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._lease = lease

    def step(self) -> bool:
        """Issue one certificate that is due. True if there may be more."""
        material = self.take_up()
        if material is None:
            return False
        self.issue(material)
        return True

    def take_up(self) -> Material | None:
        """Claim one that is due; None if there is none."""
        now = self._clock()
        table = table_of(Earned)
        with self._database.unit_of_work(now) as uow:
            ids = claim(uow.session, table, _is_due(now), order_by=[table.c.available_at], limit=1, lease=self._lease)
            material = self._material(uow.session, ids[0], now) if ids else None
            uow.commit()
        return material

    def _material(self, session: Session, earned_id: UUID, now: datetime) -> Material:
        earned = session.get_one(Earned, earned_id)
        number = numbers.next_number(session, now, self._settings.time_zone)
        return Material(*_sources(session, earned), number=number, issued_at=now, look=look_of(session))

    def issue(self, material: Material) -> None:
        """Make the document and store it, or record why it cannot be made."""
        try:
            made = Made.of(material, self._settings)
        except InvalidError as error:
            self._record_failure(material, Failure.of(error))
        else:
            self._keep(material, made)

    def _record_failure(self, material: Material, failure: Failure) -> None:
        with self._database.unit_of_work(self._clock()) as uow:
            earned = self._taken_up(uow, material)
            if earned is not None:
                earned.state, earned.ordered_at, earned.failure = "failed", None, failure.as_json()
                jobs.settle(uow, earned.id, "failed")
                log.warning("certificate_failed", registration_id=str(earned.id), code=failure.code)
            uow.commit()

    def _keep(self, material: Material, made: Made) -> None:
        """Store the document with its number, unless the number or the work went to somebody else meanwhile."""
        with self._database.unit_of_work(made.content.issued_at) as uow:
            earned = self._taken_up(uow, material)
            if earned is not None and numbers.take(uow.session, material.number):
                earned.state, earned.ordered_at, earned.failure = "issued", None, None
                jobs.settle(uow, earned.id, "issued")
                replaced = self._withdraw_replaced(uow, earned)
                certificate = _certificate(material, made)
                uow.session.add(certificate)
                announce(uow, certificate)
                tell_issued(uow, self._settings, certificate, replaced.number if replaced else "")
            uow.commit()

    def _taken_up(self, uow: UnitOfWork, material: Material) -> Earned | None:
        """The verdict, locked and let go of for the next step; None if what was made of it no longer holds."""
        earned = uow.session.get_one(Earned, material.earned.id, with_for_update=True)
        earned.claimed_until = None
        still_so = versions_of(*_sources(uow.session, earned)) == material.versions
        return earned if earned.state == "earned" and still_so else None

    def _withdraw_replaced(self, uow: UnitOfWork, earned: Earned) -> Certificate | None:
        replaced = valid_certificate(uow, earned.id)
        if replaced is not None:
            withdraw(uow, replaced, Because.REPLACED)
            uow.session.flush()  # before the other, for a registration holds only one that is valid
        return replaced


def _sources(session: Session, earned: Earned) -> tuple[Earned, Registration, tuple[Event, ...]]:
    """The events are those attended, by their beginning; without attendance that of the registration."""
    attended = {UUID(part["event_id"]) for part in earned.sessions} or {earned.event_id}
    query = select(Event).where(Event.id.in_(attended)).order_by(Event.starts_at, Event.id)
    return earned, session.get_one(Registration, earned.registration_id), tuple(session.scalars(query))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Ordered by an organiser; or the end has come, as it was when it was earned and as it is after later changes."""
    table = table_of(Earned)
    over = select(Event.id).where(Event.state == "published", Event.ends_at <= now)
    by_itself = (table.c.available_at <= now) & or_(table.c.series_id.is_not(None), table.c.event_id.in_(over))
    return (table.c.state == "earned") & or_(table.c.ordered_at.is_not(None), by_itself)


def _certificate(material: Material, made: Made) -> Certificate:
    content, shown = made.content, Shown.of(made.content)
    return Certificate(
        id=new_id(),
        year=material.number.year,
        ordinal=material.number.ordinal,
        number=content.number,
        code=content.code,
        earned_id=material.earned.id,
        series_id=material.earned.series_id,
        registration_id=material.registration.id,
        event_id=material.earned.event_id,
        locale=content.locale,
        title=shown.title,
        first_day=shown.first_day,
        last_day=shown.last_day,
        teaching_units=shown.teaching_units,
        minutes=shown.minutes,
        name_masked=masked(material.registration.first_name, material.registration.last_name),
        digest=digest_of(made.pdf),
        pdf=made.pdf,
        state="valid",
        version=1,
        issued_at=content.issued_at,
    )
