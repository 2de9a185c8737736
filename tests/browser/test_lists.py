"""Lists to sign: chosen and downloaded."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import StorageState

from tests.browser.conftest import NewPage
from tests.browser.steps import publish_event
from tests.registration.recount import recounted, tables, told, untrue_breakdowns
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


def test_a_signed_list_comes_back_to_its_session(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState, tmp_path: Path
) -> None:
    event, page = publish_event(site, begins_in=timedelta(days=2)), new_page(storage_state=signed_in)
    attendance = f"/organise/events/{event['id']}/attendance"
    scan = tmp_path / "Scan 1.pdf"
    scan.write_bytes(page.request.get(f"{attendance}/lists/attendance.pdf").body())
    page.goto(attendance)
    page.get_by_role("link", name="Unterschriebene Listen").click()
    page.get_by_label("Scan oder Foto").set_input_files(scan)
    page.get_by_role("button", name="Datei aufbewahren").click()
    page.get_by_role("article", name="Scan 1.pdf").get_by_role("listitem").get_by_role("link").click()
    assert page.get_by_role("link", name="Scan 1.pdf").is_visible()


def test_the_pack_of_the_demos_series_says_what_its_rows_say(new_page: NewPage, signed_in: StorageState) -> None:
    page = new_page(storage_state=signed_in, locale="en-GB")
    page.goto("/organise/series")
    page.get_by_role("link", name="Project workshop").click()
    page.get_by_role("link", name="Who has earned it, and what others lack").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download as ZIP").click()
    with waited.value.path().open("rb") as pack:
        found = tables(pack)
    assert recounted(found) == told(found)
    assert told(found)["", "attended"] == 32
    assert told(found)["", "reached"] == 14
    assert untrue_breakdowns(found) == []
