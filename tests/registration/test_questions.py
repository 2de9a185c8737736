"""What raw input means as answers to questions."""

import io
import zipfile
from typing import Any

import pytest

from services.registration.questions import Answers, answered, questions_from
from services.registration.uploads import LARGEST_FILE, MEDIA_TYPES, Upload
from tests.registration.asking import MEAL, SEATS_AT_TABLE, a_question, an_option

TOPICS = a_question("topics", "several", options=[an_option("law"), an_option("money"), an_option("old", retired=True)])


def answers_to(raw: dict[str, Any], *questions: dict[str, Any]) -> Answers:
    values, errors = answered(questions_from(questions), raw)
    assert not errors
    return values


def wrong_fields(raw: dict[str, Any], *questions: dict[str, Any]) -> list[str]:
    _values, errors = answered(questions_from(questions), raw)
    assert all(str(text) for texts in errors.values() for text in texts)
    return sorted(errors)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  two   words ", "two words"),
        ("long_text", "one\r\ntwo", "one\ntwo"),
        ("organisation", "Verein e. V.", "Verein e. V."),
        ("email", "Mina@Example.org", "mina@example.org"),
        ("phone", "+49 (234) 567-890", "+49 (234) 567-890"),
        ("number", "3,5", 3.5),
        ("number", "12", 12),
        ("number", 7.0, 7),
        ("date", "2027-03-28", "2027-03-28"),
        ("yes_no", "no", False),
        ("yes_no", True, True),
    ],
)
def test_an_answer_is_kept_in_one_form_whichever_door_it_came_through(kind: str, raw: Any, value: Any) -> None:
    answer = answers_to({"q": raw}, a_question("q", kind))["q"]
    assert answer == value
    assert type(answer) is type(value)
    assert answers_to({"q": answer}, a_question("q", kind)) == {"q": answer}


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", "a\nb"),
        ("text", "x" * 201),
        ("text", 7),
        ("email", "nobody"),
        ("phone", "call me"),
        ("number", "many"),
        ("number", True),
        ("number", float("inf")),
        ("number", 10**13),
        ("date", "28.03.2027"),
        ("date", "9999-01-01"),
        ("date", 5),
        ("yes_no", "maybe"),
        ("yes_no", 1),
        ("file", "a.pdf"),
        ("file", {"name": "a.pdf", "content": "no base64!"}),
        ("file", {"file_id": "01890000-0000-7000-8000-0000000000e1", "name": "a.pdf", "size": 3}),
    ],
)
def test_what_is_no_answer_of_its_kind_is_an_error_of_its_field(kind: str, raw: Any) -> None:
    assert wrong_fields({"q": raw}, a_question("q", kind)) == ["answers.q"]


@pytest.mark.parametrize("raw", [None, "", "  ", []])
def test_an_empty_answer_is_none_and_missing_where_it_is_required(raw: Any) -> None:
    assert answers_to({"q": raw}, a_question("q")) == {}
    assert wrong_fields({"q": raw}, a_question("q", required=True)) == ["answers.q"]


def test_only_offered_options_can_be_chosen_and_several_come_in_their_order() -> None:
    assert answers_to({"topics": ["money", "law", "money"]}, TOPICS) == {"topics": ["law", "money"]}
    assert wrong_fields({"topics": ["old"]}, TOPICS) == ["answers.topics"]
    assert wrong_fields({"topics": "law"}, TOPICS) == ["answers.topics"]
    assert wrong_fields({"meal": "paella"}, MEAL) == ["answers.meal"]


def test_a_question_is_asked_only_of_whoever_met_its_condition() -> None:
    assert answers_to({"meal": "all", "table": "4"}, MEAL, SEATS_AT_TABLE) == {"meal": "all"}
    assert answers_to({"meal": "vegan", "table": "4"}, MEAL, SEATS_AT_TABLE) == {"meal": "vegan", "table": 4}
    assert wrong_fields({"meal": "vegan"}, MEAL, SEATS_AT_TABLE) == ["answers.table"]


def test_a_condition_on_a_hidden_question_is_not_met() -> None:
    hidden = a_question("sure", "yes_no", shown_if={"question": "meal", "answers": ["vegan"]})
    behind = a_question("why", shown_if={"question": "sure", "answers": ["yes"]})
    assert answers_to({"meal": "all", "sure": "yes", "why": "so"}, MEAL, hidden, behind) == {"meal": "all"}
    found = answers_to({"meal": "vegan", "sure": "yes", "why": "so"}, MEAL, hidden, behind)
    assert found == {"meal": "vegan", "sure": True, "why": "so"}


def test_unknown_retired_and_merely_informing_questions_take_no_answer() -> None:
    questions = [a_question("old", retired=True, required=True), a_question("note", "info")]
    assert wrong_fields({"old": "1", "note": "2", "new": "3"}, *questions) == [
        "answers.new",
        "answers.note",
        "answers.old",
    ]
    assert answers_to({}, *questions) == {}


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


ODT = archive(mimetype=MEDIA_TYPES[".odt"])
DOCX = archive(**{"[Content_Types].xml": "", "word/document.xml": ""})


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("C:\\papers\\CV.PDF", b"%PDF-1.7 ...", "CV.PDF"),
        ("../../photo.jpeg", b"\xff\xd8\xff\xe0", "photo.jpeg"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "x.png"),
        ("x.odt", ODT, "x.odt"),
        ("x.docx", DOCX, "x.docx"),
        ("y" * 300 + ".pdf", b"%PDF-", "y" * 116 + ".pdf"),
    ],
)
def test_a_file_of_a_known_kind_is_kept_under_a_name_without_a_path(name: str, content: bytes, kept: str) -> None:
    upload = answers_to({"f": (name, content)}, a_question("f", "file"))["f"]
    assert isinstance(upload, Upload)
    assert (upload.name, upload.content) == (kept, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.html", b"<script>"),
        ("x.pdf", b"<script>"),
        ("x.png", b"%PDF-"),
        ("x.docx", ODT),
        ("x.odt", DOCX),
        ("x.docx", b"PK\x03\x04 broken"),
        ("x.pdf", b""),
        ("x.pdf", b"%PDF-" + b"0" * LARGEST_FILE),
        ("x\x00.pdf", b"%PDF-"),
        ("pdf", b"%PDF-"),
    ],
)
def test_a_file_that_is_not_what_it_says_or_too_large_is_refused(name: str, content: bytes) -> None:
    assert wrong_fields({"f": (name, content)}, a_question("f", "file")) == ["answers.f"]
