"""Participants' pages in Arabic: another script, so that a sentence without translation shows at once."""

import re

import pytest
from playwright.sync_api import Page

from shared.languages import FOR_PARTICIPANTS
from tests.browser.conftest import NewPage
from tests.browser.steps import sideways

pytestmark = pytest.mark.xdist_group("browser")

PAGES = (
    "/",
    "/series",
    "/series/mso-grundlagen",
    "/events",
    "/events/satzungsarbeit",
    "/subscribe",
    "/privacy",
    "/accessibility",
    "/register/events/satzungsarbeit",
    "/register/events/satzungsarbeit/done",
    "/register/series/mso-grundlagen",
    "/my",
    "/my/sent",
    "/my/not-a-link",
    "/my/erased",
    "/certificates/verify",
    "/certificates/verify/AAAA-BBBB-CCCC",
    "/nowhere",
)

NAMES = {"Outlook", "Thunderbird", "Apple: iPhone, iPad, Mac"}
"""What is called so in every language."""

_TEXTS = """() => {
  const own = "script, style, bdi, code, select, [lang]:not(html), .brand, .footer-organiser, a[href^='mailto:']";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(own)) texts.push(walker.currentNode.data.trim());
  }
  return texts;
}"""
_LATIN = re.compile(r"[A-Za-zÀ-ž]{3,}")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ISOLATED = re.compile("\u2068[^\u2069]*\u2069")
"""Organisers' words inside a sentence, kept apart from it."""

_LATIN_SENTENCE = re.compile(r"[A-Za-zÀ-ž]{2,}(?:\s+[A-Za-zÀ-ž]{2,}){3,}")


def is_untranslated(text: str) -> bool:
    """Whether there are words in Latin letters alone, or a sentence of them among others."""
    text = _ISOLATED.sub("", text)
    if text in NAMES or not _LATIN.search(text):
        return False
    return not _ARABIC.search(text) or _LATIN_SENTENCE.search(text) is not None


def untranslated(page: Page) -> list[str]:
    return [text for text in page.evaluate(_TEXTS) if is_untranslated(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Register", True),
        ("Outlook", False),
        ("افتحوا Outlook", False),
        ("أنتم: please confirm your address", True),
        ("14:00–16:00", False),
        ("أنتم من «\u2068Mitwirkende und geladene Gäste\u2069»", False),
    ],
)
def test_words_without_translation_are_told_from_names(text: str, expected: bool) -> None:
    assert is_untranslated(text) is expected


@pytest.mark.parametrize("path", PAGES)
def test_a_participants_page_says_everything_in_the_readers_language(new_page: NewPage, path: str) -> None:
    page = new_page(width=390, locale="ar")
    page.goto(path)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert untranslated(page) == []
    assert not sideways(page)


@pytest.mark.parametrize("language", FOR_PARTICIPANTS)
def test_dates_in_a_list_do_not_run_into_what_stands_beside_them(new_page: NewPage, language: str) -> None:
    page = new_page(width=390)
    page.goto(f"/?lang={language}")
    too_wide = page.locator(".date-block").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert too_wide
    assert max(too_wide) <= 0
