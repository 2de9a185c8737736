"""What organisers do."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, StorageState, expect

from shared.testing import eventually
from tests.browser.conftest import NewPage
from tests.browser.steps import open_own_page, press, publish_event, register_by_api, sign_in, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_a_wrong_password_is_answered_without_saying_what_was_wrong(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, password="not the right one")  # a wrong one
    expect(page).to_have_url(re.compile("/login"))
    expect(page.locator(".error-summary")).to_be_visible()


def test_an_organiser_signs_in_and_out(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Übersicht")
    press(page, "Abmelden")
    page.goto("/organise")
    expect(page).to_have_url(re.compile("/login"))


def test_an_event_is_drafted_previewed_published_changed_and_cancelled(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page)
    draft_event(page)
    expect(page.get_by_role("main")).to_contain_text("Entwurf")
    page.get_by_role("link", name="Vorschau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vorstandsarbeit")
    page.go_back()
    page.get_by_role("button", name="Veröffentlichen").click()
    expect(page.get_by_role("main")).to_contain_text("Veröffentlicht")

    page.get_by_role("link", name="Bearbeiten").click()
    page.locator("[name='sessions.0.ends_at']").fill("2027-05-14T17:00")
    page.locator("#event-form").get_by_role("button", name="Speichern").last.click()
    expect(page.get_by_role("main")).to_contain_text("17:00")
    page.get_by_role("button", name="Änderungen veröffentlichen").click()

    page.get_by_role("link", name="Veranstaltung absagen").click()
    page.locator("textarea").first.fill("Die Referentin ist erkrankt.")
    page.locator("main form button").last.click()
    expect(page.get_by_role("main")).to_contain_text("Die Referentin ist erkrankt.")
    page.goto("/events/vorstandsarbeit")
    expect(page.get_by_role("main")).to_contain_text("Die Referentin ist erkrankt.")


def draft_event(page: Page) -> None:
    page.goto("/organise/events/new")
    page.locator("[name='title.de']").fill("Vorstandsarbeit")
    page.locator("[name='sessions.0.starts_at']").fill("2027-05-14T10:00")
    page.locator("[name='sessions.0.ends_at']").fill("2027-05-14T16:00")
    page.locator("[name='venue.name']").fill("Haus der Vielfalt")
    page.locator("[name='venue.street']").fill("Kortumstraße 106")
    page.locator("[name='venue.postcode']").fill("44787")
    page.locator("[name='venue.city']").fill("Bochum")
    page.locator("[name=capacity]").fill("12")
    page.get_by_role("button", name="Programmpunkt hinzufügen").click()
    page.locator("[name='programme.0.starts_at']").fill("2027-05-14T10:00")
    page.locator("[name='programme.0.title.de']").fill("Aufgaben des Vorstands")
    page.get_by_role("button", name="Als Entwurf speichern").last.click()


def test_attendance_leads_to_a_certificate_that_can_be_verified(site: RunningSystem, new_page: NewPage) -> None:
    event, address = publish_event(site, begins_in=timedelta(hours=1)), unique_address("olena")
    registration_id = register_by_api(site, event, address, first_name="Olena")
    page = new_page()
    sign_in(page)
    page.goto(f"/organise/events/{event['id']}/attendance")
    tick = page.locator(f"#tick-{registration_id}")
    tick.check()
    page.get_by_role("button", name="Teilnahme speichern").click()
    expect(page.locator(f"#tick-{registration_id}")).to_be_checked()

    certificates = f"/organise/events/{event['id']}/certificates"

    def can_be_issued() -> bool:
        page.goto(certificates)
        return page.locator("#issue button[value=all]").count() == 1

    eventually(can_be_issued)
    page.locator("#issue button[value=all]").click()

    def is_issued() -> bool:
        page.goto(certificates)
        return page.locator("a[id^=pdf-]").count() == 1

    eventually(is_issued)
    shown_to_organiser = fetched(page, page.locator("a[id^=pdf-]"))
    assert shown_to_organiser.startswith(b"%PDF-")

    person = new_page(width=390)
    eventually(lambda: _has_certificate(person, site, address))
    assert fetched(person, person.get_by_role("link", name=re.compile("PDF"))) == shown_to_organiser

    issued = site.get(f"/api/notifications/v1/certificates?event_id={event['id']}", staff=True).json()["items"]
    person.goto(f"/certificates/verify/{issued[0]['code']}")
    expect(person.get_by_role("main")).to_contain_text("gültig")


def fetched(page: Page, link: Locator) -> bytes:
    """What the browser gets by this link. Chromium would show a PDF in a viewer of its own."""
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def _has_certificate(page: Page, site: RunningSystem, address: str) -> bool:
    open_own_page(page, site, address)
    return page.get_by_role("link", name=re.compile("PDF")).count() == 1


def test_everybody_on_the_page_is_ticked_at_once(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState
) -> None:
    event = publish_event(site)
    for name in ("ana", "bo"):
        register_by_api(site, event, unique_address(name))
    page = new_page(storage_state=signed_in)
    page.goto(f"/organise/events/{event['id']}/people")
    page.get_by_role("checkbox", name="Alle auf dieser Seite auswählen").check()
    page.get_by_role("combobox", name="Reihenfolge").select_option("seq")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page).to_have_url(re.compile("order=seq"))
    every = page.get_by_role("checkbox", name="Alle auf dieser Seite auswählen")
    expect(every).not_to_be_checked()
    every.check()
    page.get_by_role("button", name="Absagen", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("2 Anmeldungen absagen?")
