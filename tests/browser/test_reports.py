"""An organiser records a meeting's report."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, StorageState, expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import follow, publish_about_to_begin, register_by_api, sideways, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_a_report_is_tried_out_and_recorded(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState, check_accessibility: CheckAccessibility
) -> None:
    event, address = publish_about_to_begin(site), unique_address("noor")
    register_by_api(site, event, address)
    page = new_page(width=390, storage_state=signed_in)
    page.goto(f"/organise/events/{event['id']}/attendance")
    follow(page, "Bericht des Online-Treffens")
    check_accessibility(page)
    begins = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    table = f"Name,E-Mail,Join Time,Duration\nNoor,{address},{begins},45\niPhone,,{begins},45\n"
    file = FilePayload(name="report.csv", mimeType="text/csv", buffer=table.encode())
    page.get_by_label("Datei").set_input_files(file)
    page.get_by_role("button", name="Ausprobieren").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Eine Zeile würde vermerkt")
    for width in (320, 1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) == 0
    check_accessibility(page)
    page.get_by_role("button", name="Diese Personen vermerken").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Ein Nachweis wurde vermerkt")
