"""The demo's people: they come once, to the series of the past, and leave consistent rows behind."""

import csv
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from services.registration.consistency import findings
from services.registration.demo import participants
from services.registration.models import STAFF, Attendance, Event, FeedbackPortion, Registration
from shared.database import new_id
from shared.text import normalised_email
from tests.registration.parts import House
from tests.registration.series import a_series

MODULES = ("foerderantrag-schreiben", "projekt-abrechnen", "von-projekten-erzaehlen")


@pytest.fixture
def people() -> list[dict[str, str]]:
    with participants.FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def publish(house: House) -> None:
    """The demo's series of the past, as catalogue tells of it, which begins 60 days ago."""
    now = house.clock()
    house.clock.moment = now - timedelta(days=90)
    a_series(house, *[{"slug": slug, "capacity": 12} for slug in MODULES])
    house.clock.moment = now


def hire(house: House) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        account = {"name": "Ada", "email": "ada@verband.example", "roles": ["admin"], "active": True, "epoch": 1}
        uow.session.execute(insert(STAFF.accounts).values(account_id=new_id(), **account))
        uow.commit()


def test_they_register_are_there_and_say_what_they_think(house: House, people: list[dict[str, str]]) -> None:
    publish(house)
    hire(house)
    assert participants.load(house.database) == [f"The demo's past series has {len(people)} people."]
    with house.database.read() as session:
        for slug in MODULES:
            event_id = session.scalars(select(Event.id).where(Event.slug == slug)).one()
            expected = [("waitlisted" if one[slug] == "waits" else "confirmed") for one in people if one[slug]]
            assert house.states(event_id) == expected
            query = select(func.count(Registration.id.distinct())).join_from(Registration, Attendance)
            noted = [one for one in people if one[slug] not in ("", "waits", "absent")]
            assert session.scalar(query.where(Registration.event_id == event_id)) == len(noted)
        assert session.scalar(select(func.sum(FeedbackPortion.answers))) == sum(bool(one["rating"]) for one in people)
    assert list(findings(house.database, house.clock())) == []


def test_they_come_once(house: House) -> None:
    publish(house)
    hire(house)
    assert participants.load(house.database)
    assert participants.load(house.database) == []


def test_nobody_comes_where_somebody_has_registered_already(house: House) -> None:
    publish(house)
    hire(house)
    house.register(house.event())
    assert participants.load(house.database) == []


def test_nobody_comes_to_a_programme_that_is_not_known_yet(house: House) -> None:
    hire(house)
    assert participants.load(house.database) == []


def test_their_addresses_lead_nowhere(people: list[dict[str, str]]) -> None:
    assert all(normalised_email(one["email"]).endswith(".example") for one in people)
