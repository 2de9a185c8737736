"""Certificates in a browser: progress that goes on by itself, revoking, and checking a code and a file."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.testing import eventually
from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import NOTIFICATIONS, earned_by, go, issued, press, sideways, sign_in
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def check(check_accessibility: CheckAccessibility) -> Callable[[Page], None]:
    def checked(page: Page) -> None:
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            check_accessibility(page)
            assert sideways(page) == 0, (page.url, width)

    return checked


def open_room(page: Page, event: dict[str, Any], people: int) -> None:
    """The tab, as soon as notifications has heard of all who earned one."""
    sign_in(page)
    expect(page).not_to_have_url("/login")

    def all_listed() -> bool:
        page.goto(f"/organise/events/{event['id']}/certificates")
        return page.locator("tbody tr").count() == people

    eventually(all_listed)


def test_issuing_shows_progress_and_ends_without_a_hand(
    site: RunningSystem, new_page: NewPage, check: Callable[[Page], None]
) -> None:
    names = ["Olena", "Fatima", "João", "Şirin", "Łukasz", "Đức", "王"]
    event, page = earned_by(site, *names), new_page()
    open_room(page, event, len(names))
    check(page)
    page.get_by_role("button", name="Alle 7 offenen ausstellen").click()
    expect(page.locator("#certificates")).not_to_have_attribute("data-refresh", "2")
    expect(page.get_by_role("main")).to_contain_text("6 Bescheinigungen wurden ausgestellt")
    expect(page.get_by_role("main")).to_contain_text("Das Dokument kann 王 nicht darstellen")
    expect(page.locator("a[id^=pdf-]")).to_have_count(6)
    check(page)


def test_issuing_to_some_and_revoking(site: RunningSystem, new_page: NewPage, check: Callable[[Page], None]) -> None:
    event, page = earned_by(site, "Olena", "Fatima"), new_page()
    open_room(page, event, 2)
    page.get_by_role("checkbox", name="Fatima Yılmaz").check()
    page.get_by_role("button", name="Ausgewählte ausstellen").click()
    expect(page.locator("a[id^=pdf-]")).to_have_count(1)
    go(page, page.locator("a[id^=revoke-]"))
    check(page)
    page.locator("[name=reason]").fill("Der Name war falsch.")
    page.get_by_role("button", name="Bescheinigung widerrufen").click()
    expect(page.locator("tbody")).to_contain_text("Der Name war falsch.")
    check(page)


def test_without_scripts_it_is_issued_all_the_same(site: RunningSystem, new_page: NewPage) -> None:
    event, page = earned_by(site, "Olena"), new_page(javascript=False)
    open_room(page, event, 1)
    press(page, "Die offene ausstellen")

    def is_issued() -> bool:
        page.reload()
        return page.locator("a[id^=pdf-]").count() == 1

    eventually(is_issued)


def test_a_code_and_a_file_are_checked(site: RunningSystem, new_page: NewPage, check: Callable[[Page], None]) -> None:
    (certificate,), page = issued(site, earned_by(site, "Olena")), new_page()
    pdf = site.get(f"{NOTIFICATIONS}/certificates/{certificate['number']}.pdf", staff=True).content
    page.goto("/certificates/verify")
    page.locator("[name=code]").fill(certificate["code"].lower().replace("-", " "))
    page.get_by_role("button", name="Prüfen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diese Bescheinigung ist gültig")
    expect(page.get_by_role("main")).to_contain_text("O. Y.")
    check(page)
    for content, said in ((pdf, "unverändert"), (pdf + b" ", "nicht die Datei, die wir ausgestellt haben")):
        page.locator("[name=file]").set_input_files({"name": "c.pdf", "mimeType": "application/pdf", "buffer": content})
        page.get_by_role("button", name="Datei vergleichen").click()
        expect(page.locator("main [role=status]")).to_contain_text(said)
    check(page)
    revoke = f"{NOTIFICATIONS}/certificates/{certificate['number']}/revoke"
    assert site.post(revoke, {"reason": "Nicht dagewesen."}, staff=True).status_code == 200
    page.goto(f"/certificates/verify/{certificate['code']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Diese Bescheinigung ist nicht mehr gültig")
    check(page)
