"""What the pages are visited with: events, people, mails and all else that the placeholders of the paths stand for."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page, StorageState

from shared.testing import eventually
from tests.browser.steps import (
    NOTIFICATIONS,
    earned_by,
    issued,
    press,
    publish_about_to_begin,
    publish_event,
    register_by_api,
    unique_address,
)
from tests.browser.test_questions import QUESTIONS
from tests.browser.test_waiting import OFFERS_AT_ANY_TIME
from tests.system.acts import enrol
from tests.system.harness import RunningSystem
from tests.system.mails import link

RULES = {
    **OFFERS_AT_ANY_TIME,
    "priority_classes": [{"name": {"de": "Mitglieder"}, "by": "membership"}],
    "pools": [{"name": {"de": "Podium"}, "by": "code", "code": "PODIUM", "seats": 1}],
}

NAMES_ARE_LOOKED_UP_FOR = 90.0
"""Seconds."""


def make_places(browser: Browser, site: RunningSystem, signed_in: StorageState) -> dict[str, str]:
    """Placeholder → what stands there."""
    return {
        **lively_event(site),
        **event_with_every_rule(site),
        **events_that_take_nobody(site),
        **an_enrolment(site),
        **of_the_catalogue(site),
        **of_the_directory(site),
        **a_webhook(site),
        **entered_by_hand(browser, site, signed_in),
        **about_to_begin(site),
    }


def lively_event(site: RunningSystem) -> dict[str, str]:
    """One with people, a waitlist, attendance, mails and certificates, one of which was revoked."""
    event = earned_by(site, "Olena", "Fatima", capacity=2)
    (seated, *_) = site.get(f"/api/registration/v1/events/{event['id']}/registrations", staff=True).json()["items"]
    waiting = register_by_api(site, event, unique_address("joao"), first_name="João")
    valid, revoked = issued(site, event, people=2)
    answer = site.post(f"{NOTIFICATIONS}/certificates/{revoked['number']}/revoke", {"reason": "Name."}, staff=True)
    assert answer.status_code == 200, answer.text
    letter = site.mails.wait_for(seated["email"], 1)[0]
    token = link(letter, "/my/").rpartition("/")[2]
    calendar = re.search(r"/calendars/([\w-]+)\.ics", site.get(f"/my/{token}").text)
    assert calendar is not None
    mails = site.get(f"{NOTIFICATIONS}/mails?registration_id={seated['id']}", staff=True).json()["items"]
    return {
        "event": event["id"],
        "slug": event["slug"],
        "session": event["sessions"][0]["id"],
        "registration": seated["id"],
        "waiting": waiting,
        "token": token,
        "calendar_token": calendar[1],
        "mail": mails[0]["id"],
        "number": valid["number"],
        "valid_code": valid["code"],
        "revoked_code": revoked["code"],
        **circulars(site, event, seated["email"]),
    }


def circulars(site: RunningSystem, event: dict[str, Any], address: str) -> dict[str, str]:
    """A draft, and one that was sent; the link in it to refuse more."""
    path = f"{NOTIFICATIONS}/events/{event['id']}/circulars"
    words = {"subject": {"de": "Bitte Laptop mitbringen"}, "text": {"de": "Wir üben."}, "states": ["confirmed"]}
    draft, sent = (site.post(path, {**words, "is_news": True}, staff=True).json() for _ in range(2))
    site.post(f"{NOTIFICATIONS}/circulars/{sent['id']}/send", {"version": 1}, staff=True)
    news = eventually(lambda: [mail for mail in site.mails.to(address) if mail["List-Unsubscribe"]])[0]
    return {
        "circular": draft["id"],
        "sent_circular": sent["id"],
        "unsubscribe_token": link(news, "/unsubscribe/").rpartition("/")[2],
    }


def event_with_every_rule(site: RunningSystem) -> dict[str, str]:
    """One that asks, reserves a seat and prefers members; one is pending, one was offered a seat, one waits."""
    event = publish_event(
        site,
        capacity=2,
        waitlist=RULES,
        max_per_organisation=2,
        largest_party=2,
        confirm_address_minutes=60,
        questions=[{**question, "required": False} for question in QUESTIONS],
        needs=["interpretation", "diet"],
    )
    pending, offered_address = unique_address("mehmet"), unique_address("ana")
    first = register_by_api(site, event, unique_address("fatima"))
    offered = register_by_api(site, event, offered_address, first_name="Ana")
    register_by_api(site, event, unique_address("olena"))
    wish = {"first_name": "Mehmet", "last_name": "Öz", "email": pending, "locale": "de", "code": "PODIUM"}
    path = f"/api/registration/v1/events/{event['id']}/registrations"
    answer = site.post(path, wish)
    assert (answer.status_code, answer.json()["state"]) == (201, "pending"), answer.text
    site.post(f"/api/registration/v1/registrations/{first}/cancel", {"reason": "krank"}, staff=True)
    offer = site.mails.wait_for(offered_address, 2)[-1]
    return {
        "ruled_slug": event["slug"],
        "offered": offered,
        "offered_token": link(offer, "/my/").rpartition("/")[2],
        "pending_token": link(site.mails.wait_for(pending, 1)[0], "/my/").rpartition("/")[2],
    }


def about_to_begin(site: RunningSystem) -> dict[str, str]:
    """An event online and at a place, a few minutes before its beginning; somebody has a seat."""
    event, address = publish_about_to_begin(site), unique_address("noor")
    registration = register_by_api(site, event, address, first_name="Noor")
    return {
        "online": registration,
        "online_session": event["sessions"][0]["id"],
        "online_token": link(site.mails.wait_for(address, 1)[0], "/my/").rpartition("/")[2],
    }


def events_that_take_nobody(site: RunningSystem) -> dict[str, str]:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    closed = publish_event(site, registration_closes_at=yesterday)
    full = publish_event(site, capacity=1, waitlist={"enabled": False})
    register_by_api(site, full, unique_address("fatima"))
    cancelled = publish_event(site)
    reason = {"reason": {"de": "Die Referentin ist erkrankt."}}
    path = f"/api/catalogue/v1/events/{cancelled['id']}/cancel"
    assert site.post(path, reason, staff=True).status_code == 200
    register = f"/register/events/{cancelled['slug']}"
    eventually(lambda: "Die Referentin ist erkrankt." in site.get(register, headers={"Accept-Language": "de"}).text)
    return {
        "closed_slug": closed["slug"],
        "full_slug": full["slug"],
        "cancelled": cancelled["id"],
        "cancelled_slug": cancelled["slug"],
    }


def an_enrolment(site: RunningSystem) -> dict[str, str]:
    """Somebody who has registered for a whole series."""
    series, address = site.get("/api/catalogue/v1/series").json()["items"][0], unique_address("leyla")
    enrolled = enrol(site, series["id"], address)
    (letter, *_) = site.mails.wait_for(address, 1)
    return {"enrolment": enrolled["id"], "enrolled_token": link(letter, "/my/").rpartition("/")[2]}


def of_the_catalogue(site: RunningSystem) -> dict[str, str]:
    return {"series": site.get("/api/catalogue/v1/series").json()["items"][0]["id"]}


def of_the_directory(site: RunningSystem) -> dict[str, str]:
    """Two entries that are spelt nearly alike, and like those of no other test."""
    name = f"Brücke der Kulturen {uuid4().hex[:6]}"
    entries = [
        {"name": f"{name} e. V.", "municipality": "Dortmund", "aliases": ["Brücke"], "member": True},
        {"name": f"{name} Nord", "state": "proposed"},
    ]
    answers = [site.post("/api/registration/v1/organisations", entry, staff=True) for entry in entries]
    assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
    organisation, other = (answer.json()["id"] for answer in answers)
    return {"organisation": other, "other_organisation": organisation}


def entered_by_hand(browser: Browser, site: RunningSystem, signed_in: StorageState) -> dict[str, str]:
    """A processor, a consent and a funder, entered in their forms, as there is no other way."""
    context = browser.new_context(base_url=site.base_url, storage_state=signed_in, locale="de-DE")
    page = context.new_page()
    processor = ("name", "Rechenhaus eG"), ("task", "Betreibt den Server."), ("place", "Essen, Deutschland")
    made = {
        "processor": _entered(page, "/organise/privacy/processors", *processor),
        "funder": _entered(page, "/organise/funders", ("name", "Ministerium")),
    }
    page.goto("/organise/privacy/consents/new")
    for name, value in (("title.de", "Fotos von mir"), ("text.de", "Im Jahresbericht.")):
        page.locator(f"[name='{name}']").fill(value)
    press(page, "Danach fragen")
    consent = page.url.rpartition("/")[2]
    context.close()
    return {**made, "consent": consent}


def _entered(page: Page, path: str, *typed: tuple[str, str]) -> str:
    """The id of what was entered."""
    page.goto(f"{path}/new")
    for name, value in typed:
        page.locator(f"[name={name}]").fill(value)
    press(page, "Speichern")
    address = page.locator("main tbody a").first.get_attribute("href") or ""
    return address.rpartition("/")[2]


def a_webhook(site: RunningSystem) -> dict[str, str]:
    """One whose receiver does not exist, with two messages of which one was tried."""
    path = "/api/registration/v1/webhooks"
    topics = ["registration.confirmed.v1", "registration.cancelled.v1"]
    made = site.post(path, {"url": "https://nobody.invalid/in", "topics": topics}, staff=True).json()

    def tried() -> bool:
        messages = site.get(f"{path}/{made['id']}/deliveries", staff=True).json()["items"]
        return bool(messages and messages[0]["attempts"])

    for _ in range(2):
        assert site.post(f"{path}/{made['id']}/test", {}, staff=True).status_code == 202
        # Where there is no network, the name is looked up until that gives up.
        eventually(tried, within=NAMES_ARE_LOOKED_UP_FOR)
    return {"webhook": made["id"]}
