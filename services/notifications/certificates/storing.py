"""Storing what has been made: documents with their numbers, in one transaction with all that follows from them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.certificates import jobs, numbers
from services.notifications.certificates.announcing import announce
from services.notifications.certificates.content import Material, Shown, masked
from services.notifications.certificates.failures import Failure
from services.notifications.certificates.revoking import Because, valid_certificates, withdraw
from services.notifications.certificates.sources import Sources, sources_of
from services.notifications.certificates.telling import tell_issued
from services.notifications.certificates.verifying import digest_of
from services.notifications.documents.certificate import CertificateContent
from services.notifications.models import Certificate
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork, new_id
from shared.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A document that has been made and not yet been stored."""

    material: Material
    content: CertificateContent
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no document."""

    material: Material
    failure: Failure


Outcome = Made | Failed


def store(
    uow: UnitOfWork, settings: NotificationsSettings, outcomes: Sequence[Outcome], let_go: Iterable[Material] = ()
) -> None:
    """Store the documents and why there is none; the numbers of documents follow one another.

    Nothing is stored of what no longer holds, nor what has a number behind it, nor any document if the first number
    went to somebody else meanwhile: it is let go of to be made anew, as ``let_go`` is.
    """
    materials = [*(one.material for one in outcomes), *let_go]
    # Kept until the end: what nobody holds, the session forgets, and the mails would ask for it again one by one.
    sources = _still_so(uow.session, materials)
    _note_failures(uow, sources, [one for one in outcomes if isinstance(one, Failed)])
    made = takewhile(lambda one: one.material.earned.id in sources, (one for one in outcomes if isinstance(one, Made)))
    _issue(uow, settings, sources, list(made))


def _still_so(session: Session, materials: Sequence[Material]) -> Mapping[UUID, Sources]:
    """By verdict, those of which what was made still holds; all are locked, and let go of for the next step."""
    found = sources_of(session, [one.earned.id for one in materials], for_update=True)
    for sources in found.values():
        sources.earned.claimed_until = None
    return {one.earned.id: found[one.earned.id] for one in materials if _holds(found.get(one.earned.id), one)}


def _holds(sources: Sources | None, material: Material) -> bool:
    return sources is not None and sources.earned.state == "earned" and sources.versions == material.versions


def _note_failures(uow: UnitOfWork, sources: Mapping[UUID, Sources], failed: Sequence[Failed]) -> None:
    noted = [
        (sources[one.material.earned.id].earned, one.failure) for one in failed if one.material.earned.id in sources
    ]
    for earned, failure in noted:
        earned.state, earned.ordered_at, earned.failure = "failed", None, failure.as_json()
        log.warning("certificate_failed", registration_id=str(earned.id), code=failure.code)
    jobs.settle(uow, [earned.id for earned, _failure in noted], "failed")


def _issue(
    uow: UnitOfWork, settings: NotificationsSettings, sources: Mapping[UUID, Sources], made: Sequence[Made]
) -> None:
    if not made or not numbers.take(uow.session, made[0].material.number, len(made)):
        return
    ids = [one.material.earned.id for one in made]
    for earned in (sources[one].earned for one in ids):
        earned.state, earned.ordered_at, earned.failure = "issued", None, None
    jobs.settle(uow, ids, "issued")
    replaced = _withdraw_replaced(uow, ids)
    certificates = [_certificate(one) for one in made]
    uow.session.add_all(certificates)
    for certificate in certificates:
        announce(uow, certificate)
        tell_issued(uow, settings, certificate, replaced.get(certificate.earned_id, ""))


def _withdraw_replaced(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of the certificates that these verdicts had, by verdict."""
    replaced = valid_certificates(uow, ids)
    for certificate in replaced:
        withdraw(uow, certificate, Because.REPLACED)
    if replaced:
        uow.session.flush()  # before the others, for a verdict holds only one that is valid
    return {certificate.earned_id: certificate.number for certificate in replaced}


def _certificate(made: Made) -> Certificate:
    material, content, shown = made.material, made.content, Shown.of(made.content)
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
