"""Every language says to participants all that there is to say, and organisers' pages keep to theirs."""

from gettext import NullTranslations

import pytest

from shared.languages import (
    FOR_ORGANISERS,
    FOR_PARTICIPANTS,
    NAMES,
    UNREVIEWED,
    best_language,
    language_tag,
    name_of_language,
    translations,
)
from shared.web.language import SHARED_CATALOGUES, is_for_organisers
from tests.audiences import idle_patterns
from tests.translations import LANGUAGES, PARTS, complaints, stored

PLURAL_FORMS = {"de": 2, "de-leicht": 2, "fr": 2, "tr": 1, "uk": 3, "ar": 6}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_sentence_that_the_readers_of_a_language_meet_is_translated(part: str, language: str) -> None:
    assert list(complaints(part, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_catalogue_has_the_plural_forms_of_its_language(part: str, language: str) -> None:
    assert stored(part, language).num_plurals == PLURAL_FORMS[language]


def test_the_places_that_are_named_as_organisers_exist() -> None:
    assert list(idle_patterns()) == []


def test_every_language_has_a_name_for_itself() -> None:
    assert set(FOR_PARTICIPANTS) <= set(NAMES)
    assert set(FOR_ORGANISERS) | UNREVIEWED <= set(FOR_PARTICIPANTS)


def test_others_are_told_of_a_language_by_its_registered_tag() -> None:
    assert [language_tag(code) for code in ("de", "de-leicht", "uk")] == ["de", "de-simple", "uk"]


def test_a_variety_without_a_name_in_the_readers_language_has_its_own() -> None:
    assert name_of_language("de-leicht", "en") == "Leichte Sprache"
    assert name_of_language("uk", "de-leicht") == "Ukrainisch"


def test_a_variety_says_in_its_base_language_what_it_has_no_words_of_its_own_for() -> None:
    catalogues: NullTranslations = translations("de-nirgends", SHARED_CATALOGUES)
    assert catalogues.gettext("Organisers") == translations("de", SHARED_CATALOGUES).gettext("Organisers")
    assert best_language({"en": "Law", "de": "Recht"}, "de-nirgends") == "de"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/organise", True), ("/organise/events", True), ("/check-in/x", True), ("/organised", False), ("/my/x", False)],
)
def test_organisers_pages_are_known_by_their_paths(path: str, expected: bool) -> None:
    assert is_for_organisers(path) is expected
