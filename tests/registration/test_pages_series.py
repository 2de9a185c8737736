"""How far people are on the way to a series' certificate, on the organisers' page and on their own."""

import pytest

from services.registration.certificates import store_certificate
from shared.database import new_id
from shared.links import certificate_token
from tests.registration.browser import Browser
from tests.registration.front import LINK_KEY, Front
from tests.registration.test_series_certificates import Course


@pytest.fixture
def course(front: Front) -> Course:
    return Course(front.house)


def certified(front: Front, course: Course) -> str:
    """As notifications would tell of the certificate; where it can be fetched."""
    told = {
        "certificate_id": new_id(),
        "earned_id": course.verdict().id,
        "series_id": course.series["series_id"],
        "registration_id": course.ana[2],
        "event_id": course.modules[2]["event_id"],
        "number": "2027-0001",
        "code": "code",
        "state": "valid",
        "issued_at": front.house.clock(),
    }
    with front.core.database.unit_of_work(front.house.clock()) as uow:
        store_certificate(uow, told)
        uow.commit()
    return f"/certificates/{certificate_token(LINK_KEY, told['certificate_id'], 0)}.pdf"


def page_of(course: Course) -> str:
    return f"/organise/series/{course.series['series_id']}/attendance"


def test_organisers_see_who_has_earned_it_and_what_others_lack(front: Front, course: Course) -> None:
    bo = course.enrol(course.modules[0]["event_id"], "Bo Berg", organisation="Brücke")
    course.attend(1, bo)
    course.ana_attends(1, 3)
    page = Browser(front, "alice").open(page_of(course))
    assert "One person has earned the certificate for the series so far." in page.words
    assert page.all("tbody tr") == [
        "Berg, Bo Brücke 1 of 3 1 of 2 modules. Module 3 is missing.",
        "Novak, Ana 2 of 3 earned",
    ]
    found = Browser(front, "audrey").open(f"{page_of(course)}?q=nov")
    assert found.all("tbody th") == ["Novak, Ana"]
    assert "Nobody fits" in Browser(front, "alice").open(f"{page_of(course)}?q=zzz").words


def test_a_series_without_a_rule_or_without_anybody_says_so(front: Front, course: Course) -> None:
    assert "Nobody was there yet" in Browser(front, "alice").open(page_of(course)).words
    course.tell(None)
    assert "There is no certificate for the series as a whole" in Browser(front, "alice").open(page_of(course)).words


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("audrey", 200), ("adam", 200), ("bob", 403)])
def test_only_organisers_and_auditors_see_a_series_people(front: Front, course: Course, name: str, status: int) -> None:
    assert Browser(front, name).open(page_of(course)).status == status
    unknown = Browser(front, name).open("/organise/series/01890000-0000-7000-8000-000000000000/attendance").status
    assert unknown == (404 if status == 200 else 403)


def test_a_person_sees_how_far_they_are_in_the_whole_series(front: Front, course: Course) -> None:
    visitor, own = Browser(front), f"/my/{front.token_of(course.ana[0])}?lang=en"
    assert not visitor.open(own).soup.select("#in-whole")
    course.ana_attends(1)
    assert (
        "Foundations Ana Novak So far you were at 1 of 3 modules. "
        "For the certificate: 1 of 2 modules. Module 3 is missing."
    ) in visitor.open(own).words
    course.ana_attends(3)
    assert "You have earned the certificate for the whole series." in visitor.open(own).words
    certificate = certified(front, course)
    assert (
        visitor.open(own).one(f"a[href='{certificate}']").get_text().strip() == "Certificate for the whole series (PDF)"
    )
    assert "No. 2027-0001" in Browser(front, "alice").open(page_of(course)).words
