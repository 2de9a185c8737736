"""Lists to sign: chosen and downloaded."""

from datetime import timedelta

import pytest
from playwright.sync_api import StorageState

from tests.browser.conftest import NewPage
from tests.browser.steps import publish_event
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_a_list_is_downloaded_as_it_is_offered(site: RunningSystem, new_page: NewPage, signed_in: StorageState) -> None:
    event, page = publish_event(site, begins_in=timedelta(days=2)), new_page(storage_state=signed_in)
    page.goto(f"/organise/events/{event['id']}/attendance")
    page.get_by_role("link", name="Listen zum Unterschreiben auf Papier").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Als PDF herunterladen").click()
    assert waited.value.suggested_filename == f"{event['slug']}-de.pdf"
    assert waited.value.path().read_bytes().startswith(b"%PDF-")
