"""Where an event asks for it, the address is confirmed; whoever did so lately need not again."""

from datetime import timedelta

from tests.registration.parts import House


def test_whoever_confirmed_the_address_need_not_again_for_a_year(house: House) -> None:
    first, second, third = (
        house.event(confirm_address_minutes=60, sessions=[house.session(house.clock() + timedelta(days=days))])
        for days in (30, 30, 800)
    )
    pending = house.register(first, "Ana Novak")
    assert pending.state == "pending"
    assert house.register(second, "Bo Berg").state == "pending"
    house.confirm_address(pending.registration_id)
    assert house.register(second, "Ana Novak").state == "confirmed"
    house.clock.turn(days=365)
    assert house.register(third, "Ana Novak").state == "pending"


def test_whoever_waited_unconfirmed_must_confirm_once_a_seat_is_theirs(house: House) -> None:
    event = house.event(capacity=1, confirm_address_minutes=60)
    seated = house.register(event)
    waiting = house.register(event)
    assert waiting.state == "waitlisted"
    house.cancel(seated.registration_id)
    assert house.state(waiting.registration_id) == "pending"
    house.wait_until(house.clock() + timedelta(minutes=60))
    assert house.state(waiting.registration_id) == "lapsed"
