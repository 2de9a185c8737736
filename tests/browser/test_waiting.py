"""Waiting, being offered a seat, and being moved in line."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.steps import publish_event, register_by_api, sign_in, unique_address
from tests.system.harness import RunningSystem
from tests.system.mails import link

pytestmark = pytest.mark.xdist_group("browser")

OFFERS_AT_ANY_TIME = {
    "enabled": True,
    "policy": "offer",
    "offer_hours": 48,
    "quiet_from": "00:00",
    "quiet_until": "00:00",
    "weekends": True,
}


def an_offer(site: RunningSystem, new_page: NewPage) -> tuple[dict[str, Any], Page]:
    """Somebody waited, a seat came free, and the mail's link is opened on a phone."""
    event, address = publish_event(site, capacity=1, waitlist=OFFERS_AT_ANY_TIME), unique_address("olena")
    taken = register_by_api(site, event, unique_address("mehmet"))
    register_by_api(site, event, address, first_name="Olena")
    site.post(f"/api/registration/v1/registrations/{taken}/cancel", {"reason": "krank"}, staff=True)
    _waits, offered = site.mails.wait_for(address, 2)
    page = new_page(width=390)
    page.goto(link(offered, "/my/").removeprefix(site.base_url))
    return event, page


def test_an_offer_is_accepted_on_a_phone(site: RunningSystem, new_page: NewPage) -> None:
    _event, page = an_offer(site, new_page)
    page.get_by_role("button", name=re.compile("annehmen", re.IGNORECASE)).click()
    expect(page.get_by_role("main")).to_contain_text("Bestätigt")
    expect(page.get_by_role("button", name=re.compile("annehmen", re.IGNORECASE))).to_have_count(0)


def test_an_offer_is_declined_after_one_question(site: RunningSystem, new_page: NewPage) -> None:
    event, page = an_offer(site, new_page)
    page.get_by_role("link", name=re.compile("ablehnen|verzichten", re.IGNORECASE)).click()
    page.locator("main form button").last.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("abgesagt|abgelehnt", re.IGNORECASE))
    seats = site.get(f"/api/registration/v1/events/{event['id']}").json()
    assert (seats["taken"], seats["waiting"]) == (0, 0)


def test_an_organiser_moves_somebody_in_line_by_keyboard(site: RunningSystem, new_page: NewPage) -> None:
    event = publish_event(site, capacity=1)
    for name in ("Mehmet", "Ana", "Olena"):
        register_by_api(site, event, unique_address(name.lower()), first_name=name)
    page = new_page()
    sign_in(page)
    page.goto(f"/organise/events/{event['id']}/waitlist")
    row = page.locator("tbody tr").filter(has_text="Olena")
    row.get_by_role("link", name=re.compile("verschieben", re.IGNORECASE)).focus()
    page.keyboard.press("Enter")
    page.locator("[name=position]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.type("Sie kommt von weit her.")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/waitlist$"))
    expect(page.locator("tbody th").first).to_contain_text("Olena")
