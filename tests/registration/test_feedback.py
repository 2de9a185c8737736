"""Feedback: one answer each, kept without its author, and no number of fewer than five people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from services.registration.events import event_with_sessions
from services.registration.feedback import (
    FINAL_AFTER,
    RATED,
    SMALLEST,
    TOLD,
    Results,
    Standing,
    awaited,
    give,
    portions_shown,
    results_of,
    set_up,
    standing_of,
    survey_of,
)
from services.registration.models import AUDIT, FeedbackGiven, FeedbackPortion
from shared.audit import Wanted, entries_page
from shared.errors import ConflictError, NotFoundError
from tests.registration.coming_again import coming_again
from tests.registration.parts import House

ACCOUNT = uuid4()


@dataclass
class Survey:
    """An event that is over, with people who had seats."""

    house: House
    event: UUID
    people: list[UUID]

    def switch(self, *, offered: bool = True, days: int = 30) -> None:
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            event = event_with_sessions(uow.session, self.event)
            set_up(uow, event, offered=offered, days=days, account_id=ACCOUNT)
            uow.commit()

    def answer(self, registration_id: UUID, rating: str = "4", said: str = "") -> Standing:
        return coming_again(lambda: self._answer(registration_id, rating, said))

    def _answer(self, registration_id: UUID, rating: str, said: str) -> Standing:
        person = self.house.registration(registration_id).person
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            ratings, texts = dict.fromkeys(RATED, rating), {"helped": said, "improve": ""}
            standing = give(uow, person, registration_id, ratings, texts)
            uow.commit()
        return standing

    def results(self) -> Results:
        with self.house.database.read() as session:
            survey = survey_of(session, self.event)
            assert survey
            return results_of(session, event_with_sessions(session, self.event), survey, self.house.clock())

    def standing(self, registration_id: UUID) -> Standing:
        with self.house.database.read() as session:
            event = event_with_sessions(session, self.event)
            return standing_of(session, self.house.registration(registration_id), event, self.house.clock())


def make_survey(house: House, people: int) -> Survey:
    event = house.event(capacity=people, sessions=[house.session(house.clock() + timedelta(days=1), hours=2)])
    registrations = [house.register(event).registration_id for _ in range(people)]
    survey = Survey(house, event, registrations)
    survey.switch()
    return survey


def let_it_end(house: House) -> None:
    house.clock.turn(days=1, hours=2)


@pytest.fixture
def survey(house: House) -> Survey:
    made = make_survey(house, 12)
    let_it_end(house)
    return made


def test_feedback_is_asked_for_only_when_it_is_switched_on(house: House, survey: Survey) -> None:
    survey.switch(offered=False)
    assert survey.answer(survey.people[0]) is Standing.NONE
    survey.switch()
    assert survey.answer(survey.people[0]) is Standing.OPEN


def test_the_window_opens_at_the_end_and_closes_after_the_days(house: House) -> None:
    survey = make_survey(house, 2)
    first, second = survey.people
    house.clock.turn(days=1, hours=1, minutes=59)
    assert survey.answer(first) is Standing.NOT_YET
    house.clock.turn(minutes=1)
    assert survey.answer(first) is Standing.OPEN
    house.clock.turn(days=30)
    assert survey.answer(second) is Standing.OVER
    assert survey.standing(first) is Standing.GIVEN


def test_whoever_gave_their_seat_up_has_nothing_to_answer(house: House) -> None:
    survey = make_survey(house, 2)
    house.cancel(survey.people[0])
    let_it_end(house)
    assert [survey.standing(one) for one in survey.people] == [Standing.NONE, Standing.OPEN]


def test_nobody_answers_for_somebody_else(house: House, survey: Survey) -> None:
    stranger = house.registration(survey.people[1]).person
    with house.database.unit_of_work(house.clock()) as uow, pytest.raises(NotFoundError):
        give(uow, stranger, survey.people[0], dict.fromkeys(RATED, "1"), dict.fromkeys(TOLD, ""))


def test_the_own_page_waits_for_feedback_until_it_is_given(house: House, survey: Survey) -> None:
    one = survey.people[0]
    person = house.registration(one).person

    def waits() -> bool:
        with house.database.read() as session:
            return awaited(session, person, house.clock()) == {one}

    assert waits()
    survey.answer(one)
    assert not waits()


def test_two_sends_at_once_are_one_answer(house: House, survey: Survey) -> None:
    with ThreadPoolExecutor(4) as threads:
        standings = list(threads.map(survey.answer, [survey.people[0]] * 4))
    assert sorted(standings) == sorted([Standing.OPEN, *[Standing.GIVEN] * 3])
    with house.database.read() as session:
        assert [portion.answers for portion in session.scalars(select(FeedbackPortion))] == [1]


def test_many_people_at_once_are_all_counted(house: House, survey: Survey) -> None:
    with ThreadPoolExecutor(12) as threads:
        assert set(threads.map(survey.answer, survey.people)) == {Standing.OPEN}
    house.clock.turn(days=31)
    assert survey.results().answers == 12


def test_an_answer_leaves_nothing_that_names_its_author(house: House, survey: Survey) -> None:
    with house.database.read() as session:
        before = len(entries_page(session, AUDIT, Wanted()).items)
    messages = len(house.messages())
    for one in survey.people[:3]:
        survey.answer(one, said=f"{house.clock():%S} was good")
    with house.database.read() as session:
        assert len(entries_page(session, AUDIT, Wanted()).items) == before
        assert {column.name for column in FeedbackGiven.__table__.columns} == {"registration_id"}
        portion = session.scalars(select(FeedbackPortion)).one()
        assert portion.ratings["overall"] == {"4": 3}
    assert len(house.messages()) == messages


def test_texts_are_kept_and_shown_in_an_order_that_tells_nothing(house: House, survey: Survey) -> None:
    said = [f"{letter} helped" for letter in "lkjihgfedcba"]
    for one, text in zip(survey.people, said, strict=True):
        survey.answer(one, said=text)
    with house.database.read() as session:
        for portion in session.scalars(select(FeedbackPortion)):
            assert portion.texts["helped"] == sorted(portion.texts["helped"])
    house.clock.turn(days=31)
    assert survey.results().texts["helped"] == sorted(said)


def test_results_move_in_steps_of_five_and_come_whole_at_the_end(house: House, survey: Survey) -> None:
    seen = []
    for one in survey.people:
        survey.answer(one)
        seen.append(survey.results().answers)
    assert seen == [0] * 9 + [5, 5, 5]
    house.clock.turn(days=30)
    assert survey.results().answers == 5
    house.clock.turn(minutes=FINAL_AFTER.total_seconds() / 60)
    assert (survey.results().answers, survey.results().ratings["overall"]["4"]) == (12, 12)


def test_fewer_than_five_are_never_shown(house: House, survey: Survey) -> None:
    for one in survey.people[:4]:
        survey.answer(one, said="all of it")
    house.clock.turn(days=31)
    results = survey.results()
    assert (results.final, results.answers, results.texts["helped"]) == (True, 0, [])
    assert not any(results.ratings["overall"].values())


def test_a_survey_with_answers_neither_closes_early_nor_opens_again(house: House, survey: Survey) -> None:
    survey.answer(survey.people[0])
    with pytest.raises(ConflictError, match="feedback_has_answers"):
        survey.switch(days=60)
    moved = house.snapshot(event_id=survey.event, sessions=[house.session(house.clock() + timedelta(days=90))])
    house.tell(moved)
    house.clock.turn(days=91)
    assert survey.standing(survey.people[1]) is Standing.OVER


@given(closes_after=st.integers(0, 200), looked_at=st.sets(st.integers(0, 200)))
@example(closes_after=11, looked_at={5, 10})
def test_no_two_looks_differ_by_fewer_than_five_people(closes_after: int, looked_at: set[int]) -> None:
    """Somebody who looks when they like and at the end, subtracting what they saw before."""

    def portions(answers: int) -> list[int]:
        full, rest = divmod(answers, SMALLEST)
        return [SMALLEST] * full + [rest] * bool(rest)

    def seen(answers: int, *, final: bool) -> int:
        held = portions(answers)
        return sum(held[: portions_shown(held, final=final)])

    times = [number for number in sorted(looked_at) if number <= closes_after]
    looks = [seen(number, final=False) for number in times] + [seen(closes_after, final=True)]
    steps = [after - before for before, after in pairwise([0, *looks])]
    assert all(step == 0 or step >= SMALLEST for step in steps)
    assert looks[-1] == (closes_after if closes_after >= SMALLEST else 0)
