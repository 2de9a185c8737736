"""The main tasks without a mouse; wherever the focus is, it is seen. Registering stands in ``test_people``."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.steps import ADMIN, PASSWORD, open_own_page, publish_event, register_by_api, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

MOST_STOPS = 120

_FOCUSED = """() => {
  const element = document.activeElement;
  const shown = (one) => getComputedStyle(one).outlineStyle !== "none" || getComputedStyle(one).boxShadow !== "none";
  return {
    name: (element.labels?.[0]?.textContent || element.textContent).trim(),
    seen: element === document.body || shown(element) || (element.parentElement && shown(element.parentElement)),
    html: element.outerHTML.slice(0, 160),
  };
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what begins with this name has the focus; fails where the focus cannot be seen on the way."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        assert stop["seen"], stop["html"]
        if stop["name"].startswith(name):
            return
    pytest.fail(f"Tab does not reach {name} on {page.url}")


def enter(page: Page, name: str) -> None:
    """Go to what has this name, and on to the page behind it."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_registration_is_cancelled(site: RunningSystem, new_page: NewPage) -> None:
    page, address = new_page(), unique_address("olena")
    register_by_api(site, publish_event(site), address)
    open_own_page(page, site, address)
    enter(page, "Meine Anmeldung absagen")
    enter(page, "Ja, meine Anmeldung absagen")
    expect(page.locator("main")).to_contain_text("abgesagt")


def test_an_organiser_signs_in_and_cancels_for_somebody(site: RunningSystem, new_page: NewPage) -> None:
    event = publish_event(site)
    register_by_api(site, event, unique_address("mehmet"))
    page = new_page()
    page.goto(f"/organise/events/{event['id']}/people")
    tab_to(page, "E-Mail")
    page.keyboard.type(ADMIN)
    tab_to(page, "Passwort")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/people$"))
    enter(page, "Yılmaz")
    enter(page, "Anmeldung absagen")
    tab_to(page, "Begründung")
    page.keyboard.type("Sie hat angerufen.")
    enter(page, "Anmeldung absagen")
    expect(page.locator("main")).to_contain_text("Abgesagt")
