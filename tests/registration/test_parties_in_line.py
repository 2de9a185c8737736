"""Parties in line: for whom seats are kept, and for how long."""

from services.registration.rule import Traits
from tests.registration.parts import House
from tests.rules import a_group, a_pool, a_waitlist


def test_what_is_kept_for_a_party_goes_on_once_its_organisation_is_full(house: House) -> None:
    pools = [a_pool(2, "code", code="GAST")]
    event = house.event(capacity=4, max_per_organisation=3, largest_party=2, waitlist=a_waitlist(pools=pools))
    house.register(event, organisation="Verein")
    party = house.register_party(event, 2, organisation="Verein")
    behind = house.register(event)
    assert house.state(behind.registration_id) == "waitlisted"
    for _ in range(2):
        house.register(event, organisation="Verein", traits=Traits(code="gast"))
    assert [house.state(member) for member in party] == ["waitlisted", "waitlisted"]
    assert house.state(behind.registration_id) == "confirmed"


def test_what_is_kept_for_a_party_is_kept_from_its_own_class_too_when_one_of_lower_rank_waits_already(
    house: House,
) -> None:
    waitlist = a_waitlist(priority_classes=[a_group("membership")])
    event = house.event(capacity=5, largest_party=3, waitlist=waitlist)
    house.register_party(event, 3)
    house.register_party(event, 3)
    members = house.register_party(event, 3, traits=Traits(member=True))
    behind = house.register_party(event, 2, traits=Traits(member=True))
    assert [house.state(member) for member in [*members, *behind]] == ["waitlisted"] * 5
