"""Somebody joins a meeting online from their own page."""

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import (
    MEETING,
    expect_heading,
    open_own_page,
    publish_about_to_begin,
    register_by_api,
    sideways,
    unique_address,
)
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_the_button_leads_to_the_meeting_which_hears_nothing_of_the_persons_link(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility, complaints: list[str]
) -> None:
    address = unique_address("noor")
    register_by_api(site, publish_about_to_begin(site), address)
    page = new_page(width=390)
    asked: list[dict[str, str]] = []

    def meeting(route: Route) -> None:
        asked.append(route.request.all_headers())
        route.fulfill(content_type="text/html", body="<h1>The meeting</h1>")

    page.route(f"{MEETING}*", meeting)
    open_own_page(page, site, address)
    page.get_by_role("link", name="Online teilnehmen").click()
    expect_heading(page, "Online teilnehmen")
    assert sideways(page) == 0
    check_accessibility(page)
    page.get_by_role("button", name="Jetzt zum Online-Treffen").click()
    page.wait_for_url(MEETING)
    assert [headers.get("referer") for headers in asked] == [None]
    complaints[:] = [complaint for complaint in complaints if MEETING not in complaint]
