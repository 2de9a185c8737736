"""Organisers word a mail: looked at in the frame as it is typed, saved afterwards with the same form."""

import pytest
from playwright.sync_api import StorageState, expect

from shared.testing import eventually
from tests.browser.conftest import NewPage
from tests.browser.steps import publish_event
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_words_are_looked_at_in_the_frame_and_then_saved(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState
) -> None:
    event = publish_event(site)
    path = f"/organise/events/{event['id']}/mail/texts/confirmed"
    eventually(lambda: site.get(f"/api/notifications/v1/events/{event['id']}/wordings", staff=True).status_code == 200)
    page = new_page(storage_state=signed_in)
    page.goto(path)
    page.locator("[name='text.de']").fill("Schön, dass Sie kommen, {name}.")
    page.locator("button[name=preview][value=de]").click()
    expect(page.frame_locator("iframe[name=preview]").locator("body")).to_contain_text("Schön, dass Sie kommen, A… B….")
    page.locator("main form.form button.button:not([name])").click()
    page.wait_for_url(f"**{path}?saved=yes")
    expect(page.locator("[name='text.de']")).to_have_value("Schön, dass Sie kommen, {name}.")
