"""Placeholders in organisers' words: what is refused, and that nothing but the known values ever comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.letters.catalogue import OF_HOUSE_ALONE, TEMPLATES
from services.notifications.letters.letter import letter_of
from services.notifications.letters.offers import OFFERED
from services.notifications.letters.places import CONFIRMED
from services.notifications.letters.templates import PARTS, PLACEHOLDERS, Template, filled, paragraphs
from services.notifications.reader import Reader

READERS = [Reader(locale, "Europe/Berlin") for locale in ("de", "en")]
VALUES = dict.fromkeys(PLACEHOLDERS, "value")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.locale)
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.key)
def test_the_built_in_words_fit_their_own_rules(template: Template, reader: Reader) -> None:
    words = template.built_in(reader)
    assert [template.fault(part, words[part]) for part in PARTS] == [None] * len(PARTS)
    assert words["subject"]
    assert words["heading"]
    assert set(template.placeholders) <= PLACEHOLDERS.keys()
    assert set(template.needed) <= set(template.placeholders)


def test_letters_about_no_single_event_are_known() -> None:
    assert TEMPLATES.keys() >= OF_HOUSE_ALONE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Hello {nmae}", "{nmae} is not known here. You can use: {name}, {title}, {when}, {where}."),
        ("Hello {deadline}", "{deadline} is not known here. You can use: {name}, {title}, {when}, {where}."),
        ("Hello {name", "Braces stand only around a placeholder, without spaces: {name}."),
        ("Hello { name }", "Braces stand only around a placeholder"),
        ("Hello {{name}}", "Braces stand only around a placeholder"),
        ("Hello {name.__class__}", "Braces stand only around a placeholder"),
        ("Hello {name!r}", "Braces stand only around a placeholder"),
        ("Hello {0}", "Braces stand only around a placeholder"),
        ("Hello {}", "Braces stand only around a placeholder"),
    ],
)
def test_what_is_no_placeholder_is_refused_with_those_that_there_are(words: str, said: str) -> None:
    assert str(CONFIRMED.fault("text", words)).startswith(said)


def test_a_deadline_that_people_need_cannot_be_left_out_of_the_text() -> None:
    assert "{deadline}" in str(OFFERED.fault("text", "A seat is free, {name}."))
    assert OFFERED.fault("text", "Please answer until {deadline}.") is None
    assert OFFERED.fault("closing", "See you.") is None
    assert OFFERED.fault("text", "") is None, "without words the built-in ones stay"


@given(st.text(alphabet=st.sampled_from("ab{}%()$ \nname_.")))
def test_words_are_refused_or_no_brace_is_left_in_them(words: str) -> None:
    if CONFIRMED.fault("text", words) is None:
        assert set(filled(words, VALUES)).isdisjoint("{}")


@given(st.text())
def test_a_value_is_never_read_as_a_placeholder_and_never_begins_a_line(value: str) -> None:
    shown = filled("<{name}>", {"name": value})
    assert "\n" not in shown
    assert "\r" not in shown
    assert filled("{name}", {"name": "{title}", "title": "secret"}) == "{title}"


@given(st.text(alphabet=st.sampled_from("ab \n\t")))
def test_paragraphs_keep_every_word_and_none_is_empty(words: str) -> None:
    found = paragraphs(words, {})
    assert " ".join(found).split() == words.split()
    assert all(part.strip() for part in found)


def test_values_of_other_letters_are_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError):
        filled("{deadline}", {"name": "Ana"})


def test_a_letter_begins_in_the_built_in_words() -> None:
    letter = letter_of(CONFIRMED, READERS[1], VALUES, preview="", greeting="", button=None)
    assert letter.subject == "Your place is confirmed: value"
    assert letter.worded({"heading": "Hi {name}"}).heading == "Hi value"
