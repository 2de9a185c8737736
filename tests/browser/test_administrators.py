"""An administrator sets up a webhook, tries it out, and finds in the audit log what was done."""

import re

import pytest
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import NewPage
from tests.browser.steps import expect_heading

pytestmark = pytest.mark.xdist_group("browser")


def test_a_webhook_is_tried_out_and_what_was_done_stands_in_the_log(new_page: NewPage, signed_in: StorageState) -> None:
    page = new_page(storage_state=signed_in)
    page.goto("/organise/webhooks/new")
    page.get_by_label("Adresse des Empfängers").fill("https://try-out.invalid/in")
    page.get_by_role("button", name="Einrichten").click()
    expect(page.locator("#secret")).to_have_text(re.compile("^whsec_"))
    page.get_by_role("button", name="Testnachricht senden").click()
    message = page.locator("#deliveries tbody tr")
    # Where there is no network, the name is looked up until that gives up.
    expect(message).to_contain_text("Den Namen des Empfängers gibt es nicht.", timeout=90_000)
    expect(message).to_contain_text("ein Versuch")
    message.get_by_role("button", name=re.compile("Noch einmal senden")).click()
    page.locator("main").get_by_text("Neues Geheimnis erzeugen").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Neues Geheimnis erzeugen").click()
    expect(page.locator("#secret")).to_have_text(re.compile("^whsec_"))

    page.get_by_text("Mehr", exact=True).click()
    page.get_by_role("link", name="Protokoll").click()
    page.get_by_role("link", name="Anmeldungen", exact=True).click()
    expect_heading(page, "Protokoll")
    page.get_by_label("Was getan wurde").select_option(label="Geheimnis eines Webhooks erneuert")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page.locator("#announcer")).to_have_text("Ein Eintrag wird gezeigt.")
    expect(page.locator("#acts tbody tr")).to_contain_text("Webhook: try-out.invalid")
    page.locator("#acts tbody a").click()
    expect_heading(page, "try-out.invalid")
