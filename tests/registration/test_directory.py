"""The directory of organisations, and the registrations that follow it."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration import directory
from services.registration.alignment import follow
from services.registration.directory import Draft
from services.registration.models import AUDIT, Decision, Organisation, Standing
from shared.audit import ENGINE, Wanted, by_account, entries_page
from shared.errors import ConflictError, InvalidError, NotFoundError, StaleError
from tests.registration.parts import ORGANISER, House
from tests.rules import a_group, a_pool, a_waitlist


def add(house: House, name: str, state: Standing = Standing.LISTED, **values: object) -> UUID:
    with house.database.unit_of_work(house.clock()) as uow:
        made = directory.add(uow, Draft(name, **values), ENGINE, state)  # type: ignore[arg-type]
        uow.commit()
    return made.id


def merge(house: House, organisation_id: UUID, into: UUID) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        directory.merge(uow, organisation_id, into, ENGINE)
        uow.commit()
    follow(house.database, house.clock(), ORGANISER)


def entry(house: House, organisation_id: UUID) -> Organisation:
    with house.database.read() as session:
        return directory.entry(session, organisation_id)


def test_a_spelling_that_the_directory_knows_counts_for_its_entry(house: House) -> None:
    event = house.event(capacity=5, max_per_organisation=1)
    brucke = add(house, "Brücke e. V.", member=True, aliases=("Die Brücke",))
    first = house.register(event, organisation="bruecke e.V.")
    second = house.register(event, organisation="DIE BRÜCKE")
    assert (first.state, second.state) == ("confirmed", "waitlisted")
    kept = house.registration(first.registration_id)
    assert (kept.organisation, kept.organisation_id, kept.member) == ("bruecke e.V.", brucke, True)


def test_an_unknown_organisation_makes_no_entry_and_counts_by_its_spelling(house: House) -> None:
    event = house.event(capacity=5, max_per_organisation=1)
    first = house.register(event, organisation="Haus der Kulturen")
    second = house.register(event, organisation="haus der kulturen e. V.")
    assert (first.state, second.state) == ("confirmed", "waitlisted")
    assert house.registration(first.registration_id).organisation_id is None


def test_a_name_that_two_entries_have_decides_for_neither(house: House) -> None:
    event = house.event()
    add(house, "Brücke", municipality="Bonn")
    add(house, "Brücke", municipality="Köln")
    assert house.registration(house.register(event, organisation="Brücke").registration_id).organisation_id is None


def test_whoever_chose_one_of_two_with_the_same_name_counts_for_that_one(house: House) -> None:
    event = house.event(capacity=5, max_per_organisation=1)
    bonn, koln = (add(house, "Brücke", municipality=place) for place in ("Bonn", "Köln"))
    chosen = [house.register(event, organisation="Brücke", organisation_id=one) for one in (bonn, koln, koln)]
    assert [one.state for one in chosen] == ["confirmed", "confirmed", "waitlisted"]
    assert house.registration(chosen[1].registration_id).organisation_id == koln


def test_what_was_chosen_does_not_outweigh_another_name(house: House) -> None:
    event = house.event()
    brucke, haus = add(house, "Brücke"), add(house, "Haus")
    for name, counts_for in (("Haus", haus), ("Kulturen", None)):
        registered = house.register(event, organisation=name, organisation_id=brucke)
        assert house.registration(registered.registration_id).organisation_id == counts_for


def test_a_correction_chooses_the_other_of_two_with_the_same_name(house: House) -> None:
    event = house.event()
    bonn, koln = (add(house, "Brücke", municipality=place) for place in ("Bonn", "Köln"))
    registration_id = house.register(event, organisation="Brücke", organisation_id=bonn).registration_id
    house.correct(registration_id, ORGANISER, organisation="Brücke")
    assert house.registration(registration_id).organisation_id == bonn
    house.correct(registration_id, ORGANISER, organisation="Brücke", organisation_id=koln)
    assert house.registration(registration_id).organisation_id == koln
    with house.database.read() as session:
        found = entries_page(session, AUDIT, Wanted(action="registration.corrected"))
    assert [row.changes for row in found.items] == [{"entry": {"before": str(bonn), "after": str(koln)}}]


def test_merged_entries_share_their_quota_and_nobody_loses_a_seat(house: House) -> None:
    event = house.event(capacity=3, max_per_organisation=1)
    one, other = add(house, "Brücke"), add(house, "Pont")
    seated = [house.register(event, organisation=name).registration_id for name in ("Brücke", "Pont")]
    merge(house, other, one)
    assert [house.registration(id_).organisation_id for id_ in seated] == [one, one]
    assert house.states(event) == ["confirmed", "confirmed"]
    assert house.register(event, organisation="Pont").state == "waitlisted"


def test_whoever_waited_only_for_the_other_spelling_gets_a_seat_by_the_correction(house: House) -> None:
    event = house.event(capacity=3, max_per_organisation=1)
    house.register(event, organisation="Pont")
    waiting = house.register(event, organisation="Pont")
    assert waiting.state == "waitlisted"
    add(house, "Brücke")
    house.correct(waiting.registration_id, ORGANISER, organisation="Brücke")
    assert house.state(waiting.registration_id) == "confirmed"


def test_somebody_may_not_take_their_seat_to_an_organisation_that_has_all_of_its_own(house: House) -> None:
    event = house.event(capacity=3, max_per_organisation=1)
    add(house, "Brücke", aliases=("Pont",))
    house.register(event, organisation="Brücke")
    other = house.register(event, organisation="Haus")
    with pytest.raises(ConflictError, match="organisation_full"):
        house.correct(other.registration_id, organisation="Pont")


def test_a_new_alias_brings_those_who_wrote_it_to_the_entry(house: House) -> None:
    event = house.event(capacity=3, max_per_organisation=1)
    house.register(event, organisation="Pont")
    registered = house.register(event, organisation="Ponte")
    one = add(house, "Pont")
    with house.database.unit_of_work(house.clock()) as uow:
        directory.add_alias(uow, one, "Ponte", ENGINE)
        uow.commit()
    assert follow(house.database, house.clock()) == 2
    assert house.registration(registered.registration_id).organisation_id == one


def test_each_registration_that_follows_has_a_decision(house: House) -> None:
    event = house.event()
    registration_id = house.register(event, organisation="Pont").registration_id
    organisation_id = add(house, "Pont")
    follow(house.database, house.clock(), ORGANISER)
    with house.database.read() as session:
        decision = session.query(Decision).order_by(Decision.seats_version.desc()).first()
    assert decision is not None
    assert (decision.registration_id, decision.outcome) == (registration_id, "corrected")
    assert (decision.reason, decision.account_id) == ("organisation_assigned", ORGANISER.account_id)
    assert decision.inputs == {"organisation_id": str(organisation_id)}


def test_registrations_follow_a_changed_membership(house: House) -> None:
    event = house.event()
    organisation_id = add(house, "Pont")
    registration_id = house.register(event, organisation="Pont").registration_id
    with house.database.unit_of_work(house.clock()) as uow:
        directory.change(uow, organisation_id, Draft("Pont", member=True), ENGINE)
        uow.commit()
    follow(house.database, house.clock())
    assert house.registration(registration_id).member


def become_a_member(house: House, organisation_id: UUID, name: str) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        directory.change(uow, organisation_id, Draft(name, member=True), ENGINE)
        uow.commit()
    follow(house.database, house.clock())


def test_who_waits_goes_into_the_class_of_a_changed_membership(house: House) -> None:
    snapshot = house.snapshot(capacity=0, waitlist=a_waitlist(priority_classes=[a_group()]))
    event = house.tell(snapshot)
    organisation_id = add(house, "Pont")
    plain = house.register(event).registration_id
    member = house.register(event, organisation="Pont").registration_id
    become_a_member(house, organisation_id, "Pont")
    (regrouped,) = house.decisions(outcome="regrouped")
    assert (regrouped.registration_id, regrouped.reason) == (member, "organisation_assigned")
    house.tell({**snapshot, "capacity": 1})
    assert (house.state(plain), house.state(member)) == ("waitlisted", "confirmed")


def test_a_changed_membership_gives_a_seat_that_was_kept_for_members(house: House) -> None:
    event = house.event(capacity=1, waitlist=a_waitlist(pools=[a_pool(1)]))
    organisation_id = add(house, "Pont")
    registration_id = house.register(event, organisation="Pont").registration_id
    assert house.state(registration_id) == "waitlisted"
    become_a_member(house, organisation_id, "Pont")
    assert house.state(registration_id) == "confirmed"


def test_a_corrected_organisation_puts_the_person_into_its_class(house: House) -> None:
    snapshot = house.snapshot(capacity=0, waitlist=a_waitlist(priority_classes=[a_group()]))
    event = house.tell(snapshot)
    add(house, "Pont", member=True)
    plain = house.register(event).registration_id
    misspelt = house.register(event, organisation="Pond").registration_id
    house.correct(misspelt, ORGANISER, organisation="Pont")
    assert house.messages("registration.changed.v1")[-1].body["position"] == 1
    (regrouped,) = house.decisions(outcome="regrouped")
    assert (regrouped.registration_id, regrouped.reason) == (misspelt, "organisation_corrected")
    house.tell({**snapshot, "capacity": 1})
    assert (house.state(plain), house.state(misspelt)) == ("waitlisted", "confirmed")


def test_a_corrected_organisation_gives_a_seat_that_was_kept_for_members(house: House) -> None:
    event = house.event(capacity=1, waitlist=a_waitlist(pools=[a_pool(1)]))
    add(house, "Pont", member=True)
    registration_id = house.register(event, organisation="Pond").registration_id
    house.correct(registration_id, ORGANISER, organisation="Pont")
    assert house.state(registration_id) == "confirmed"


def test_an_entry_is_followed_until_nobody_can_have_missed_its_change(house: House) -> None:
    event = house.event()
    organisation_id = add(house, "Pont")
    follow(house.database, house.clock())
    assert entry(house, organisation_id).followed < entry(house, organisation_id).revision
    house.register(event, organisation="Pont")
    house.clock.turn(seconds=timedelta(minutes=2).total_seconds())
    follow(house.database, house.clock())
    assert entry(house, organisation_id).followed == entry(house, organisation_id).revision


def test_a_merged_entry_gives_its_names_away_and_stays_as_a_signpost(house: House) -> None:
    one, other, third = add(house, "Brücke"), add(house, "Pont", member=True, aliases=("Ponte",)), add(house, "Most")
    merge(house, third, other)
    merge(house, other, one)
    kept = entry(house, one)
    assert (kept.name, kept.aliases, kept.member) == ("Brücke", ["Pont", "Ponte", "Most"], True)
    assert [entry(house, id_).merged_into for id_ in (other, third)] == [one, one]


def test_what_is_merged_cannot_be_changed_or_merged_again(house: House) -> None:
    one, other = add(house, "Brücke"), add(house, "Pont")
    merge(house, other, one)
    with house.database.unit_of_work(house.clock()) as uow:
        with pytest.raises(ConflictError, match="organisation_merged"):
            directory.change(uow, other, Draft("Pont"), ENGINE)
        with pytest.raises(ConflictError, match="organisation_merged"):
            directory.merge(uow, one, other, ENGINE)
        with pytest.raises(InvalidError, match="same_organisation"):
            directory.merge(uow, one, one, ENGINE)


def test_an_entry_that_is_there_already_is_refused(house: House) -> None:
    add(house, "Brücke e. V.", municipality="Bonn")
    with pytest.raises(InvalidError, match="organisation_exists"):
        add(house, "Bruecke", municipality="Bonn")


def test_a_change_of_something_that_somebody_else_has_changed_is_refused(house: House) -> None:
    organisation_id = add(house, "Brücke")
    with house.database.unit_of_work(house.clock()) as uow:
        directory.change(uow, organisation_id, Draft("Brücke", "Bonn"), ENGINE, revision=1)
        with pytest.raises(StaleError):
            directory.change(uow, organisation_id, Draft("Brücke", "Köln"), ENGINE, revision=1)


def test_reviewing_a_proposed_entry_lists_it(house: House) -> None:
    organisation_id = add(house, "Pont", Standing.PROPOSED)
    with house.database.unit_of_work(house.clock()) as uow:
        directory.change(uow, organisation_id, Draft("Pont", "Bonn", aliases=("Ponte", "ponte", "Pont e. V.")), ENGINE)
        uow.commit()
    changed = entry(house, organisation_id)
    assert (changed.state, changed.aliases) == ("listed", ["Ponte"])


def test_an_unknown_entry_is_not_found(house: House) -> None:
    with pytest.raises(NotFoundError):
        entry(house, UUID(int=1))


def test_a_name_of_another_entry_is_not_assigned(house: House) -> None:
    add(house, "Pont", municipality="Bonn")
    other = add(house, "Brücke")
    with house.database.unit_of_work(house.clock()) as uow, pytest.raises(ConflictError, match="name_of_another"):
        directory.add_alias(uow, other, "pont", ENGINE)


def test_only_the_entries_that_are_asked_for_are_followed(house: House) -> None:
    event = house.event()
    for name in ("Pont", "Most"):
        house.register(event, organisation=name)
    pont, _most = add(house, "Pont"), add(house, "Most")
    assert follow(house.database, house.clock(), only=[pont]) == 1
    assert follow(house.database, house.clock()) == 1


def test_the_audit_log_tells_who_changed_what_of_an_entry(house: House) -> None:
    alice = by_account(UUID(int=7))
    with house.database.unit_of_work(house.clock()) as uow:
        one = directory.add(uow, Draft("Brücke", "Bonn"), alice).id
        other = directory.add(uow, Draft("Pont", member=True), alice).id
        directory.change(uow, one, Draft("Brücke", "Köln"), alice)
        directory.merge(uow, other, one, alice)
        uow.commit()
    with house.database.read() as session:
        rows = entries_page(session, AUDIT, Wanted(author_id=alice.id)).items
    assert [(row.action, row.subject_id) for row in rows] == [
        ("organisation.changed", one),
        ("organisation.merged", other),
        ("organisation.changed", one),
        ("organisation.added", other),
        ("organisation.added", one),
    ]
    assert rows[0].changes["aliases"] == {"before": "", "after": "Pont"}
    assert rows[2].changes == {"municipality": {"before": "Bonn", "after": "Köln"}}
