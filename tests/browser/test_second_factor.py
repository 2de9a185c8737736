"""Somebody new among the staff sets up a second factor on a phone and signs in with it."""

import pyotp
import pytest
from playwright.sync_api import StorageState, expect

from shared.clock import system_clock
from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import expect_heading, press, sideways

pytestmark = pytest.mark.xdist_group("browser")

EMAIL, PASSWORD = "dora@example.org", "a long enough password"


def test_a_second_factor_is_set_up_and_asked_for(
    new_page: NewPage, signed_in: StorageState, check_accessibility: CheckAccessibility
) -> None:
    admin = new_page(storage_state=signed_in)
    admin.goto("/organise/accounts/new")
    admin.locator("[name=name]").fill("Dora")
    admin.locator("[name=email]").fill(EMAIL)
    admin.locator("[name=password]").fill(PASSWORD)
    admin.locator("[name=roles][value=door]").check()
    admin.locator("main form button").first.click()
    expect_heading(admin, "Dora")

    page = new_page(width=390)
    page.goto("/login?next=/organise/account/second-factor")
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect_heading(page, "Zweiten Faktor einrichten")
    check_accessibility(page)
    assert sideways(page) == 0
    page.locator("[name=code]").fill(pyotp.TOTP(page.locator("#secret").inner_text()).at(system_clock()))
    page.get_by_label("Bisheriges Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Zweiten Faktor einrichten").click()
    expect_heading(page, "Ihre Wiederherstellungscodes")
    check_accessibility(page)
    code = page.locator("#codes").inner_text().split()[0]

    press(page, "Abmelden")
    page.goto("/login?next=/organise/account")
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect_heading(page, "Ihr Code")
    check_accessibility(page)
    assert sideways(page) == 0
    page.locator("[name=code]").fill(code)
    page.locator("main form button").first.click()
    expect_heading(page, "Ihr Konto")
    expect(page.get_by_text("9 Wiederherstellungscodes sind übrig.")).to_be_visible()
    check_accessibility(page)
