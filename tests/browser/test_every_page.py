"""Every page: nothing for axe to find, nothing that scrolls sideways, in light and dark."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.places import make_places
from tests.browser.steps import (
    fill_registration,
    follow,
    go,
    publish_event,
    send_registration,
    sideways,
    unique_address,
)
from tests.browser.test_untranslated import untranslated
from tests.browser.visits import PUBLIC, STAFF
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

Check = Callable[[Page], None]

FOR_OTHERS = ("/login", "/mailbox", "/api/")
"""Public pages that participants do not read: they exist in organisers' languages alone."""

ENTERED = {
    *("Fachberatung Migrantenselbstorganisationen", "Der Paritätische NRW", "kontakt@reihe.example"),
    *("Fotos von mir", "Im Jahresbericht.", "Rechenhaus eG", "Betreibt den Server.", "Essen, Deutschland"),
}
"""What a privacy notice takes over from organisers' forms, each in a paragraph of its own direction."""


@pytest.fixture
def check(check_accessibility: CheckAccessibility) -> Check:
    """Looks at a page on a small and on a large screen; in dark only the colours differ."""

    def checked(page: Page) -> None:
        page.emulate_media(color_scheme="light")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert sideways(page) == 0, f"{page.url} at {width} pixels"
            if width > 320:
                check_accessibility(page)
        page.emulate_media(color_scheme="dark")
        check_accessibility(page, only="colours")

    return checked


@pytest.fixture(scope="module")
def places(browser: Browser, site: RunningSystem, signed_in: StorageState) -> dict[str, str]:
    """What the paths' placeholders stand for."""
    return make_places(browser, site, signed_in)


@pytest.fixture
def a_page(new_page: NewPage) -> Page:
    return new_page(reduced_motion="reduce")


def test_public_pages(places: dict[str, str], a_page: Page, check: Check) -> None:
    for path in PUBLIC:
        visit(a_page, path.format_map(places))
        check(a_page)


def test_participants_pages_in_arabic(places: dict[str, str], new_page: NewPage) -> None:
    """Another script and direction: what is not translated shows at once."""
    page = new_page(width=390, locale="ar")
    found: dict[str, list[str]] = {}
    for path in PUBLIC:
        if path.startswith(FOR_OTHERS):
            continue
        address = path.format_map(places)
        visit(page, f"{address}{'&' if '?' in address else '?'}lang=ar")
        assert page.locator("html").get_attribute("dir") == "rtl", path
        found[path] = [text for text in untranslated(page) if text not in ENTERED]
        assert not sideways(page), path
    assert {path: texts for path, texts in found.items() if texts} == {}


def visit(page: Page, path: str) -> None:
    """Go there; fails if it leads on to another page, or if the server has failed."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status < 500, path
    assert page.url.endswith(path), f"{path} leads to {page.url}"


def test_organisers_pages(places: dict[str, str], new_page: NewPage, signed_in: StorageState, check: Check) -> None:
    page = new_page(reduced_motion="reduce", storage_state=signed_in)
    page.goto("/organise/accounts")
    account = page.locator("tbody th a").first.get_attribute("href") or ""
    known = {**places, "account": account.rpartition("/")[2], "reminder": a_reminder(page, places["event"], check)}
    for path in STAFF:
        visit(page, path.format_map(known))
        check(page)


def a_reminder(page: Page, event_id: str, check: Check) -> str:
    """The one that is suggested."""
    page.goto(f"/organise/events/{event_id}/mail/reminders")
    check(page)
    page.get_by_role("button", name="Am Tag davor erinnern").click()
    page.wait_for_url(re.compile(r"/mail/reminders/[0-9a-f-]+$"))
    return page.url.rpartition("/")[2]


def test_what_answers_a_registration(site: RunningSystem, a_page: Page, check: Check) -> None:
    """The form that refuses, the page after it, correcting the address, the form of a full event, its second answer."""
    event, address = publish_event(site, capacity=1), unique_address("olena")
    fill_registration(a_page, event, "no address")
    a_page.locator("main form").evaluate("form => form.noValidate = true")
    go(a_page, a_page.locator("main form button").last)
    check(a_page)
    for _ in range(2):
        fill_registration(a_page, event, address)
        check(a_page)
        send_registration(a_page)
        check(a_page)
        if a_page.get_by_role("link", name="Adresse berichtigen").count():
            _correct_the_address(a_page, check)


def _correct_the_address(page: Page, check: Check) -> None:
    follow(page, "Adresse berichtigen")
    check(page)
    go(page, page.locator("main form button").last)
    check(page)


def test_the_refusal_of_a_form_that_comes_from_elsewhere(a_page: Page, check: Check) -> None:
    a_page.goto("/my")
    a_page.locator("[name=email]").fill(unique_address("olena"))
    a_page.locator("main [name=csrf_token]").evaluate("field => field.value = 'of another site'")
    with a_page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        a_page.locator("main form button").last.click()
    assert posted.value.status == 403
    a_page.wait_for_load_state()
    check(a_page)
