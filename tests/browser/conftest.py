"""A demo system, Chromium, and axe for the browser tests."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from shared.testing import ROOT, require
from tests.browser.steps import sign_in
from tests.system.harness import RunningSystem, one_process

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ACTION_TIMEOUT_MS = 10_000
AXE = ROOT / "tests/node/node_modules/axe-core/axe.min.js"

NewPage = Callable[..., Page]
CheckAccessibility = Callable[..., None]

EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The one-process system with the demo programme, as somebody has it who tries it out: with its mailbox."""
    with one_process(tmp_path_factory.mktemp("site"), REIHE_DEMO="1", REIHE_ENVIRONMENT="development") as system:
        yield system


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    require("chromium")
    expect.set_options(timeout=ACTION_TIMEOUT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


def chromium() -> str:
    return shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: RunningSystem) -> StorageState:
    """The browser's memory of having signed in: ``new_page(storage_state=signed_in)``."""
    context = browser.new_context(base_url=site.base_url)
    page = context.new_page()
    sign_in(page)
    expect(page).to_have_url(re.compile("/organise$"))
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def complaints() -> list[str]:
    """What the browser has to complain of in this test: other hosts, scripts that raise, the policy violated."""
    return []


@pytest.fixture
def new_page(browser: Browser, site: RunningSystem, complaints: list[str]) -> Iterator[NewPage]:
    """Opens a page in a browser context of its own: ``new_page(width=390, locale="de-DE", javascript=True)``.

    The test fails if the browser had anything to complain of.
    """
    contexts: list[BrowserContext] = []

    def open_page(*, width: int = 1280, locale: str = "de-DE", javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.base_url,
            viewport={"width": width, "height": 900},
            locale=locale,
            java_script_enabled=javascript,
            accept_downloads=True,
            **options,
        )
        context.set_default_timeout(ACTION_TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _complain_of_strangers(request.url, site.base_url, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _complain_of_policy(message.text, complaints))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _complain_of_strangers(url: str, base_url: str, complaints: list[str]) -> None:
    if not url.startswith((base_url, "data:", "blob:", "about:")):
        complaints.append(f"asked another host: {url}")


def _complain_of_policy(text: str, complaints: list[str]) -> None:
    if "Content Security Policy" in text:
        complaints.append(text)


@pytest.fixture
def check_accessibility(complaints: list[str]) -> CheckAccessibility:
    """Runs axe-core on a page, with all its rules or with those for ``only="colours"``; fails with what it finds."""
    require("node_modules")
    source = AXE.read_text()

    def check(page: Page, *, only: Literal["colours", ""] = "") -> None:
        if page.evaluate("typeof axe === 'undefined'"):
            page.evaluate(source)
        of_the_page = len(complaints)
        # The frames hold letters, which no script may enter.
        options = {"runOnly": COLOURS if only else EVERYTHING, "resultTypes": ["violations"], "iframes": False}
        result = page.evaluate("options => axe.run(options)", options)
        del complaints[of_the_page:]  # axe itself tries inline styles, which the policy refuses
        found = [
            {"rule": v["id"], "help": v["help"], "nodes": [n["html"][:200] for n in v["nodes"]]}
            for v in result["violations"]
        ]
        assert found == [], f"{page.url}\n{json.dumps(found, indent=1, ensure_ascii=False)}"

    return check
