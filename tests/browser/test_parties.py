"""Somebody registers several people on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import (
    expect_heading,
    open_own_page,
    publish_event,
    send_registration,
    sideways,
    unique_address,
)
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_a_group_is_registered_row_by_row_without_javascript(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility
) -> None:
    event, contact, other = publish_event(site, largest_party=4), unique_address("fatma"), unique_address("aylin")
    page = new_page(width=320, javascript=False)
    page.goto(f"/register/events/{event['slug']}")
    page.get_by_role("link", name="Mehrere Personen auf einmal anmelden").click()
    expect_heading(page, event["title"]["de"])
    you = page.get_by_role("group", name="Sie", exact=True)
    for label, value in (("Vorname", "Fatma"), ("Nachname", "Demir"), ("E-Mail", contact)):
        you.get_by_label(label).fill(value)
    page.get_by_role("button", name="Weitere Person").click()
    for number, name, address in ((1, "Aylin", other), (2, "Bilal", ""), (3, "Clara", "")):
        row = page.get_by_role("group", name=f"Person {number}")
        row.get_by_label("Vorname").fill(name)
        row.get_by_label("Nachname").fill("Kaya")
        row.get_by_label("E-Mail").fill(address)
    assert sideways(page) == 0
    send_registration(page)
    expect_heading(page, "Ihre Gruppe ist angemeldet")
    expect(page.get_by_role("main")).to_contain_text("Clara Kaya")

    open_own_page(page, site, contact)
    page.get_by_text("Personen dieser Gruppe abmelden").click()
    page.get_by_role("group", name="Wer kann nicht kommen?").get_by_label("Bilal Kaya").check()
    assert sideways(page) == 0
    page.get_by_role("button", name="Diese Personen abmelden").click()
    expect(page.get_by_role("status").first).to_contain_text("abgemeldet")
    wide = new_page(width=1280)
    wide.goto(f"/register/events/{event['slug']}/party")
    check_accessibility(wide)
