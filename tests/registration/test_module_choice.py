"""A person who registered for a series chooses its modules anew, on their own page or through the API."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.consistency import findings
from tests.catalogue.browser import Page
from tests.registration.asking import a_question
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.series import SERIES, a_series, enrol
from tests.rules import a_waitlist


@pytest.fixture(autouse=True)
def promises_are_kept(front: Front) -> Any:
    yield
    assert list(findings(front.core.database, front.house.clock())) == []


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


class Course:
    """Three modules, of which Ana has the first two."""

    def __init__(self, front: Front, *modules: dict[str, Any], **wish: Any) -> None:
        self.front = front
        self.events = a_series(front.house, *(modules or ({}, {}, {})))
        wanted = {"modules": [str(one) for one in self.events[:2]], "locale": "en", **wish}
        made = enrol(front, "Ana Novak", **wanted).get_json()
        self.enrolment, self.first = made["id"], UUID(made["modules"][0]["registration_id"])

    @property
    def path(self) -> str:
        return f"/my/{self.front.token_of(self.first)}"

    @property
    def form(self) -> str:
        return f"{self.path}/enrolments/{self.enrolment}/modules"

    def choose(self, *numbers: int, **values: Any) -> Any:
        modules = [str(self.events[number]) for number in numbers]
        return self.front.patch(f"{self.path}/enrolments/{self.enrolment}", {"modules": modules, **values})

    def summary(self) -> Any:
        return self.front.house.messages("enrolment.changed.v1")[-1]


def newest(course: Course) -> list[str | None]:
    return [one["state"] for one in course.summary().body["modules"]]


def test_modules_are_taken_and_given_up_at_once_and_one_summary_tells_it(front: Front, visitor: Browser) -> None:
    course = Course(front)
    link = visitor.open(course.path).one("a[href$='/modules']")
    form = visitor.open(str(link["href"]))
    assert [box.get("value") for box in form.soup.select("[name=modules][checked]")] == list(
        map(str, course.events[:2])
    )
    page = visitor.open(visitor.send(form, modules=[str(one) for one in course.events[1:]]).location)
    assert "Your modules are saved." in page.words
    assert newest(course) == ["cancelled", "confirmed", "confirmed"]
    assert (course.summary().version, course.summary().body["change"]) == (2, "enrolled")
    told = front.house.messages("registration.cancelled.v1", "registration.confirmed.v1")
    assert all(row.body["summarised"] for row in told)
    assert len(front.house.messages("enrolment.changed.v1")) == 2


def test_a_seat_that_is_given_up_goes_to_the_next_and_a_full_module_is_waited_for(front: Front) -> None:
    course = Course(front, {"capacity": 1}, {}, {"capacity": 0})
    waiting = front.house.register(course.events[0]).registration_id
    assert course.choose(1, 2).status_code == 200
    assert front.house.state(waiting) == "confirmed"
    assert newest(course) == ["cancelled", "confirmed", "waitlisted"]


def test_a_module_that_was_given_up_is_taken_again_behind_the_others(front: Front, visitor: Browser) -> None:
    course = Course(front, {"capacity": 1}, {}, {})
    front.house.register(course.events[0])
    course.choose(1)
    assert course.choose(0, 1).status_code == 200
    assert newest(course) == ["waitlisted", "confirmed"]
    assert len(visitor.open(course.path).soup.select("article.panel details summary .badge")) >= 2


def test_the_same_choice_once_more_changes_nothing(front: Front, visitor: Browser) -> None:
    course = Course(front)
    assert visitor.send(visitor.open(course.form)).status == 303
    assert course.choose(0, 1).status_code == 200
    assert len(front.house.messages("enrolment.changed.v1")) == 1


def test_what_a_new_module_asks_is_answered_with_it(front: Front, visitor: Browser) -> None:
    course = Course(front, {}, {}, {"questions": [a_question("aim", required=True)]})
    form = visitor.open(course.form)
    assert "Only for: Association law" in form.words
    everything = [str(one) for one in course.events]
    refused = visitor.send(form, modules=everything)
    assert refused.status == 422
    assert refused.soup.select("#error-summary a[href='#field-answers.aim']")
    assert newest(course) == ["confirmed", "confirmed"]
    assert visitor.send(form, modules=everything, **{"answers.aim": "statutes"}).status == 303
    assert newest(course) == ["confirmed"] * 3


def test_nothing_is_done_if_one_module_refuses(front: Front, visitor: Browser) -> None:
    full = {"capacity": 5, "max_per_organisation": 1, "waitlist": a_waitlist(enabled=False)}
    course = Course(front, {}, {}, full, organisation="Verein")
    front.house.register(course.events[2], organisation="Verein")
    page = visitor.send(visitor.open(course.form), modules=[str(one) for one in course.events[1:]])
    assert page.status == 422
    assert "Your organisation has all the seats that one organisation can have at this event." in page.words
    assert newest(course) == ["confirmed", "confirmed"]


def test_at_least_one_module_stays_and_no_other_event_is_a_module(front: Front) -> None:
    course = Course(front)
    elsewhere = front.house.event()
    assert course.choose().status_code == 422
    course.events.append(elsewhere)
    assert course.choose(0, 3).status_code == 422
    assert newest(course) == ["confirmed", "confirmed"]


def test_whoever_waits_for_the_whole_cannot_choose_anew(front: Front, visitor: Browser) -> None:
    course = Course(front, {"capacity": 0}, {}, {}, mode="whole")
    assert not visitor.open(course.path).soup.select("a[href$='/modules']")
    assert visitor.open(course.form).status == 303
    assert course.choose(0, 1, 2).status_code == 409


def test_somebody_elses_registration_is_not_found(front: Front, visitor: Browser) -> None:
    course = Course(front)
    stranger = front.token_of(front.house.register(front.house.event()).registration_id)
    page: Page = visitor.open(f"/my/{stranger}/enrolments/{course.enrolment}/modules")
    assert page.status == 404
    assert SERIES["title"]["en"] not in page.words
