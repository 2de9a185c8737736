"""Organisers order certificates: for all or for some, at once, with progress; what cannot be made stops nobody."""

from uuid import uuid4

import pytest

from services.notifications.certificates import jobs
from services.notifications.certificates.failures import Failure
from services.notifications.models import Certificate, Mail
from shared.errors import InvalidError, NotFoundError
from tests.notifications.certificate_parts import (
    a_training,
    attend,
    certificates,
    count,
    issue_what_is_due,
    issuer,
    order,
    people,
    progress,
    revoke,
    tell_lost,
    verdict,
)
from tests.notifications.parts import Office, Someone, alice, bob

UNPRINTABLE = Someone("王", "小明", "wang@verein.example")


def numbers(found: jobs.Progress) -> tuple[int, int, int, int]:
    return (found.total, found.issued, found.failed, found.withdrawn)


def test_an_order_issues_before_the_event_is_over(office: Office) -> None:
    event = a_training()
    attend(office, event, alice(), bob())
    job = order(office, event)
    assert numbers(progress(office, job)) == (2, 0, 0, 0)
    issuer(office, together=1).step()
    assert numbers(progress(office, job)) == (2, 1, 0, 0)
    assert not progress(office, job).is_finished
    issue_what_is_due(office)
    assert progress(office, job).is_finished
    assert [one.number for one in certificates(office)] == ["2027-0001", "2027-0002"]


def test_an_order_for_some_leaves_the_others(office: Office) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(office, event, olena, mehmet)
    order(office, event, mehmet)
    issue_what_is_due(office)
    assert [one.registration_id for one in certificates(office)] == [mehmet.registration_id]


def test_a_second_order_has_nothing_left_to_do(office: Office) -> None:
    event = a_training()
    attend(office, event, alice())
    order(office, event)
    issue_what_is_due(office)
    again = order(office, event)
    issue_what_is_due(office)
    assert progress(office, again).is_finished
    assert count(office, Certificate) == 1


def test_two_orders_for_the_same_people_both_come_to_an_end(office: Office) -> None:
    event = a_training()
    attend(office, event, alice(), bob())
    first, second = order(office, event), order(office, event)
    issue_what_is_due(office)
    assert numbers(progress(office, first)) == numbers(progress(office, second)) == (2, 2, 0, 0)
    assert count(office, Certificate) == 2


def test_who_has_earned_none_is_refused_by_name_of_the_field(office: Office) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(office, event, olena)
    office.confirm(mehmet, event)
    with pytest.raises(InvalidError) as refused:
        order(office, event, olena, mehmet)
    assert list(refused.value.errors) == ["registration_ids.1"]
    issue_what_is_due(office)
    assert certificates(office) == []


def test_who_belongs_to_another_event_is_refused(office: Office) -> None:
    event, other, olena = a_training(), a_training(), alice()
    attend(office, event, olena)
    attend(office, other, bob())
    with pytest.raises(InvalidError):
        order(office, other, olena)


def test_an_unknown_event_has_no_certificates(sqlite_office: Office) -> None:
    with pytest.raises(NotFoundError):
        order(sqlite_office, {"event_id": uuid4()})
    with pytest.raises(NotFoundError):
        progress(sqlite_office, uuid4())


def test_a_name_that_cannot_be_printed_is_recorded_with_the_reason_and_stops_nobody(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, UNPRINTABLE, olena)
    job = order(office, event)
    issue_what_is_due(office)
    assert numbers(progress(office, job)) == (2, 1, 1, 0)
    assert [one.number for one in certificates(office)] == ["2027-0001"]
    with office.core.database.read() as session:
        ((registration_id, failure),) = jobs.failures_of(session, job)
    assert registration_id == UNPRINTABLE.registration_id
    assert (failure.code, failure.fields) == ("unprintable_letters", ("name",))
    assert "can't show 小 明 王" in str(failure.text)
    assert office.kinds(UNPRINTABLE) == ["confirmed"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (
            {"issuer": {"name": "—", "association": "", "logo_line": "", "signatory": "S", "signatory_role": ""}},
            "issuer",
        ),
        ({"title": {"de": "!!!"}}, "title"),
    ],
)
def test_what_a_certificate_needs_and_has_not_is_said(
    sqlite_office: Office, changes: dict[str, object], field: str
) -> None:
    event, olena = a_training(**changes), alice()
    attend(sqlite_office, event, olena)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    recorded = verdict(sqlite_office, olena).failure
    assert recorded
    failure = Failure.from_json(recorded)
    assert failure.fields == (field,)
    assert "neither letter nor digit" in str(failure.text)


def test_a_name_without_letters_is_recorded(sqlite_office: Office) -> None:
    event, nobody = a_training(), Someone("#", "*", "nobody@verein.example")
    attend(sqlite_office, event, nobody)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    assert verdict(sqlite_office, nobody).state == "failed"


def test_what_failed_is_made_by_the_next_order_once_it_is_mended(office: Office) -> None:
    event = a_training()
    attend(office, event, UNPRINTABLE)
    order(office, event)
    issue_what_is_due(office)
    issue_what_is_due(office)
    assert verdict(office, UNPRINTABLE).state == "failed"
    mended = Someone(
        "Xiaoming",
        "Wang",
        UNPRINTABLE.email,
        person_id=UNPRINTABLE.person_id,
        registration_id=UNPRINTABLE.registration_id,
    )
    office.correct(mended, event)
    job = order(office, event)
    issue_what_is_due(office)
    assert numbers(progress(office, job)) == (1, 1, 0, 0)
    assert verdict(office, mended).failure is None


def test_what_is_lost_while_it_waits_ends_the_order(office: Office) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(office, event, olena, mehmet)
    job = order(office, event)
    tell_lost(office, olena, event)
    issue_what_is_due(office)
    assert numbers(progress(office, job)) == (2, 1, 0, 1)
    assert progress(office, job).is_finished


def test_everybody_gets_one_mail_with_their_own_certificate(office: Office) -> None:
    event, everybody = a_training(), people(5)
    attend(office, event, *everybody)
    order(office, event)
    issue_what_is_due(office)
    assert count(office, Certificate) == 5
    certified = {one.registration_id: one.id for one in certificates(office)}
    with office.core.database.read() as session:
        mails = session.query(Mail).where(Mail.kind == "certificate").all()
    assert {mail.registration_id: mail.certificate_id for mail in mails} == certified


def test_a_corrected_name_gets_another_number_and_the_old_one_stays_revoked(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    order(office, event)
    issue_what_is_due(office)
    revoke(office, "2027-0001", "The name was misspelt.")
    order(office, event, olena)
    issue_what_is_due(office)
    old, new = certificates(office)
    assert (old.number, old.state, old.reason) == ("2027-0001", "revoked", "The name was misspelt.")
    assert (new.number, new.state) == ("2027-0002", "valid")


def test_revoking_twice_changes_nothing_more(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    order(office, event)
    issue_what_is_due(office)
    revoke(office, "2027-0001", "first")
    revoke(office, "2027-0001", "second")
    assert certificates(office)[0].reason == "first"
    assert office.kinds(olena) == ["confirmed", "certificate", "certificate_revoked"]
    with pytest.raises(NotFoundError):
        revoke(office, "2027-0002")
