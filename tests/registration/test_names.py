"""People mend their names themselves, but make no other person of themselves: a seat is handed over by a transfer."""

import pytest

from services.registration.names import CHANGES_BY_ONESELF, is_same_person
from shared.errors import InvalidError
from tests.registration.parts import ORGANISER, House


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Ana", "Nowak"), ("Ana", "Novak")),
        (("Anna", "Novak"), ("Ana", "Novak")),
        (("Ana", "Novak"), ("Ana-Maria", "Novak")),
        (("A.", "Novak"), ("Ana", "Novak")),
        (("Ana", "Novak"), ("Ana", "Novak-Berg")),
        (("Ana", "Berg"), ("Ana", "Novak Berg")),
        (("Novak", "Ana"), ("Ana", "Novak")),
        (("ayse", "yilmaz"), ("Ayşe", "Yılmaz")),
        (("Mehmed", "Öz"), ("Mehmet", "Oez")),
        (("Ольга", "Шевченка"), ("Ольга", "Шевченко")),
        (("محمد", "علي"), ("محمّد", "عليّ")),
        (("Ana", ""), ("Ana", "Novak")),
    ],
)
def test_a_name_that_is_mended_is_the_same_persons(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert is_same_person(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Ana", "Novak"), ("Bo", "Berg")),
        (("Ana", "Novak"), ("Bo", "Novak")),
        (("Ana", "Novak"), ("Ana", "Berg")),
        (("Ana", "Novak"), ("Cem", "Kaya")),
    ],
)
def test_another_first_or_last_name_is_another_persons(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert not is_same_person(before, after)


def test_nobody_makes_another_person_of_themselves(house: House) -> None:
    ana = house.register(house.event(), "Ana Nowak").registration_id
    house.correct(ana, last_name="Novak")
    with pytest.raises(InvalidError) as refused:
        house.correct(ana, first_name="Bo", last_name="Berg")
    assert refused.value.code == "another_person"
    assert set(refused.value.errors or {}) == {"first_name", "last_name"}
    assert house.registration(ana).name == "Ana Novak"


def test_an_organiser_enters_any_name(house: House) -> None:
    ana = house.register(house.event(), "Ana Novak").registration_id
    house.correct(ana, ORGANISER, first_name="Bo", last_name="Berg")
    assert house.registration(ana).name == "Bo Berg"


def test_many_small_steps_lead_to_no_other_name(house: House) -> None:
    ana = house.register(house.event(), "Ana Novak").registration_id
    for number in range(CHANGES_BY_ONESELF):
        house.correct(ana, last_name="Novak" + "a" * (number + 1))
    with pytest.raises(InvalidError, match="another_person"):
        house.correct(ana, last_name="Novak")
    house.correct(ana, organisation="Agisra")
    house.correct(ana, ORGANISER, last_name="Novak")
