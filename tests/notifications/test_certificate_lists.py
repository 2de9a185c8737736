"""Lists of certificates and of those who have earned one, on both databases."""

from services.notifications.certificates import listing
from services.notifications.certificates.listing import Holder
from services.notifications.certificates.occasions import Occasion
from tests.notifications.certificate_parts import (
    a_training,
    attend,
    certificates,
    issue_what_is_due,
    order,
    revoke,
    tell_lost,
)
from tests.notifications.parts import Office, Someone


def named(*names: str) -> list[Someone]:
    parts = [name.partition(" ") for name in names]
    return [Someone(first, last, f"{place}@verein.example") for place, (first, _, last) in enumerate(parts)]


def all_holders(office: Office, event_id: object, **more: object) -> list[Holder]:
    """Page by page, two at a time."""
    found: list[Holder] = []
    cursor = None
    with office.core.database.read() as session:
        while True:
            page = listing.holders_of(session, Occasion("event", event_id), limit=2, cursor=cursor, **more)  # type: ignore[arg-type]
            assert 0 < len(page.items) <= 2 or not found
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found


def test_people_are_sorted_by_name_whatever_its_letters(office: Office) -> None:
    event = a_training()
    attend(office, event, *named("Zoë ÖZTÜRK", "Anna özcan", "Olena Шевченко", "Ben Oz", "Ayşe Öztürk", "Jan van"))
    listed = [holder.name for holder in all_holders(office, event["event_id"])]
    assert listed == ["Ben Oz", "Anna özcan", "Ayşe Öztürk", "Zoë ÖZTÜRK", "Jan van", "Olena Шевченко"]


def test_people_of_one_name_stand_on_one_page_or_the_next_and_never_on_both(office: Office) -> None:
    event = a_training()
    attend(office, event, *named(*["Olena Muster"] * 5))
    ids = [holder.registration_id for holder in all_holders(office, event["event_id"])]
    assert len(set(ids)) == len(ids) == 5


def test_people_are_counted_and_found_by_state(office: Office) -> None:
    event = a_training()
    issued, revoked, lost, never_issued, waiting = everybody = named("A A", "B B", "C C", "D D", "E E")
    attend(office, event, *everybody)
    attend(office, a_training(), *named("X X"))
    order(office, event, issued, revoked, lost)
    issue_what_is_due(office)
    revoke(office, certificates(office, revoked)[0].number)
    tell_lost(office, lost, event)
    tell_lost(office, never_issued, event)
    with office.core.database.read() as session:
        counts = listing.counts_by_state(session, Occasion("event", event["event_id"]))
    assert counts == {"issued": 1, "revoked": 1, "lost": 1, "earned": 1}
    for state, someone in (("issued", issued), ("revoked", revoked), ("lost", lost), ("earned", waiting)):
        (holder,) = all_holders(office, event["event_id"], state=state)
        assert holder.registration_id == someone.registration_id


def test_all_certificates_of_a_person_are_shown_newest_first(office: Office) -> None:
    event = a_training()
    (olena,) = named("Olena Muster")
    attend(office, event, olena)
    for _ in range(2):
        order(office, event, olena)
        issue_what_is_due(office)
        revoke(office, certificates(office)[-1].number)
    order(office, event, olena)
    issue_what_is_due(office)
    (holder,) = all_holders(office, event["event_id"])
    assert [(one.number, one.state) for one in holder.certificates] == [
        ("2027-0003", "valid"),
        ("2027-0002", "revoked"),
        ("2027-0001", "revoked"),
    ]


def test_certificates_are_listed_by_registration_and_event(office: Office) -> None:
    first, second = a_training(), a_training()
    everybody = named("A A", "B B", "C C")
    attend(office, first, *everybody[:2])
    attend(office, second, everybody[2])
    for event in (first, second):
        order(office, event)
    issue_what_is_due(office)
    with office.core.database.read() as session:
        of_first = listing.list_certificates(session, event_id=first["event_id"])
        of_one = listing.list_certificates(session, registration_id=everybody[2].registration_id)
        of_neither = listing.list_certificates(
            session, event_id=first["event_id"], registration_id=everybody[2].registration_id
        )
    assert {one.registration_id for one in of_first.items} == {one.registration_id for one in everybody[:2]}
    assert [one.event_id for one in of_one.items] == [second["event_id"]]
    assert of_neither.items == []
