"""What participants do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import (
    expect_heading,
    fill_registration,
    open_own_page,
    publish_event,
    register_by_api,
    send_registration,
    sideways,
    unique_address,
)
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_a_person_registers_on_a_phone_and_cancels_by_the_link_of_the_mail(
    site: RunningSystem, new_page: NewPage
) -> None:
    event, address = publish_event(site), unique_address("olena")
    page = new_page(width=390)
    fill_registration(page, event, address)
    send_registration(page)
    expect_heading(page, "Sie haben einen Platz")
    expect(page.get_by_role("main")).to_contain_text(address)

    open_own_page(page, site, address)
    expect(page.get_by_role("main")).to_contain_text("Bestätigt")
    page.get_by_role("link", name=re.compile("Meine Anmeldung absagen")).click()
    page.get_by_role("button", name="Ja, meine Anmeldung absagen").click()
    expect(page.get_by_role("status").first).to_contain_text("abgesagt")


def test_a_held_seat_is_confirmed_on_a_phone_by_the_link_of_the_mail(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility
) -> None:
    event, address = publish_event(site, capacity=1, confirm_address_minutes=60), unique_address("olena")
    page = new_page(width=390, has_touch=True)
    fill_registration(page, event, address)
    send_registration(page)
    expect_heading(page, "Bitte bestätigen Sie Ihre Adresse")
    check_accessibility(page)

    open_own_page(page, site, address)
    button = page.get_by_role("button", name="Meine Adresse bestätigen")
    expect(button).to_be_in_viewport()
    assert sideways(page) == 0
    check_accessibility(page)
    button.tap()
    expect(page.get_by_role("status").first).to_contain_text("gehört Ihnen")
    expect(page.get_by_role("main")).to_contain_text("Bestätigt")
    expect(button).to_have_count(0)
    page.goto(f"/register/events/{event['slug']}/done")
    expect_heading(page, "Sie haben einen Platz")


def test_whoever_waits_sees_their_position_and_then_their_seat(site: RunningSystem, new_page: NewPage) -> None:
    event, first, second = publish_event(site, capacity=1), unique_address("mehmet"), unique_address("olena")
    taken = register_by_api(site, event, first)
    page = new_page(width=390)
    fill_registration(page, event, second)
    send_registration(page)
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Platz 1|1\. Stelle|Nummer 1|Position 1"))

    site.post(f"/api/registration/v1/registrations/{taken}/cancel", {"reason": "krank"}, staff=True)
    open_own_page(page, site, second)
    expect(page.get_by_role("main")).to_contain_text("Bestätigt")


def test_the_form_works_without_javascript_at_320_pixels(site: RunningSystem, new_page: NewPage) -> None:
    event = publish_event(site)
    page = new_page(width=320, javascript=False)
    fill_registration(page, event, unique_address("fatima"))
    send_registration(page)
    expect_heading(page, "Sie haben einen Platz")


def test_the_form_does_not_scroll_sideways_at_320_pixels(site: RunningSystem, new_page: NewPage) -> None:
    page = new_page(width=320)
    page.goto(f"/register/events/{publish_event(site)['slug']}")
    assert sideways(page) == 0


def test_the_form_can_be_filled_in_and_sent_with_the_keyboard(site: RunningSystem, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"/register/events/{publish_event(site)['slug']}")
    page.locator("[name=first_name]").focus()
    for text in ("Olena", "Schewtschenko", unique_address("olena"), "Verein"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    if not page.url.endswith("/done"):
        send_registration(page)
    expect_heading(page, "Sie haben einen Platz")


def test_errors_stand_at_the_top_lead_to_their_fields_and_keep_what_was_typed(
    site: RunningSystem, new_page: NewPage
) -> None:
    event = publish_event(site)
    page = new_page()
    fill_registration(page, event, "olena at verein")
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.locator("main form button").last.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator("[name=first_name]")).to_have_value("Olena")
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")


def test_the_same_form_sent_twice_registers_once(site: RunningSystem, new_page: NewPage) -> None:
    event, address = publish_event(site), unique_address("olena")
    page = new_page()
    fill_registration(page, event, address)
    send_registration(page)
    page.go_back()
    send_registration(page)
    expect_heading(page, "Sie haben einen Platz")
    listed = site.get(f"/api/registration/v1/events/{event['id']}/registrations", staff=True).json()["items"]
    assert [item["email"] for item in listed] == [address]


def test_the_language_can_be_switched_and_stays(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/events/satzungsarbeit")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.goto("/events/satzungsarbeit?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Working on the statutes")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_mail_fits_a_narrow_phone_however_long_its_words(site: RunningSystem, new_page: NewPage) -> None:
    event = publish_event(site, title={"de": "Migrantenselbstorganisationsentwicklungsberatung"})
    address = unique_address("olena")
    register_by_api(site, event, address)
    html = site.mails.wait_for(address, 1)[0].get_body(("html",))
    assert html is not None
    page = new_page(width=320)
    page.set_content(html.get_content())
    assert sideways(page) == 0
