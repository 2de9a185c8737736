"""What people do with a running system, over HTTP as everybody does it."""

import re
import uuid
from typing import Any

import requests

from shared.testing import eventually
from tests.system.harness import RunningSystem

SPRING_DAY = ("2027-03-28T10:00:00+02:00", "2027-03-28T16:00:00+02:00")
AUTUMN_DAY = ("2027-10-31T10:00:00+01:00", "2027-10-31T16:00:00+01:00")


def event_on(*days: tuple[str, str], slug: str, capacity: int) -> dict[str, Any]:
    """A training with one session a day, as organisers send it."""
    sessions = [
        {"starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin", "teaching_units": 6}
        for starts_at, ends_at in days
    ]
    return {
        "slug": slug,
        "title": {"de": "Vereinsrecht für Migrantenselbstorganisationen", "en": "Association law"},
        "description": {"de": "Satzung, Haftung, Gemeinnützigkeit."},
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
            "latitude": 51.48,
            "longitude": 7.22,
        },
        "sessions": sessions,
        "capacity": capacity,
        "waitlist": {"enabled": True, "policy": "promote", "offer_hours": 48},
        "certificate_rule": {"share_of_hours": 0.8},
    }


def publish(system: RunningSystem, body: dict[str, Any]) -> dict[str, Any]:
    """Make and publish an event; it as answered, once people can register for it."""
    created = system.post("/api/catalogue/v1/events", body, staff=True)
    assert created.status_code == 201, created.text
    event: dict[str, Any] = created.json()
    published = system.post(f"/api/catalogue/v1/events/{event['id']}/publish", {}, staff=True)
    assert published.status_code == 200, published.text
    eventually(lambda: system.get(f"/api/registration/v1/events/{event['id']}").status_code == 200)
    return event


def publish_series(system: RunningSystem, *, slug: str) -> dict[str, Any]:
    """Make and publish a series, without events yet; it as answered."""
    created = system.post("/api/catalogue/v1/series", {"slug": slug, "title": {"de": "Grundlagen"}}, staff=True)
    assert created.status_code == 201, created.text
    series: dict[str, Any] = created.json()
    published = system.post(f"/api/catalogue/v1/series/{series['id']}/publish", {}, staff=True)
    assert published.status_code == 200, published.text
    return series


def enrol(system: RunningSystem, series_id: str, address: str) -> dict[str, Any]:
    """Register whoever has this address for all modules of a series; the answer."""
    wish = {"first_name": "Ada", "last_name": "Beispiel", "email": address, "modules": "all"}
    answer = system.post(f"/api/registration/v1/series/{series_id}/enrolments", wish)
    assert answer.status_code == 201, answer.text
    enrolled: dict[str, Any] = answer.json()
    return enrolled


def ask_to_register(system: RunningSystem, event_id: str, address: str, *, key: str | None = None) -> requests.Response:
    """Send the form of somebody whose first name is what stands before the ``-`` of the address."""
    wish = {
        "first_name": address.partition("-")[0].title(),
        "last_name": "Beispiel",
        "email": address,
        "locale": "de",
    }
    return system.post(f"/api/registration/v1/events/{event_id}/registrations", wish, key=key)


def register(system: RunningSystem, event_id: str, address: str) -> dict[str, Any]:
    answer = ask_to_register(system, event_id, address)
    assert answer.status_code == 201, answer.text
    loaded: dict[str, Any] = answer.json()
    return loaded


def tick_attendance(system: RunningSystem, event: dict[str, Any], registration_id: str) -> None:
    """Somebody was there, from the beginning to the end of each session."""
    for session in event["sessions"]:
        row = {
            "id": str(uuid.uuid4()),
            "registration_id": registration_id,
            "kind": "door",
            "at": session["starts_at"],
            "present": True,
        }
        answer = system.post(f"/api/registration/v1/sessions/{session['id']}/attendance", [row], staff=True)
        assert answer.status_code == 200, answer.text


def issue_certificate(system: RunningSystem, event_id: str, registration_id: str) -> dict[str, Any]:
    """Have the event's certificates issued; this person's as answered, once it is there."""

    def issued() -> dict[str, Any] | None:
        accepted = system.post(f"/api/notifications/v1/events/{event_id}/certificates", {}, staff=True)
        assert accepted.status_code == 202, accepted.text
        path = f"/api/notifications/v1/certificates?registration_id={registration_id}"
        items = system.get(path, staff=True).json()["items"]
        return items[0] if items else None

    certificate: dict[str, Any] = eventually(issued)
    return certificate


def send_form(browser: requests.Session, url: str, **fields: str) -> requests.Response:
    """Open the page and send its form with these fields; what answers at the end."""
    page = browser.get(url, timeout=30).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, page
    return browser.post(url, data={"csrf_token": token[1], **fields}, timeout=30)


def signed_in(system: RunningSystem) -> requests.Session:
    """The browser of the first account."""
    browser = requests.Session()
    account = {"email": system.environ["REIHE_ADMIN_EMAIL"], "password": system.environ["REIHE_ADMIN_PASSWORD"]}
    answer = send_form(browser, f"{system.base_url}/login", **account)
    assert "reihe_staff" in browser.cookies, answer.text
    return browser


def settle(system: RunningSystem, event_id: str) -> None:
    """Until all that was begun before has come to its end: somebody who registers now has the mail, and nothing waits.

    Messages are carried, handled and mailed in the order in which they were made.
    """
    last = f"last-{uuid.uuid4().hex[:8]}@verein.example"
    register(system, event_id, last)
    eventually(lambda: system.mails.to(last), within=60, because="the last mail has come")
    eventually(lambda: not system.waits(), within=60, because="nothing waits any more")
