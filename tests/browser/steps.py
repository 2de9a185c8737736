"""What people do with a browser, in words."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from shared.testing import eventually
from tests.system.harness import RunningSystem
from tests.system.mails import link

PASSWORD = "a long test password"  # of the account that the harness makes
ADMIN = "admin@verband.example"
NOTIFICATIONS = "/api/notifications/v1"


def unique_address(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}@verein.example"


def publish_event(
    site: RunningSystem, *, capacity: int = 20, begins_in: timedelta = timedelta(days=40), **changes: Any
) -> dict[str, Any]:
    """A published training of one session, as registration knows it too. ``changes`` are to the API's fields."""
    begins = (datetime.now(UTC) + begins_in).replace(minute=0, second=0, microsecond=0)
    event = {
        "title": {"de": f"Kassenführung {uuid.uuid4().hex[:6]}", "en": "Keeping the books"},
        "description": {"de": "Belege, Kasse, Jahresabschluss.", "en": "Receipts, cash, annual accounts."},
        "kind": "training",
        "format": "in_person",
        "venue": {
            "name": "Haus der Vielfalt",
            "street": "Kortumstraße 106",
            "postcode": "44787",
            "city": "Bochum",
            "country": "DE",
            "room": "Saal 2",
            "accessibility": {"de": "Stufenloser Zugang."},
        },
        "sessions": [
            {
                "starts_at": begins.isoformat(),
                "ends_at": (begins + timedelta(hours=3)).isoformat(),
                "time_zone": "Europe/Berlin",
                "teaching_units": 4,
            }
        ],
        "capacity": capacity,
        "waitlist": {"enabled": True, "policy": "promote", "offer_hours": 48},
        "certificate_rule": {"share_of_hours": 0.8},
        **changes,
    }
    created = site.post("/api/catalogue/v1/events", event, staff=True)
    assert created.status_code == 201, created.text
    made: dict[str, Any] = created.json()
    site.post(f"/api/catalogue/v1/events/{made['id']}/publish", {}, staff=True)
    eventually(lambda: site.get(f"/api/registration/v1/events/{made['id']}").status_code == 200)
    return made


MEETING = "https://treffen.example/raum"


def publish_about_to_begin(site: RunningSystem) -> dict[str, Any]:
    """An event at a place and online, at :data:`MEETING`, that begins in a few minutes."""
    begins = datetime.now(UTC) + timedelta(minutes=20)
    session = {
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=3)).isoformat(),
        "time_zone": "Europe/Berlin",
        "meeting_url": MEETING,
    }
    return publish_event(site, format="hybrid", sessions=[session])


def register_by_api(site: RunningSystem, event: dict[str, Any], address: str, *, first_name: str = "Mehmet") -> str:
    wish = {"first_name": first_name, "last_name": "Yılmaz", "email": address, "locale": "de"}
    answer = site.post(f"/api/registration/v1/events/{event['id']}/registrations", wish)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def earned_by(site: RunningSystem, *names: str, capacity: int = 20) -> dict[str, Any]:
    """An event at which people of these names were present all the time."""
    event = publish_event(site, capacity=capacity)
    (session,) = event["sessions"]
    rows = [
        {
            "id": str(uuid.uuid4()),
            "registration_id": register_by_api(site, event, unique_address("p"), first_name=name),
            "kind": "door",
            "at": session["starts_at"],
            "present": True,
        }
        for name in names
    ]
    answer = site.post(f"/api/registration/v1/sessions/{session['id']}/attendance", rows, staff=True)
    assert answer.status_code == 200, answer.text
    return event


def issued(site: RunningSystem, event: dict[str, Any], *, people: int = 1) -> list[dict[str, Any]]:
    """The event's certificates, once so many people have theirs."""

    def all_of_them() -> Any:
        site.post(f"{NOTIFICATIONS}/events/{event['id']}/certificates", {}, staff=True)
        items = site.get(f"{NOTIFICATIONS}/certificates?event_id={event['id']}", staff=True).json()["items"]
        return len(items) == people and items

    certificates: list[dict[str, Any]] = eventually(all_of_them)
    return certificates


def fill_registration(page: Page, event: dict[str, Any], address: str) -> None:
    page.goto(f"/register/events/{event['slug']}")
    page.locator("[name=first_name]").fill("Olena")
    page.locator("[name=last_name]").fill("Schewtschenko")
    page.locator("[name=email]").fill(address)


def send_registration(page: Page) -> None:
    """Press the button until the form was open long enough to be a person's; it keeps what was typed."""

    def sent() -> bool:
        go(page, page.locator("main form button").last)
        return page.locator("main form [name=website]").count() == 0

    eventually(sent)


def open_own_page(page: Page, site: RunningSystem, address: str) -> None:
    """By the link of the first mail to this address."""
    mails = site.mails.wait_for(address, 1)
    page.goto(link(mails[0], "/my/").removeprefix(site.base_url))


def sign_in(page: Page, *, password: str = PASSWORD) -> None:
    page.goto("/login")
    page.locator("[name=email]").fill(ADMIN)
    page.locator("[name=password]").fill(password)
    page.locator("main form button").first.click()


def follow(page: Page, name: str) -> None:
    """Click on the link with this name and wait for its page, which a click alone does not."""
    go(page, page.get_by_role("link", name=name))


def press(page: Page, name: str) -> None:
    """Press the button with this name and wait for the page that answers, which a click alone does not."""
    go(page, page.get_by_role("button", name=name))


def go(page: Page, opener: Locator) -> None:
    """Click on what leads to another page and wait for that page."""
    with page.expect_navigation():
        opener.click()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window. A click does not wait for the page that it leads to."""
    page.wait_for_load_state("domcontentloaded")
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
