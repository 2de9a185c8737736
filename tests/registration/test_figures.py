"""Events in numbers: what is counted, what is kept once an event is closed, and whom small numbers protect."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.attendance import Entry, Recorder, record
from services.registration.figures import CLOSED_AFTER, Counted, close_what_is_due, counted, total, years
from services.registration.forgetting import forget_registrations
from services.registration.small_numbers import SMALLEST, Breakdown, protected
from shared.database import new_id
from tests.registration.parts import ORGANISER, House
from tests.registration.test_organisation_table import read

DIRECTORY = "name;aliases;municipality;member\nBrücke;;Bonn;yes\nSojus;;Köln;\n"


class Training:
    """An event of two hours tomorrow, and people who come to it."""

    def __init__(self, house: House, **changes: Any) -> None:
        self.house = house
        start = house.clock() + timedelta(days=changes.pop("days", 1))
        session = house.session(start, hours=2)
        self.session = session["session_id"]
        self.event = house.event(**{"capacity": 20, "sessions": [session], **changes})

    def comes(self, *, minutes: int | None = None, **person: Any) -> UUID:
        """``minutes`` of the session; all of it unless it says otherwise, and none for 0."""
        one = self.house.register(self.event, **person).registration_id
        if minutes != 0:
            self.there(one, minutes)
        return one

    def there(self, one: UUID, minutes: int | None = None) -> None:
        begin = self.house.clock() + timedelta(days=1)
        until = begin + timedelta(minutes=minutes) if minutes else None
        entry = Entry(new_id(), one, "door", self.house.clock(), from_at=begin if until else None, until_at=until)
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            record(uow, self.session, [entry], Recorder(ORGANISER.account_id or new_id()))
            uow.commit()

    def counted(self) -> Counted:
        with self.house.database.read() as session:
            (found,) = counted(session, event_id=self.event)
        return found

    def close(self) -> None:
        self.house.clock.moment += CLOSED_AFTER + timedelta(days=2)
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            assert not close_what_is_due(uow)
            uow.commit()


@pytest.fixture
def training(house: House) -> Training:
    read(house, DIRECTORY)
    return Training(house, capacity=4)


def test_people_hours_and_organisations_are_counted(training: Training) -> None:
    training.comes(organisation="Brücke", locale="en")
    training.comes(organisation="Brücke", minutes=30)
    training.comes(organisation="Verein ohne Eintrag")
    absent = training.comes(organisation="Sojus", minutes=0)
    waiting = training.comes(minutes=0)
    training.house.cancel(training.comes(minutes=0), ORGANISER)
    assert training.house.state(waiting) == "waitlisted"
    figures = training.counted().figures
    assert (figures.registered, figures.confirmed, figures.waiting, figures.cancelled) == (6, 4, 1, 1)
    assert (figures.attended, figures.no_show) == (3, 1)
    assert (figures.minutes_offered, figures.minutes_attended) == (120, 270)
    assert (len(figures.organisations), figures.unlisted, figures.reached) == (1, 1, 2)
    assert figures.places == Breakdown({"Bonn": 2}, others=1)
    assert figures.languages == Breakdown({"de": 2, "en": 1})
    assert training.house.state(absent) == "confirmed"


def test_nobody_failed_to_come_where_nothing_was_recorded(training: Training) -> None:
    training.comes(minutes=0)
    assert training.counted().figures.no_show == 0


def test_an_organisation_is_new_once_and_counts_once_over_several_events(house: House, training: Training) -> None:
    training.comes(organisation="Brücke")
    second = Training(house, days=3, slug="second")
    for organisation in ("Brücke", "Sojus"):
        one = house.register(second.event, organisation=organisation).registration_id
        second.there(one)
    with house.database.read() as session:
        both = counted(session)
        assert years(session) == [house.clock().year]
        assert counted(session, year=1999) == []
    assert [one.new for one in both] == [1, 1]
    assert total([one.figures for one in both]).reached == 2


def test_a_closed_event_keeps_its_numbers_when_its_people_are_forgotten(training: Training) -> None:
    people = [training.comes(organisation="Brücke") for _ in range(2)]
    training.comes(organisation="Sojus")
    before = training.counted()
    assert before.closed_at is None
    training.close()
    with training.house.database.unit_of_work(training.house.clock()) as uow:
        forget_registrations(uow, people, [])
        uow.commit()
    after = training.counted()
    assert after.closed_at == training.house.clock()
    assert (after.figures.attended, after.figures.reached, after.new) == (3, 2, 2)
    assert after.figures.minutes_attended == before.figures.minutes_attended
    assert after.figures.places == Breakdown({}, others=3)


def test_an_event_is_closed_once_and_not_before_its_time(training: Training) -> None:
    training.comes()
    house = training.house
    with house.database.unit_of_work(house.clock()) as uow:
        close_what_is_due(uow)
        uow.commit()
    assert training.counted().closed_at is None
    training.close()
    closed_at = training.counted().closed_at
    training.close()
    assert training.counted().closed_at == closed_at


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30)), st.integers(0, 10))
def test_no_small_number_is_kept_and_none_can_be_found_by_subtraction(numbers: dict[str, int], unknown: int) -> None:
    found = protected(Breakdown(numbers, unknown))
    assert found.total == sum(numbers.values()) + unknown
    assert all(number >= SMALLEST and numbers[kind] == number for kind, number in found.named.items())
    assert not found.named or found.others == 0 or found.others >= SMALLEST
