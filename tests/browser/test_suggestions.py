"""Organisations are suggested while somebody types their name: with the keyboard, with a finger, and not at all."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import fill_registration, publish_event, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

NAMES = ("Wortwechsel Bonn", "Wortwechsel Köln")
TWINS = ("Zwillinge", ("Aachen", "Zeitz"))
"""Two with the same name."""


@pytest.fixture(scope="module")
def event(site: RunningSystem) -> dict[str, Any]:
    """An event to register for, while the directory knows two organisations."""
    for name in NAMES:
        entry = {"name": name, "municipality": name.split()[-1]}
        assert site.post("/api/registration/v1/organisations", entry, staff=True).status_code == 201
    for municipality in TWINS[1]:
        entry = {"name": TWINS[0], "municipality": municipality}
        assert site.post("/api/registration/v1/organisations", entry, staff=True).status_code == 201
    return publish_event(site)


@pytest.fixture
def page(event: dict[str, Any], new_page: NewPage) -> Page:
    opened = new_page(reduced_motion="reduce")
    fill_registration(opened, event, unique_address("olena"))
    return opened


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Organisation")


def suggestions(page: Page, **which: Any) -> Locator:
    """Without the options of other fields."""
    return page.get_by_role("listbox").get_by_role("option", **which)


def typed(page: Page, text: str) -> Locator:
    field(page).fill("")
    field(page).press_sequentially(text)
    return suggestions(page)


def test_the_keyboard_chooses(page: Page, check_accessibility: CheckAccessibility) -> None:
    expect(typed(page, "wortw")).to_have_count(2)
    expect(page.get_by_role("status")).to_contain_text("2")
    field(page).press("ArrowUp")
    expect(suggestions(page, selected=True)).to_contain_text("Köln")
    field(page).press("ArrowDown")
    expect(suggestions(page, selected=True)).to_contain_text("Bonn")
    check_accessibility(page)
    field(page).press("Enter")
    expect(field(page)).to_have_value("Wortwechsel Bonn")
    expect(suggestions(page)).to_have_count(0)
    assert page.url.count("/done") == 0


def test_a_finger_chooses(page: Page) -> None:
    typed(page, "wechsl koln").filter(has_text="Köln").click()
    expect(field(page)).to_have_value("Wortwechsel Köln")


def test_two_with_the_same_name_are_told_apart_until_something_else_is_typed(page: Page) -> None:
    typed(page, "zwillin").filter(has_text="Zeitz").click()
    expect(field(page)).to_have_value("Zwillinge")
    place = page.get_by_role("paragraph").filter(has_text="Zeitz")
    expect(place).to_be_visible()
    chosen = page.locator("input[name=organisation_id]")
    assert len(chosen.input_value()) == 36
    field(page).press_sequentially(" und Drillinge")
    expect(chosen).to_have_value("")
    expect(place).to_have_count(0)


def test_escape_closes_and_keeps_what_was_typed(page: Page) -> None:
    expect(typed(page, "wortw")).to_have_count(2)
    field(page).press("Escape")
    expect(suggestions(page)).to_have_count(0)
    expect(field(page)).to_have_value("wortw")


def test_without_scripts_it_is_a_plain_field(event: dict[str, Any], new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(f"/register/events/{event['slug']}")
    page.get_by_role("textbox", name="Organisation").fill("Wortwechsel")
    expect(page.get_by_role("combobox", name="Organisation")).to_have_count(0)
