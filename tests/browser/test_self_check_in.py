"""Somebody types the code of the room's screen on their own page."""

import pytest
from playwright.sync_api import Page, Route, StorageState, expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import (
    expect_heading,
    open_own_page,
    publish_about_to_begin,
    register_by_api,
    sideways,
    unique_address,
)
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")


def test_the_screens_code_is_typed_on_the_persons_page(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState, check_accessibility: CheckAccessibility
) -> None:
    event, address = publish_about_to_begin(site), unique_address("noor")
    register_by_api(site, event, address)
    screen, phone = new_page(storage_state=signed_in), new_page(width=390)
    path = f"/organise/events/{event['id']}/attendance/{event['sessions'][0]['id']}/screen"
    open_once(screen, path)
    check_accessibility(screen)
    for width in (320, 390, 1280):
        screen.set_viewport_size({"width": width, "height": 900})
        assert sideways(screen) == 0
    open_own_page(phone, site, address)
    phone.get_by_role("link", name="Ich bin im Raum").click()
    expect_heading(phone, "Ich bin im Raum")
    phone.get_by_label("Code auf dem Bildschirm").fill("AAAAAA")
    phone.get_by_role("button", name="Ich bin da").click()
    expect(phone.locator(".error-summary")).to_be_focused()
    check_accessibility(phone)
    open_once(screen, path)
    phone.get_by_label("Code auf dem Bildschirm").fill(screen.locator(".room-code").inner_text())
    phone.get_by_role("button", name="Ich bin da").click()
    expect(phone.get_by_role("status").first).to_contain_text("Wir haben vermerkt, dass Sie da sind.")
    check_accessibility(phone)
    assert sideways(phone) == 0


def open_once(page: Page, path: str) -> None:
    """Without asking anew at the end of the minute, which would come in the way of whoever looks at it."""

    def once(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "refresh"})

    page.route(f"**{path}", once)
    page.goto(path)
