"""Certificates for whole series: issued by themselves beside those of the modules, and revoked when lost."""

import zipfile
from typing import Any
from uuid import UUID

import pytest

from services.notifications.certificates.archive import archive_of
from services.notifications.certificates.listing import counts_by_state, holders_of
from services.notifications.certificates.occasions import Occasion
from services.notifications.models import Certificate, Earned
from shared.database import new_id
from shared.messages.registration import CertificateEarnedV1, CertificateLostV1
from tests.notifications.certificate_parts import (
    AFTER,
    a_series,
    certificates,
    issue_what_is_due,
    tell_earned,
    told,
    whole_earned,
    words_in,
)
from tests.notifications.parts import Office, Someone, alice


class Whole:
    """A person who has earned the certificate for a series of two modules."""

    def __init__(self, office: Office) -> None:
        self.office, self.someone, self.earned_id = office, alice(), new_id()
        self.events = a_series(office, self.someone)
        self.tell()

    def tell(self, **changes: Any) -> None:
        body = whole_earned(self.office, self.someone, self.events, self.earned_id, **changes)
        complaint = self.office.complaint(self.office.hear(CertificateEarnedV1, self.earned_id, body))
        assert complaint is None, complaint

    def lose(self, revision: int) -> None:
        body = {
            "earned_id": self.earned_id,
            "series_id": self.events[0]["series"]["series_id"],
            "registration_id": self.someone.registration_id,
            "event_id": self.events[0]["event_id"],
            "revision": revision,
        }
        complaint = self.office.complaint(self.office.hear(CertificateLostV1, self.earned_id, body))
        assert complaint is None, complaint

    def issued(self) -> list[Certificate]:
        issue_what_is_due(self.office)
        return [one for one in certificates(self.office) if one.series_id is not None]

    def state(self) -> str:
        with self.office.core.database.read() as session:
            return session.get_one(Earned, self.earned_id).state


@pytest.fixture
def whole(office: Office) -> Whole:
    return Whole(office)


def end_of(event: dict[str, Any]) -> Any:
    return event["sessions"][-1]["ends_at"]


def test_it_is_issued_by_itself_when_the_last_module_has_ended(whole: Whole) -> None:
    whole.office.clock.moment = end_of(whole.events[0])
    whole.office.clock.turn(minutes=1)
    assert whole.issued() == []
    whole.office.clock.moment = end_of(whole.events[1])
    (certificate,) = whole.issued()
    assert (certificate.state, certificate.title) == ("valid", "Training series: foundations")
    assert certificate.earned_id == whole.earned_id
    assert certificate.first_day < certificate.last_day
    (body,) = told(whole.office, "certificate.issued.v1")
    assert UUID(body["series_id"]) == whole.events[0]["series"]["series_id"]
    assert len(whole.issued()) == 1


def test_it_waits_while_a_module_has_no_date(whole: Whole) -> None:
    whole.tell(revision=2, available_at=None)
    whole.office.clock.turn(**AFTER)
    assert whole.issued() == []
    whole.tell(revision=3)
    assert len(whole.issued()) == 1


def test_the_document_lists_the_modules_with_dates_and_hours(sqlite_office: Office) -> None:
    whole = Whole(sqlite_office)
    whole.office.clock.turn(**AFTER)
    words = words_in(whole.issued()[0].pdf)
    for said in (
        "in the series Training series: foundations",
        "Module 1: Association law",
        "Module 2: Association law",
    ):
        assert said in words, words
    assert "Part of the series" not in words


def test_the_mail_speaks_of_the_series(sqlite_office: Office) -> None:
    whole = Whole(sqlite_office)
    whole.office.clock.turn(**AFTER)
    assert len(whole.issued()) == 1
    (mail,) = sqlite_office.mails(kind="certificate")
    assert mail.subject == "Your certificate of attendance: Training series: foundations"


def test_it_stands_beside_the_certificate_of_a_module(whole: Whole) -> None:
    tell_earned(whole.office, whole.someone, whole.events[0])
    whole.office.clock.turn(**AFTER)
    assert len(whole.issued()) == 1
    assert [one.state for one in certificates(whole.office)] == ["valid", "valid"]
    whole.lose(2)
    assert {one.series_id is None: one.state for one in certificates(whole.office)} == {True: "valid", False: "revoked"}


def test_the_room_of_a_module_shows_its_own_certificates_alone(whole: Whole) -> None:
    tell_earned(whole.office, whole.someone, whole.events[0])
    whole.office.clock.turn(**AFTER)
    assert len(whole.issued()) == 1
    with whole.office.core.database.read() as session:
        (holder,) = holders_of(session, Occasion("event", whole.events[0]["event_id"])).items
        assert [one.series_id for one in holder.certificates] == [None]
        assert counts_by_state(session, Occasion("event", whole.events[0]["event_id"])) == {"issued": 1}
        with archive_of(session, Occasion("event", whole.events[0]["event_id"]), "Europe/Berlin") as file:
            assert len(zipfile.ZipFile(file).namelist()) == 1


def test_what_is_lost_is_revoked_and_earned_again_gets_a_new_number(whole: Whole) -> None:
    whole.office.clock.turn(**AFTER)
    (first,) = whole.issued()
    whole.lose(2)
    assert [one.state for one in whole.issued()] == ["revoked"]
    assert whole.state() == "lost"
    whole.tell(revision=3)
    assert [one.state for one in whole.issued()] == ["revoked", "valid"]
    assert whole.issued()[1].number != first.number


def test_a_verdict_that_comes_late_changes_nothing(whole: Whole) -> None:
    whole.lose(3)
    whole.tell(revision=2)
    whole.office.clock.turn(**AFTER)
    assert whole.issued() == []


def test_it_waits_for_modules_that_are_not_known_yet(office: Office) -> None:
    someone: Someone = alice()
    events = a_series(office, someone)
    unknown = {**events[1], "event_id": new_id()}
    earned_id = new_id()
    body = whole_earned(office, someone, [events[0], unknown], earned_id)
    assert office.complaint(office.hear(CertificateEarnedV1, earned_id, body)) is not None
