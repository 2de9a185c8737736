"""What registration forgets is forgotten here as well, whatever comes late; what mails said goes by itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.notifications.mailing import resend
from services.notifications.models import Certificate, metadata
from services.notifications.retention import delete_files, rules
from services.notifications.web.certificate_files import as_pdf
from shared.errors import ConflictError, NotFoundError
from shared.messages.registration import CertificateEarnedV1, PersonErasedV1, RegistrationForgottenV1
from shared.retention import see_to_all
from tests.notifications.certificate_parts import a_training, attend, earned_body, issue_what_is_due
from tests.notifications.parts import ORGANISER, Office, Someone, alice, an_event, bob


def kept(office: Office) -> str:
    """All that stands in the database, as text; documents are none."""
    with office.core.database.read() as session:
        return "\n".join(str(tuple(row)) for one in metadata.sorted_tables for row in session.execute(select(one)))


def forget(office: Office, someone: Someone, event: dict[str, Any], *, evidence: bool) -> None:
    body = {"registration_id": someone.registration_id, "event_id": event["event_id"], "evidence": evidence}
    assert office.complaint(office.hear(RegistrationForgottenV1, someone.registration_id, body)) is None


def erase(office: Office, someone: Someone) -> None:
    body = {"person_id": someone.person_id, "link_generation": 9}
    assert office.complaint(office.hear(PersonErasedV1, someone.person_id, body)) is None


def words_left(office: Office, someone: Someone) -> list[str]:
    left = kept(office)
    return [word for word in (someone.email, someone.last_name) if word in left]


def test_nothing_of_an_erased_person_stays_and_nobody_else_loses_anything(office: Office) -> None:
    event, ana, other = an_event(), alice(), bob()
    office.publish(event)
    for someone in (ana, other):
        office.confirm(someone, event)
    office.ask_for_link(ana, event)
    office.write_to(event, "confirmed")
    forget(office, ana, event, evidence=False)
    erase(office, ana)
    assert words_left(office, ana) == []
    assert words_left(office, other) == [other.email, other.last_name]
    assert office.mails(other)


def test_what_comes_late_about_them_is_discarded(office: Office) -> None:
    event, ana = a_training(), alice()
    office.publish(event)
    office.confirm(ana, event)
    forget(office, ana, event, evidence=False)
    erase(office, ana)
    office.correct(ana, event)
    office.ask_for_link(ana, event)
    office.hear(CertificateEarnedV1, ana.registration_id, earned_body(ana, event))
    assert words_left(office, ana) == []


def test_as_evidence_name_and_certificate_stay_and_then_only_what_verifies_it(office: Office) -> None:
    event, ana = a_training(), alice()
    attend(office, event, ana)
    office.clock.moment += timedelta(days=120)
    issue_what_is_due(office)
    forget(office, ana, event, evidence=True)
    erase(office, ana)
    assert words_left(office, ana) == [ana.last_name]
    with office.core.database.read() as session:
        assert session.scalars(select(Certificate.pdf)).one().startswith(b"%PDF")
    forget(office, ana, event, evidence=False)
    assert words_left(office, ana) == []
    with office.core.database.read() as session:
        certificate = session.scalars(select(Certificate)).one()
        assert (certificate.is_valid, len(certificate.digest), certificate.pdf) == (True, 64, b"")
        with pytest.raises(NotFoundError):
            as_pdf(certificate)


def test_what_mails_said_goes_after_its_time_with_their_files(sqlite_office: Office) -> None:
    office, event, ana = sqlite_office, an_event(), alice()
    office.publish(event)
    office.confirm(ana, event)
    office.send()
    (mail,) = office.mails(ana)
    folder = office.settings.data_dir / "mail"
    folder.mkdir()
    file = folder / f"{mail.id}.eml"
    file.write_text("Vereinsrecht")
    for days, said in ((89, True), (2, False)):
        office.clock.moment += timedelta(days=days)
        see_to_all(office.core.database, rules(office.settings), office.clock())
        delete_files(office.core.database, folder)
        with office.core.database.read() as session:
            assert bool(session.scalar(select(metadata.tables["mails"].c.text))) is said
        assert file.exists() is said
    with office.core.database.unit_of_work(office.clock()) as uow, pytest.raises(ConflictError):
        resend(uow, mail.id, ORGANISER)
