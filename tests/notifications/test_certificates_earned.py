"""From the verdict to the certificate: it is issued by itself, once, and goes when what was earned is lost."""

import pytest
from sqlalchemy import select

from services.notifications.app import create_worker, republish
from services.notifications.models import OUTBOX, Certificate
from shared.messages.registration import CertificateEarnedV1, CertificateLostV1
from shared.messaging.in_process import InProcessTransport
from shared.testing import eventually
from tests.notifications.certificate_parts import (
    AFTER,
    a_training,
    attend,
    certificates,
    count,
    earned_body,
    issue_what_is_due,
    order,
    revoke,
    tell_earned,
    tell_lost,
    the_certificate,
    told,
    two_days,
    verdict,
)
from tests.notifications.parts import Office, alice, bob


def test_a_certificate_is_issued_by_itself_when_the_last_session_has_ended(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.clock.moment = event["sessions"][0]["ends_at"]
    office.clock.turn(seconds=-1)
    issue_what_is_due(office)
    assert certificates(office) == []

    office.clock.turn(seconds=1)
    issue_what_is_due(office)
    certificate = the_certificate(office, olena)
    assert (certificate.state, certificate.number, certificate.issued_at) == ("valid", "2027-0001", office.clock())
    assert certificate.pdf.startswith(b"%PDF-")
    assert verdict(office, olena).state == "issued"


def test_the_worker_does_it_and_sends_the_mail(sqlite_office: Office) -> None:
    event, olena = a_training(), alice()
    attend(sqlite_office, event, olena)
    sqlite_office.clock.turn(**AFTER)
    worker = create_worker(sqlite_office.core, InProcessTransport({}))
    worker.start()
    try:
        eventually(lambda: [mail.state for mail in sqlite_office.mails(kind="certificate")] == ["sent"])
    finally:
        worker.stop()
    assert the_certificate(sqlite_office, olena).state == "valid"


def test_it_is_issued_once(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    issue_what_is_due(office)
    tell_earned(office, olena, event)
    tell_earned(office, olena, event, revision=2)
    issue_what_is_due(office)
    assert count(office, Certificate) == 1


def test_it_waits_for_an_end_that_was_put_off(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    later = {**event["sessions"][0]}
    later["starts_at"], later["ends_at"] = (later[end].replace(month=12) for end in ("starts_at", "ends_at"))
    office.change(event, sessions=[later])
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    assert certificates(office) == []
    office.clock.moment = later["ends_at"]
    issue_what_is_due(office)
    assert len(certificates(office)) == 1


def test_a_cancelled_event_issues_nothing_by_itself(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.cancel(event)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    assert certificates(office) == []
    order(office, event)
    issue_what_is_due(office)
    assert len(certificates(office)) == 1


def test_the_newest_verdict_counts_whatever_the_order_of_arrival(office: Office) -> None:
    event, olena = a_training(sessions=two_days()), alice()
    first, second = (session["session_id"] for session in event["sessions"])
    office.publish(event)
    office.confirm(olena, event)
    tell_earned(office, olena, event, revision=3, minutes={first: 360, second: 300})
    tell_earned(office, olena, event, revision=2, minutes={first: 360})
    tell_lost(office, olena, event, revision=1)
    found = verdict(office, olena)
    assert (found.state, found.revision, len(found.sessions)) == ("earned", 3, 2)


def test_a_verdict_that_was_taken_back_before_it_arrived_earns_nothing(office: Office) -> None:
    event, olena = a_training(), alice()
    office.publish(event)
    office.confirm(olena, event)
    tell_lost(office, olena, event, revision=2)
    tell_earned(office, olena, event, revision=1)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    assert certificates(office) == []
    tell_earned(office, olena, event, revision=3)
    issue_what_is_due(office)
    assert len(certificates(office)) == 1


def test_a_verdict_waits_for_what_it_is_about(office: Office) -> None:
    event, olena = a_training(), alice()
    verdict_message = office.hear(CertificateEarnedV1, olena.registration_id, earned_body(olena, event))
    assert "NotYetKnownError: event" in str(office.complaint(verdict_message))
    office.publish(event)
    office.clock.turn(minutes=10)
    office.handle()
    assert "NotYetKnownError: registration" in str(office.complaint(verdict_message))
    office.confirm(olena, event)
    office.clock.turn(minutes=10)
    office.handle()
    assert verdict(office, olena).state == "earned"


def test_a_verdict_waits_for_the_session_it_counts(office: Office) -> None:
    event, olena = a_training(), alice()
    office.publish(event)
    office.confirm(olena, event)
    with_new_session = {**event, "sessions": two_days()}
    early = office.hear(CertificateEarnedV1, olena.registration_id, earned_body(olena, with_new_session))
    assert "NotYetKnownError: sessions" in str(office.complaint(early))
    office.change(event, sessions=with_new_session["sessions"])
    office.clock.turn(minutes=10)
    office.handle()
    assert len(verdict(office, olena).sessions) == 2


def test_what_is_lost_before_it_is_issued_is_never_issued(office: Office) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(office, event, olena, mehmet)
    tell_lost(office, olena, event)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    assert [one.registration_id for one in certificates(office)] == [mehmet.registration_id]
    assert office.kinds(olena) == ["confirmed"]


def test_what_is_lost_after_it_was_issued_is_revoked_and_told(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    office.clock.turn(days=1)
    tell_lost(office, olena, event)
    certificate = the_certificate(office, olena)
    assert (certificate.state, certificate.revoked_because) == ("revoked", "lost")
    assert certificate.revoked_at == office.clock()
    assert told(office, "certificate.revoked.v1") == [
        {
            "certificate_id": str(certificate.id),
            "earned_id": str(olena.registration_id),
            "series_id": None,
            "registration_id": str(olena.registration_id),
            "event_id": str(event["event_id"]),
            "number": "2027-0001",
            "code": certificate.code,
            "state": "revoked",
            "issued_at": certificate.issued_at.isoformat(),
        }
    ]
    assert office.kinds(olena) == ["confirmed", "certificate", "certificate_revoked"]


def test_losing_twice_revokes_once(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    tell_lost(office, olena, event, revision=2)
    tell_lost(office, olena, event, revision=2)
    tell_lost(office, olena, event, revision=3)
    assert len(told(office, "certificate.revoked.v1")) == 1


def test_other_hours_bring_another_certificate_in_place_of_the_first(office: Office) -> None:
    event, olena = a_training(sessions=two_days()), alice()
    first, second = (session["session_id"] for session in event["sessions"])
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    tell_earned(office, olena, event, revision=2, minutes={first: 360, second: 180})
    issue_what_is_due(office)
    old, new = certificates(office, olena)
    assert (old.state, old.revoked_because, old.teaching_units) == ("revoked", "replaced", 12)
    assert (new.state, new.number, new.teaching_units) == ("valid", "2027-0002", 9)
    assert office.kinds(olena)[-2:] == ["certificate", "certificate"]
    assert "It takes the place of the certificate 2027-0001" in office.mails(olena)[-1].text


def test_a_certificate_given_early_is_replaced_only_at_the_end(office: Office) -> None:
    event, olena = a_training(sessions=two_days()), alice()
    first, second = (session["session_id"] for session in event["sessions"])
    office.publish(event)
    office.confirm(olena, event)
    tell_earned(office, olena, event, minutes={first: 360})
    order(office, event)
    issue_what_is_due(office)
    tell_earned(office, olena, event, revision=2, minutes={first: 360, second: 360})
    issue_what_is_due(office)
    assert [one.state for one in certificates(office)] == ["valid"]
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    assert [(one.state, one.teaching_units) for one in certificates(office)] == [("revoked", 6), ("valid", 12)]


def test_what_an_organiser_revoked_is_not_issued_again_by_itself(office: Office) -> None:
    event, olena = a_training(sessions=two_days()), alice()
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    revoke(office, "2027-0001")
    tell_earned(office, olena, event, revision=2, minutes={event["sessions"][0]["session_id"]: 360})
    issue_what_is_due(office)
    assert len(certificates(office)) == 1
    order(office, event)
    issue_what_is_due(office)
    assert len(certificates(office)) == 1
    order(office, event, olena)
    issue_what_is_due(office)
    assert [(one.number, one.state) for one in certificates(office)] == [
        ("2027-0001", "revoked"),
        ("2027-0002", "valid"),
    ]


def test_what_an_organiser_revoked_stays_so_when_it_is_lost_and_earned_again(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    revoke(office, "2027-0001")
    tell_lost(office, olena, event, revision=2)
    tell_earned(office, olena, event, revision=3)
    issue_what_is_due(office)
    assert verdict(office, olena).state == "revoked"
    assert len(certificates(office)) == 1
    order(office, event, olena)
    issue_what_is_due(office)
    tell_lost(office, olena, event, revision=4)
    tell_earned(office, olena, event, revision=5)
    issue_what_is_due(office)
    assert [one.revoked_because for one in certificates(office)] == ["organiser", "lost", None]


def test_revoking_stops_the_one_that_was_to_come_in_its_place(office: Office) -> None:
    event, olena = a_training(sessions=two_days()), alice()
    attend(office, event, olena)
    order(office, event)
    issue_what_is_due(office)
    tell_earned(office, olena, event, revision=2, minutes={event["sessions"][0]["session_id"]: 360})
    revoke(office, "2027-0001")
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    assert [one.state for one in certificates(office)] == ["revoked"]


def test_each_state_is_told_with_a_higher_version(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    revoke(office, "2027-0001")
    with office.core.database.read() as session:
        rows = session.execute(select(OUTBOX.c.topic, OUTBOX.c.version).order_by(OUTBOX.c.id)).all()
    assert [tuple(row) for row in rows] == [("certificate.issued.v1", 1), ("certificate.revoked.v1", 2)]


@pytest.mark.parametrize("schema", [CertificateEarnedV1, CertificateLostV1])
def test_the_verdict_of_somebody_who_is_unknown_disturbs_nobody(
    sqlite_office: Office, schema: type[CertificateEarnedV1] | type[CertificateLostV1]
) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(sqlite_office, event, olena)
    body = {**earned_body(mehmet, event), "series_id": None}
    known = {name: body[name] for name in schema().fields}
    sqlite_office.hear(schema, mehmet.registration_id, known)
    sqlite_office.clock.turn(**AFTER)
    issue_what_is_due(sqlite_office)
    assert len(certificates(sqlite_office)) == 1


def test_republishing_tells_every_certificate_as_it_stands(office: Office) -> None:
    event = a_training()
    attend(office, event, alice(), bob())
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    revoke(office, "2027-0001")
    before = told(office)
    assert republish(office.core) == 2
    again = told(office)[len(before) :]
    assert again == [before[2], before[1]]
