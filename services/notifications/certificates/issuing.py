"""Issuing: what is due is claimed by a lease, typeset outside of any transaction, and stored with its number.

A worker that dies in the middle lets its lease run out, and another begins with those certificates anew.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import typst
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.notifications.certificates import numbers
from services.notifications.certificates.content import Material, content_of
from services.notifications.certificates.designs import looks_in
from services.notifications.certificates.failures import Failure
from services.notifications.certificates.numbers import Number
from services.notifications.certificates.sources import sources_of
from services.notifications.certificates.storing import Failed, Made, Outcome, store
from services.notifications.documents.certificate import ACCENT, compile_certificate
from services.notifications.documents.signature import signed
from services.notifications.models import Earned, Event, table_of
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.clock import Clock
from shared.database import Database
from shared.errors import InvalidError
from shared.languages import text as _
from shared.logs import get_logger
from shared.messaging.lease import claim

log = get_logger(__name__)

LEASE = timedelta(minutes=1)
"""Far longer than as many certificates take: some 20 ms each, or a second with a template that is not ours."""
TOGETHER = 16
"""So many are taken up and stored in one transaction each."""


def make(material: Material, settings: NotificationsSettings) -> Made:
    """Raises :class:`InvalidError`, for the organiser, where the certificate cannot be made."""
    content = content_of(material, settings)
    translate = Reader.of(material.registration.locale, settings).translator.gettext
    try:
        accent = material.look.accent or settings.accent or ACCENT
        pdf = compile_certificate(content, translate, accent=accent, template=material.look.template)
    except typst.TypstError as error:
        log.error("certificate_not_typeset", registration_id=str(material.earned.id), error=str(error)[:200])
        text = _("The document could not be made. Whoever operates this installation finds the cause in its log.")
        raise InvalidError("not_typeset", text) from error
    return Made(material, content, signed(pdf, settings.signing_key) if settings.signing_key else pdf)


class Issuer:
    """One worker's issuing. Several may run at once: nobody gets two certificates, and no number is given twice."""

    def __init__(
        self,
        database: Database,
        settings: NotificationsSettings,
        clock: Clock,
        *,
        lease: timedelta = LEASE,
        together: int = TOGETHER,
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._lease = lease
        self._together = together

    def step(self) -> bool:
        """Issue some certificates that are due. True if there may be more."""
        materials = self.take_up()
        if materials:
            self.issue(materials)
        return bool(materials)

    def take_up(self) -> list[Material]:
        """Claim some that are due; each has the number that the first of them would get."""
        now = self._clock()
        table = table_of(Earned)
        with self._database.unit_of_work(now) as uow:
            session, order = uow.session, [table.c.available_at]
            ids = claim(session, table, _is_due(now), order_by=order, limit=self._together, lease=self._lease)
            materials = []
            if ids:
                number = numbers.next_number(session, now, self._settings.time_zone)
                materials = _materials(session, ids, number, now)
            uow.commit()
        return materials

    def issue(self, materials: Sequence[Material]) -> None:
        """Make the documents and store them, or record why one cannot be made.

        One that fails for no reason foreseen is left to its lease; what was made before it is stored, and what comes
        after it is let go of, so that it holds up no others.
        """
        waiting, outcomes, number = list(materials), list[Outcome](), materials[0].number
        try:
            while waiting:
                outcomes.append(self._outcome(replace(waiting.pop(0), number=number)))
                # What could not be made takes no number.
                number = number.next if isinstance(outcomes[-1], Made) else number
        finally:
            self._keep(outcomes, waiting)

    def _outcome(self, material: Material) -> Outcome:
        try:
            return make(material, self._settings)
        except InvalidError as error:
            return Failed(material, Failure.of(error))

    def _keep(self, outcomes: Sequence[Outcome], let_go: Sequence[Material]) -> None:
        """Store all in one transaction; where that fails, each in its own, so that one alone fails."""
        try:
            self._store(outcomes, let_go)
        except Exception as error:
            if len(outcomes) == 1:
                raise
            log.warning("certificates_failed_together", error=type(error).__name__, certificates=len(outcomes))
            self._store_each(outcomes)

    def _store_each(self, outcomes: Sequence[Outcome]) -> None:
        """Those behind one that fails are let go of: their numbers are too high now."""
        errors = []
        for outcome in outcomes:
            try:
                self._store([outcome])
            except Exception as error:  # noqa: BLE001  # raised below, when the others had their turn
                errors.append(error)
        if errors:
            raise errors[0]

    def _store(self, outcomes: Sequence[Outcome], let_go: Sequence[Material] = ()) -> None:
        now = outcomes[0].material.issued_at if outcomes else self._clock()
        with self._database.unit_of_work(now) as uow:
            store(uow, self._settings, outcomes, let_go)
            uow.commit()


def _materials(session: Session, ids: Sequence[UUID], number: Number, now: datetime) -> list[Material]:
    """A series' design is that of its own certificates and of those of its modules."""
    found = sources_of(session, ids)
    all_sources = [found[one] for one in ids]
    looks = looks_in(session, {one.series_id for one in all_sources})
    parts = ((one.earned, one.registration, one.events, looks[one.series_id]) for one in all_sources)
    return [Material(*each[:3], number=number, issued_at=now, look=each[3]) for each in parts]


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Ordered by an organiser; or the end has come, as it was when it was earned and as it is after later changes."""
    table = table_of(Earned)
    over = select(Event.id).where(Event.state == "published", Event.ends_at <= now)
    by_itself = (table.c.available_at <= now) & or_(table.c.series_id.is_not(None), table.c.event_id.in_(over))
    return (table.c.state == "earned") & or_(table.c.ordered_at.is_not(None), by_itself)
