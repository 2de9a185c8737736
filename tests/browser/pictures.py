"""Takes the README's pictures: ``python -m tests.browser.pictures`` (``make pictures``)."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from shared.testing import ROOT, eventually
from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.browser.steps import open_own_page, sign_in
from tests.system.harness import RunningSystem, one_process

FOLDER = ROOT / "docs/pictures"
PHONE, DESK = (390, 844), (1280, 800)
PEOPLE = [
    ("Olena", "Schewtschenko", "Ukrainische Gemeinde Bochum e.V."),
    ("Mehmet", "Yılmaz", "Elternverein Dortmund e.V."),
    ("Fatima", "El Amrani", "Frauenbildung Köln e.V."),
    ("João", "Ferreira", "Casa de Portugal Essen e.V."),
    ("Nguyễn Thị", "Lan", "Vietnamesischer Verein Wuppertal e.V."),
    ("Amara", "Diallo", "Afrika-Forum Bielefeld e.V."),
]


def fill(site: RunningSystem, event: dict[str, Any]) -> None:
    """People for the first module, which is small enough that the last of them waits."""
    path = f"/api/catalogue/v1/events/{event['id']}"
    site.patch(path, {"capacity": len(PEOPLE) - 1}, staff=True)
    site.post(f"{path}/publish", {}, staff=True)
    seats = f"/api/registration/v1/events/{event['id']}"
    eventually(lambda: site.get(seats).json().get("capacity") == len(PEOPLE) - 1)
    for number, (first_name, last_name, organisation) in enumerate(PEOPLE):
        wish = {"first_name": first_name, "last_name": last_name, "organisation": organisation, "locale": "de"}
        answer = site.post(f"{seats}/registrations", {**wish, "email": f"person-{number}@verein.example"})
        assert answer.status_code == 201, answer.text
    eventually(lambda: "Warteliste" in site.get(f"/events/{event['slug']}?lang=de").text)


def take(site: RunningSystem, browser: Browser, event: dict[str, Any]) -> None:
    phone, desk = (_page(browser, site, size) for size in (PHONE, DESK))
    phone.goto("/")
    _picture(phone, "home-phone")
    phone.goto(f"/events/{event['slug']}")
    _picture(phone, "event-phone")
    open_own_page(phone, site, f"person-{len(PEOPLE) - 1}@verein.example")
    _picture(phone, "waiting-phone")
    sign_in(desk)
    desk.goto(f"/organise/events/{event['id']}/people")
    _picture(desk, "people")


def _page(browser: Browser, site: RunningSystem, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(
        base_url=site.base_url, viewport={"width": width, "height": height}, locale="de-DE", device_scale_factor=1
    )
    return context.new_page()


def _picture(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, one_process(Path(folder), REIHE_DEMO="1") as site:
        events = site.get("/api/catalogue/v1/events").json()["items"]
        event = next(event for event in events if event["slug"] == "satzungsarbeit")
        fill(site, event)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
            take(site, browser, event)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
