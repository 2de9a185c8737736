"""The questions of an event: keys that stay, and retiring instead of deleting."""

from typing import Any

import pytest

from shared.errors import InvalidError
from tests.catalogue.parts import Catalogue

MEAL: dict[str, Any] = {
    "kind": "choice",
    "label": {"de": "Was essen Sie?"},
    "options": [{"label": {"de": "Alles"}}, {"label": {"de": "Vegan"}}],
}
TABLE = {
    "kind": "number",
    "label": {"de": "Wie viele?"},
    "shown_if": {"question": "was-essen-sie", "answers": ["vegan"]},
}


def test_questions_and_options_get_keys_that_read_like_them(catalogue: Catalogue) -> None:
    event = catalogue.event(questions=[MEAL, {**TABLE, "label": MEAL["label"]}])
    assert [question["key"] for question in event.questions] == ["was-essen-sie", "was-essen-sie-2"]
    assert [option["key"] for option in event.questions[0]["options"]] == ["alles", "vegan"]


def test_what_was_public_is_retired_instead_of_deleted(catalogue: Catalogue) -> None:
    event = catalogue.published_event(questions=[MEAL, TABLE])
    meal = {**MEAL, "key": "was-essen-sie", "options": [{"key": "vegan", "label": {"de": "Pflanzlich"}}]}
    catalogue.change(event.id, questions=[meal])
    questions = catalogue.publish(event.id).questions
    assert [(question["key"], question["retired"]) for question in questions] == [
        ("was-essen-sie", False),
        ("wie-viele", True),
    ]
    assert [(option["key"], option["label"]["de"], option["retired"]) for option in questions[0]["options"]] == [
        ("vegan", "Pflanzlich", False),
        ("alles", "Alles", True),
    ]


def test_what_was_never_public_is_deleted(catalogue: Catalogue) -> None:
    draft = catalogue.event(questions=[MEAL])
    assert catalogue.change(draft.id, questions=[]).questions == []
    published = catalogue.published_event(questions=[])
    catalogue.change(published.id, questions=[MEAL])
    catalogue.change(published.id, questions=[])
    assert not catalogue.found(published.id).has_pending_revision


def test_the_other_services_are_told(catalogue: Catalogue) -> None:
    catalogue.published_event(questions=[MEAL], needs=["wheelchair"])
    body = catalogue.sent("event.published")[-1].body
    assert body["questions"][0]["options"][1] == {"key": "vegan", "label": {"de": "Vegan"}, "retired": False}
    assert body["needs"] == ["wheelchair"]


FILE = {"kind": "file", "label": {"de": "Datei"}}


@pytest.mark.parametrize(
    ("questions", "field"),
    [
        ([{**MEAL, "options": []}], "questions.0.options"),
        (
            [{**MEAL, "options": [{"key": "a", "label": {"de": "A"}}, {"key": "a", "label": {"de": "B"}}]}],
            "questions.0.options",
        ),
        ([{**TABLE}], "questions.0.shown_if"),
        ([TABLE, MEAL], "questions.0.shown_if"),
        ([MEAL, {**TABLE, "shown_if": {"question": "was-essen-sie", "answers": ["paella"]}}], "questions.1.shown_if"),
        ([MEAL, {**TABLE, "shown_if": {"question": "was-essen-sie", "answers": []}}], "questions.1.shown_if"),
        ([FILE, {**TABLE, "shown_if": {"question": "datei", "answers": ["x"]}}], "questions.1.shown_if"),
        ([{**FILE, "key": "a"}, {**FILE, "key": "a"}], "questions.1.key"),
        ([FILE] * 4, "questions.3.kind"),
        ([{**FILE, "kind": "essay"}], "questions.0.kind"),
        ([{**FILE, "key": "Not A Key"}], "questions.0"),
        ([{**FILE, "label": {}}], "questions.0.label"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    catalogue: Catalogue, questions: list[dict[str, Any]], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        catalogue.event(questions=questions)
    assert list(refused.value.errors) == [field]


def test_a_published_question_keeps_its_kind(catalogue: Catalogue) -> None:
    event = catalogue.published_event(questions=[MEAL])
    with pytest.raises(InvalidError) as refused:
        catalogue.change(event.id, questions=[{"key": "was-essen-sie", "kind": "text", "label": {"de": "Was?"}}])
    assert list(refused.value.errors) == ["questions.0.kind"]
