"""The programme in a page of another site, and the dialog about subscribing."""

import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from tests.browser.conftest import ACTION_TIMEOUT_MS, CheckAccessibility, NewPage
from tests.browser.steps import publish_event, sideways
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

OpenSite = Callable[..., Page]


@pytest.fixture
def other_site(browser: Browser, tmp_path: Path) -> Iterator[OpenSite]:
    """Opens a page of the association's own site, another host and port than ours, that holds this HTML."""

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(tmp_path))

        def log_message(self, *arguments: object) -> None:
            """Nobody reads it."""

    contexts = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def open_site(html: str, *, width: int = 1280, javascript: bool = True) -> Page:
        size: ViewportSize = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, locale="de-DE", java_script_enabled=javascript)
        context.set_default_timeout(ACTION_TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        (tmp_path / "dates.html").write_text(f"<!doctype html><meta charset=utf-8>{html}")
        page.goto(f"http://localhost:{server.server_port}/dates.html")
        return page

    yield open_site
    for context in contexts:
        context.close()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def event(site: RunningSystem) -> dict[str, Any]:
    return publish_event(site)


def snippet(new_page: NewPage, signed_in: StorageState, query: str) -> str:
    """What an organiser copies."""
    page = new_page(storage_state=signed_in)
    page.goto(f"/organise/embed?{query}")
    return page.get_by_role("textbox", name="Zwei Zeilen für Ihre Seite").input_value()


def frame_height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box is not None
    return box["height"]


def overflow(page: Page) -> int:
    """By how much what stands in the frame is higher than the frame."""
    inside: int = page.frames[1].evaluate("document.documentElement.scrollHeight - innerHeight")
    return inside


@pytest.mark.parametrize("width", [390, 1280])
def test_the_frame_is_as_high_as_what_it_shows(
    other_site: OpenSite, new_page: NewPage, signed_in: StorageState, width: int
) -> None:
    page = other_site(snippet(new_page, signed_in, "what=series%3Dmso-grundlagen"), width=width)
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="Satzungsarbeit")).to_be_visible()
    page.wait_for_function("document.querySelector('iframe').style.height !== ''")
    wide = frame_height(page)
    assert wide != 600
    assert overflow(page) <= 0
    assert sideways(page) == 0
    page.set_viewport_size({"width": 320, "height": 900})
    page.wait_for_function(f"document.querySelector('iframe').getBoundingClientRect().height > {wide}")
    assert overflow(page) <= 0


def test_without_scripts_it_scrolls_and_leads_to_the_registration(
    other_site: OpenSite, new_page: NewPage, signed_in: StorageState, event: dict[str, Any]
) -> None:
    html = snippet(new_page, signed_in, f"what=event%3D{event['slug']}")
    page = other_site(html, javascript=False)
    assert frame_height(page) == 600
    page.frame_locator("iframe").get_by_role("link", name="Anmelden").click()
    page.wait_for_url(f"**/register/events/{event['slug']}")
    assert len(page.frames) == 1


def test_other_pages_cannot_be_framed(other_site: OpenSite, site: RunningSystem, event: dict[str, Any]) -> None:
    page = other_site("")
    with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        page.evaluate(
            "url => document.body.append(Object.assign(document.createElement('iframe'), { src: url }))",
            f"{site.base_url}/register/events/{event['slug']}",
        )


def test_the_dialog_says_all_and_gives_the_focus_back(
    new_page: NewPage, check_accessibility: CheckAccessibility, event: dict[str, Any]
) -> None:
    page = new_page(width=390, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/events/{event['slug']}")
    opener = page.locator("details.subscribe > summary")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Diese Veranstaltung in Ihrem Kalender")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Schließen")).to_be_focused()
    assert dialog.get_by_role("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    dialog.get_by_role("button", name="Kopieren").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/events/{event['slug']}.ics?lang=de")
    dialog.get_by_text("Thunderbird", exact=True).click()
    check_accessibility(page)
    assert sideways(page) == 0
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_subscription_keeps_what_the_programme_was_narrowed_to(new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto("/")
    page.get_by_label("Art").select_option(label="Fortbildung")
    page.get_by_label("Stadt").select_option(label="Essen")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page.locator(".event-title")).to_have_text(["Angebotsentwicklung"])
    page.locator("details.subscribe > summary").click()
    expect(page.locator("dialog code")).to_contain_text("/calendar.ics?kind=training&city=Essen&lang=de")
