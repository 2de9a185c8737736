"""Questions and needs in forms."""

import base64
import io
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.answers import answers_of
from services.registration.kept_needs import needs_of
from services.registration.models import Registration
from shared.vault import Vault
from tests.registration.asking import MEAL, SEATS_AT_TABLE, a_question
from tests.registration.browser import Browser, form_of
from tests.registration.front import Front

SLUG = "dinner"
QUESTIONS = [MEAL, SEATS_AT_TABLE, a_question("cv", "file"), a_question("note", "info")]
VAULT = Vault(("n" * 40,))


@pytest.fixture
def event(front: Front) -> UUID:
    return front.house.event(slug=SLUG, questions=QUESTIONS, needs=["wheelchair", "childcare", "diet"])


def registration(front: Front) -> UUID:
    with front.core.database.read() as session:
        return session.scalars(select(Registration.id)).one()


def test_the_form_says_when_a_question_is_asked(front: Front, event: UUID) -> None:
    page = Browser(front).open(form_of(SLUG))
    assert "Only if you answer “Meal” with: Vegan" in page.words
    assert page.one("[data-shown-if]").get("data-shown-answers") == "vegan"
    assert not page.one("[name='answers.table']").has_attr("required")
    assert page.one("main form").get("enctype") == "multipart/form-data"
    assert "Note" in page.words
    assert not page.soup.select("[name='answers.note'], [name='needs.other']")


def test_what_was_typed_stays_until_it_is_right(front: Front, event: UUID) -> None:
    browser = Browser(front)
    said: dict[str, Any] = {"answers.meal": "vegan", "needs.childcare": "three", "needs.diet": ["halal", "no_nuts"]}
    refused = browser.register(SLUG, **said)
    assert refused.status == 422
    assert refused.errors() == [
        "Table: Please fill this in.",
        "Childcare: Please enter the ages of the children in years, such as 3, 5.",
    ]
    assert refused.value("answers.meal") == "vegan"
    assert refused.value("needs.childcare") == "three"
    file = (io.BytesIO(b"%PDF-1.7"), "cv.pdf")
    better: dict[str, Any] = {"answers.table": "3", "needs.childcare": "5, 3", "answers.cv": file}
    sent = browser.send(refused, **better)
    assert sent.status == 303, sent.errors()
    made = registration(front)
    with front.core.database.read() as session:
        answers = answers_of(session, [made])[made]
        assert (answers["meal"], answers["table"], answers["cv"]["name"]) == ("vegan", 3, "cv.pdf")
        assert needs_of(session, VAULT, made) == {"childcare": [3, 5], "diet": ["halal", "no_nuts"]}


def test_a_person_sees_and_changes_their_answers_and_needs(front: Front, event: UUID) -> None:
    browser = Browser(front)
    made = UUID(front.register(event, "Ana Novak", locale="en", answers={"meal": "vegan", "table": 4}).get_json()["id"])
    mine = f"/my/{front.token_of(made)}"
    assert "See and change my details" in browser.open(mine).words
    page = browser.open(f"{mine}/registrations/{made}/details")
    assert (page.value("answers.meal"), page.value("answers.table")) == ("vegan", "4")
    refused = browser.send(page, **{"answers.table": "many"})
    assert (refused.status, refused.value("answers.table")) == (422, "many")
    saved = browser.send(refused, **{"answers.table": "5", "needs.wheelchair": "yes"})
    assert saved.status == 303
    assert "Your details are saved." in browser.open(saved.location).words
    with front.core.database.read() as session:
        assert answers_of(session, [made])[made] == {"meal": "vegan", "table": 5}
        assert needs_of(session, VAULT, made) == {"wheelchair": True}
    strangers = UUID(front.register(event, "Bo Berg", answers={"meal": "all"}).get_json()["id"])
    assert browser.open(f"{mine}/registrations/{strangers}/details").status == 404


def test_a_person_corrects_their_name_and_organisation_where_nothing_is_asked(front: Front) -> None:
    browser = Browser(front)
    made = UUID(front.register(front.house.event(), "Ana Nowak", locale="en").get_json()["id"])
    mine = f"/my/{front.token_of(made)}"
    page = browser.open(str(browser.open(mine).one("a[href$='/details']")["href"]))
    assert (page.value("first_name"), page.value("last_name")) == ("Ana", "Nowak")
    refused = browser.send(page, last_name="", organisation="Brücke")
    assert (refused.status, refused.value("organisation")) == (422, "Brücke")
    saved = browser.send(refused, last_name="Novak")
    assert "Your details are saved." in browser.open(saved.location).words
    corrected = front.house.registration(made)
    assert (corrected.name, corrected.organisation) == ("Ana Novak", "Brücke")


def test_a_seat_does_not_move_to_an_organisation_that_has_all_of_its_own(front: Front) -> None:
    browser = Browser(front)
    event = front.house.event(max_per_organisation=1)
    front.register(event, "Bo Berg", organisation="Brücke")
    made = UUID(front.register(event, "Ana Novak", locale="en", organisation="Verein").get_json()["id"])
    page = browser.open(f"/my/{front.token_of(made)}/registrations/{made}/details")
    refused = browser.send(page, first_name="Anna", organisation="Brücke")
    assert (refused.status, refused.value("organisation")) == (409, "Brücke")
    assert "all the seats that one organisation can have" in refused.words
    kept = front.house.registration(made)
    assert (kept.first_name, kept.organisation) == ("Ana", "Verein")


def test_an_organiser_sees_the_answers_and_fetches_the_file(front: Front, event: UUID) -> None:
    pdf = {"name": "cv.pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}
    made = front.register(event, "Ana Novak", answers={"meal": "vegan", "table": 4, "cv": pdf}).get_json()["id"]
    path = f"/organise/events/{event}/people/{made}"
    page = Browser(front, "alice").open(path)
    assert page.all_in("Answers", "dd") == ["Vegan", "4", "cv.pdf"]
    link = str(page.one("a[href*='/files/']")["href"])
    file = Browser(front, "alice").client.get(link)
    assert (file.data, file.mimetype) == (b"%PDF-1.7", "application/pdf")
    assert file.headers["Content-Disposition"] == "attachment; filename=cv.pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert Browser(front, "audrey").client.get(link).status_code == 403
    assert Browser(front, "charlie").client.get(link).status_code == 403


def test_needs_are_counted_for_organisers_and_named_for_their_role_alone(front: Front, event: UUID) -> None:
    needs = {"wheelchair": True, "childcare": [3], "diet": ["halal"]}
    front.register(event, "Ana Novak", answers={"meal": "all"}, needs=needs)
    page = Browser(front, "alice").open(f"/organise/events/{event}/needs")
    assert page.all_in("To plan for", "tbody th") == [
        "A place for a wheelchair, and a way without steps",
        "Childcare, aged 3",
        "Food: Halal",
    ]
    assert page.all_in("To plan for", "tbody td") == ["1", "0"] * 3
    assert "Novak" not in page.words
    named = Browser(front, "charlie").open(f"/organise/events/{event}/needs")
    assert named.all_in("Who needs what", "tbody th") == ["Novak, Ana"]
    assert "Childcare: 3" in named.words
    assert Browser(front, "bob").open(f"/organise/events/{event}/needs").status == 403
