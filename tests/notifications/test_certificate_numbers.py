"""Numbers rise without gaps and without doubles, whoever issues at the same time and whatever dies meanwhile."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.notifications.certificates import issuing, numbers, storing
from services.notifications.certificates.numbers import Number, next_number, take
from services.notifications.models import Certificate
from shared.testing import ROOT, eventually
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
    tell_lost,
    told,
)
from tests.notifications.parts import Office, Someone, alice, bob

MANY = 24

WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from services.notifications.app import compose
from services.notifications.certificates.issuing import Issuer
from tests.notifications.parts import settings_for

core = compose(settings_for(sys.argv[1]), clock=lambda: datetime(2027, 4, 1, tzinfo=UTC))
issuer = Issuer(core.database, core.settings, core.clock, lease=timedelta(seconds=1), together=int(sys.argv[2]))
while issuer.step():
    print("issued", flush=True)
"""


def expected(many: int, year: int = 2027) -> list[str]:
    return [f"{year}-{ordinal:04d}" for ordinal in range(1, many + 1)]


def test_workers_at_the_same_time_leave_no_gap_and_give_no_number_twice(office: Office) -> None:
    event = a_training()
    attend(office, event, *people(MANY))
    job = order(office, event)
    threads = [threading.Thread(target=issue_what_is_due, args=[office]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    issue_what_is_due(office)
    assert [one.number for one in certificates(office)] == expected(MANY)
    assert len({one.registration_id for one in certificates(office)}) == MANY
    assert progress(office, job).issued == MANY
    assert len(told(office, "certificate.issued.v1")) == MANY


@pytest.mark.parametrize(("many", "together"), [(MANY, 2), pytest.param(1_000, 16, marks=pytest.mark.long)])
def test_an_order_goes_on_where_workers_were_killed_in_the_middle(office: Office, many: int, together: int) -> None:
    event, everybody = a_training(), people(many)
    attend(office, event, *everybody)
    job = order(office, event)
    steps = [part // together for part in (many // 8, many // 4)]
    for after in steps:
        issue_until_killed(office, after, together)
    done = count(office, Certificate)
    assert sum(steps) * together <= done < many
    assert progress(office, job).issued == done

    step = issuer(office, lease=timedelta(seconds=1)).step
    eventually(lambda: issue_all(step) and progress(office, job).is_finished)
    assert progress(office, job).issued == many
    assert [one.number for one in certificates(office)] == expected(many)
    holders = sorted(someone.registration_id for someone in everybody)
    assert sorted(one.registration_id for one in certificates(office)) == holders
    assert sorted(str(mail.registration_id) for mail in office.mails(kind="certificate")) == [
        str(one) for one in holders
    ]
    assert len(told(office, "certificate.issued.v1")) == many


def issue_until_killed(office: Office, after: int, together: int) -> None:
    """A worker of its own, killed when it has taken so many steps and is at work on the next."""
    command = [sys.executable, "-c", WORKER, office.settings.database_url, str(together)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as worker:
        assert worker.stdout is not None
        for _ in range(after):
            assert worker.stdout.readline() == b"issued\n"
        worker.send_signal(signal.SIGKILL)


def issue_all(step: Callable[[], bool]) -> bool:
    while step():
        pass
    return True


def test_what_somebody_holds_is_left_alone_until_the_lease_has_run_out(office: Office) -> None:
    event = a_training()
    attend(office, event, alice())
    order(office, event)
    slow = issuer(office, lease=timedelta(seconds=1))
    assert slow.take_up()
    assert not issuer(office).step()
    eventually(issuer(office).step)
    assert len(certificates(office)) == 1


def test_who_finishes_after_the_lease_has_run_out_stores_nothing(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    order(office, event)
    slow = issuer(office, lease=timedelta(0))
    materials = slow.take_up()
    assert materials
    eventually(issuer(office).step)
    slow.issue(materials)
    assert [one.number for one in certificates(office)] == ["2027-0001"]
    assert office.kinds(olena) == ["confirmed", "certificate"]


def test_whose_number_went_to_somebody_else_gets_the_next(office: Office) -> None:
    event = a_training()
    attend(office, event, alice(), bob())
    order(office, event)
    first, second = issuer(office, together=1), issuer(office, together=1)
    materials = first.take_up()
    assert materials
    assert second.step()
    first.issue(materials)
    assert [one.number for one in certificates(office)] == ["2027-0001"]
    issue_what_is_due(office)
    assert [one.number for one in certificates(office)] == ["2027-0001", "2027-0002"]


def test_what_changed_while_the_document_was_made_is_made_anew(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    order(office, event)
    busy = issuer(office)
    materials = busy.take_up()
    assert materials
    renamed = Someone("Olena", "Kovalenko", olena.email, "en", olena.person_id, olena.registration_id)
    office.correct(renamed, event)
    busy.issue(materials)
    assert certificates(office) == []
    issue_what_is_due(office)
    assert certificates(office)[0].name_masked == "O. K."


def test_what_was_lost_while_the_document_was_made_is_not_stored(office: Office) -> None:
    event, olena = a_training(), alice()
    attend(office, event, olena)
    job = order(office, event)
    busy = issuer(office)
    materials = busy.take_up()
    assert materials
    tell_lost(office, olena, event)
    busy.issue(materials)
    issue_what_is_due(office)
    assert certificates(office) == []
    assert progress(office, job).withdrawn == 1
    assert office.kinds(olena) == ["confirmed"]


def test_what_fails_takes_no_number(office: Office) -> None:
    event = a_training()
    attend(office, event, Someone("王", "小明", "wang@verein.example"), *people(2))
    order(office, event)
    issue_what_is_due(office)
    assert [one.number for one in certificates(office)] == expected(2)


def test_what_changed_among_many_is_made_anew_with_those_behind_it(office: Office) -> None:
    event, everybody = a_training(), people(5)
    attend(office, event, *everybody)
    order(office, event)
    busy = issuer(office)
    materials = busy.take_up()
    third = next(one for one in everybody if one.registration_id == materials[2].earned.id)
    office.correct(replace(third, last_name="Kovalenko"), event)
    busy.issue(materials)
    before = [one.registration_id for one in certificates(office)]
    assert before == [one.earned.id for one in materials[:2]]
    issue_what_is_due(office)
    assert [one.number for one in certificates(office)] == expected(5)


def test_one_that_cannot_be_made_for_no_reason_foreseen_holds_up_no_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, everybody = a_training(), people(5)
    attend(office, event, *everybody)
    order(office, event)
    monkeypatch.setattr(issuing, "make", failing_for(everybody[2].registration_id, issuing.make))
    assert_others_are_issued(office, everybody[2])


def test_one_that_cannot_be_stored_holds_up_no_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    event, everybody = a_training(), people(5)
    attend(office, event, *everybody)
    order(office, event)
    monkeypatch.setattr(storing, "_certificate", failing_for(everybody[2].registration_id, storing._certificate))
    assert_others_are_issued(office, everybody[2])


def failing_for(registration_id: UUID, function: Callable[..., Any]) -> Callable[..., Any]:
    def fails_for_one(what: Any, *others: Any) -> Any:
        if getattr(what, "material", what).registration.id == registration_id:
            raise RuntimeError("broken")
        return function(what, *others)

    return fails_for_one


def assert_others_are_issued(office: Office, but: Someone) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        issue_what_is_due(office)
    issue_what_is_due(office)
    assert [one.number for one in certificates(office)] == expected(4)
    assert but.registration_id not in {one.registration_id for one in certificates(office)}
    assert len(office.mails(kind="certificate")) == 4


@pytest.mark.parametrize(
    ("moment", "year"),
    [(datetime(2027, 12, 31, 22, 59, tzinfo=UTC), 2027), (datetime(2027, 12, 31, 23, 0, tzinfo=UTC), 2028)],
)
def test_the_year_is_that_of_the_installations_time_zone(sqlite_office: Office, moment: datetime, year: int) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    sqlite_office.clock.moment = moment
    issue_what_is_due(sqlite_office)
    assert [one.number for one in certificates(sqlite_office)] == expected(1, year)


def test_each_year_begins_with_1(office: Office) -> None:
    event = a_training()
    attend(office, event, *people(2))
    order(office, event)
    issue_what_is_due(office)
    later = a_training()
    attend(office, later, alice())
    office.clock.turn(days=400)
    issue_what_is_due(office)
    assert [one.number for one in certificates(office)] == [*expected(2), *expected(1, 2028)]


def test_a_number_is_given_only_once(office: Office) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        number = next_number(uow.session, office.clock(), "Europe/Berlin")
        assert take(uow.session, number)
        assert not take(uow.session, number)
        assert not take(uow.session, Number(number.year, number.ordinal + 5))
        assert take(uow.session, next_number(uow.session, office.clock(), "Europe/Berlin"))


def test_more_than_9999_in_a_year_have_five_digits() -> None:
    assert str(numbers.Number(2027, 12345)) == "2027-12345"
