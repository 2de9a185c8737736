"""What registration writes into the audit log."""

from services.registration import changes, links
from services.registration.models import AUDIT, THE_PERSON
from shared.audit import Wanted, entries_page
from tests.registration.parts import House


def test_what_a_person_does_with_a_registration_stands_in_the_log_masked(house: House) -> None:
    event = house.event(capacity=1)
    registration_id = house.register(event, "Ana Novak").registration_id
    with house.database.unit_of_work(house.clock()) as uow:
        changes.correct(uow, registration_id, changes.Correction(last_name="Nowak"), THE_PERSON)
        changes.cancel(uow, registration_id, THE_PERSON)
        uow.commit()
    with house.database.read() as session:
        acts = entries_page(session, AUDIT, Wanted(subject_id=registration_id)).items
    assert [act.action for act in acts] == [
        "registration.cancelled",
        "registration.corrected",
        "registration.made",
    ]
    assert acts[1].changes == {"last_name": {"before": "N…", "after": "N…"}}
    assert {act.event_id for act in acts} == {event}
    assert {act.author_kind for act in acts} == {"person"}


def test_a_link_that_nobody_is_sent_leaves_no_row(house: House) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        links.request_link(uow, "nobody@example.org")
        uow.commit()
    with house.database.read() as session:
        assert entries_page(session, AUDIT, Wanted()).items == []
