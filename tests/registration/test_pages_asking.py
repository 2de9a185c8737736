"""Questions and needs in forms."""

import io
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.answers import answers_of
from services.registration.kept_needs import needs_of
from services.registration.models import Registration
from services.registration.vault import Vault
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
