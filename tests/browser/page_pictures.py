"""Takes a picture of every page, to look at: ``python -m tests.browser.page_pictures var/page-pictures``.

Each at the width of a phone and of a desk, in light and dark; participants' pages in German and Arabic, organisers' in
German. Words behind the folder choose the pages in whose path one of them stands.
"""

import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.browser.places import make_places
from tests.browser.steps import sign_in
from tests.browser.visits import PUBLIC, STAFF
from tests.system.harness import RunningSystem, one_process

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
TALLEST = 3000
"""Pixels; what is below is as what is above."""
NOWHERE = "018f0000-0000-7000-8000-000000000001"


def take_all(browser: Browser, site: RunningSystem, folder: Path, words: Sequence[str]) -> None:
    signed_in = _signed_in(browser, site)
    places = defaultdict(lambda: NOWHERE, make_places(browser, site, signed_in))
    for locale, paths, state in (("de-DE", PUBLIC, None), ("ar", PUBLIC, None), ("de-DE", STAFF, signed_in)):
        context = browser.new_context(
            base_url=site.base_url, locale=locale, storage_state=state, reduced_motion="reduce"
        )
        page = context.new_page()
        for path in paths:
            if not words or any(word in path for word in words):
                page.goto(path.format_map(places))
                _take(page, folder / locale[:2], re.sub(r"\W+", "-", path).strip("-") or "home")
        context.close()


def _take(page: Page, folder: Path, name: str) -> None:
    for scheme, width in product(SCHEMES, WIDTHS):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 900})
        height: int = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(height, TALLEST)})
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")


def _signed_in(browser: Browser, site: RunningSystem) -> StorageState:
    context = browser.new_context(base_url=site.base_url)
    page = context.new_page()
    sign_in(page)
    expect(page).to_have_url(re.compile("/organise$"))
    state = context.storage_state()
    context.close()
    return state


def main(folder: str, *words: str) -> int:
    with (
        tempfile.TemporaryDirectory() as data,
        one_process(Path(data), REIHE_DEMO="1", REIHE_ENVIRONMENT="development") as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        take_all(browser, site, Path(folder), words)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
