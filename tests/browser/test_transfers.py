"""Somebody gives their seat to a colleague on their own page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import (
    expect_heading,
    open_own_page,
    publish_event,
    register_by_api,
    sideways,
    unique_address,
)
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_a_seat_goes_to_a_colleague_who_has_a_page_of_their_own(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility
) -> None:
    event = publish_event(site)
    giver, colleague = unique_address("mehmet"), unique_address("fatima")
    register_by_api(site, event, giver)
    page = new_page(width=390)
    open_own_page(page, site, giver)
    page.get_by_role("link", name="Meinen Platz an eine*n Kolleg*in weitergeben").click()
    expect_heading(page, "Meinen Platz an eine*n Kolleg*in weitergeben")
    assert sideways(page) == 0
    page.get_by_label("Vorname").fill("Fatima")
    page.get_by_label("Nachname").fill("El Amrani")
    page.get_by_label("E-Mail").fill(giver)
    page.get_by_role("button", name="Ja, meinen Platz weitergeben").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Vorname")).to_have_value("Fatima")
    check_accessibility(page)

    page.get_by_label("E-Mail").fill(colleague)
    page.get_by_role("button", name="Ja, meinen Platz weitergeben").click()
    expect(page.get_by_role("status").first).to_contain_text("weitergegeben")
    expect(page.get_by_role("main")).not_to_contain_text("Bestätigt")

    theirs = new_page(width=390)
    open_own_page(theirs, site, colleague)
    expect(theirs.get_by_role("main")).to_contain_text("Bestätigt")
    people = site.get(f"/api/registration/v1/events/{event['id']}/registrations", staff=True).json()["items"]
    assert {person["email"]: person["state"] for person in people} == {giver: "cancelled", colleague: "confirmed"}


def test_keeping_the_seat_is_one_keypress_away(site: RunningSystem, new_page: NewPage) -> None:
    event, giver = publish_event(site), unique_address("mehmet")
    register_by_api(site, event, giver)
    page = new_page()
    open_own_page(page, site, giver)
    page.get_by_role("link", name="Meinen Platz an eine*n Kolleg*in weitergeben").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Nein, behalten").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/my/[^/]+$"))
    expect(page.get_by_role("main")).to_contain_text("Bestätigt")
