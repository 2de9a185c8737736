"""The door: scanning, ticking and letting in, with a network and without one."""

import re
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import publish_event, register_by_api, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

NAMES = ("Amal", "Birgit", "Chidi", "Dana", "Emre", "Fatou")


def at_the_door(page: Page, event: dict[str, Any]) -> Page:
    """The page, once it can be left without a network."""
    page.goto(f"/check-in/{event['id']}")
    expect(page.locator("#ready")).to_be_visible()
    return page


def code(registration_id: str) -> str:
    return registration_id.replace("-", "").upper()


def scan(page: Page, registration_id: str) -> None:
    """As a scanner does that types: the code and Enter."""
    page.locator("#field-q").fill(code(registration_id))
    page.keyboard.press("Enter")


def scan_all(page: Page, registration_ids: Sequence[str]) -> None:
    """The same faster than any hand, each scan after the one before was written down."""
    page.evaluate(
        """async codes => {
          for (const code of codes) {
            document.getElementById("field-q").value = code;
            document.getElementById("result").textContent = "";
            document.getElementById("find").requestSubmit();
            while (!document.getElementById("result").textContent) await new Promise(done => setTimeout(done, 1));
          }
        }""",
        [code(registration_id) for registration_id in registration_ids],
    )


def ledger(site: RunningSystem, event: dict[str, Any]) -> dict[str, list[int]]:
    """Minutes at each session, by registration."""
    answer = site.get(f"/api/registration/v1/events/{event['id']}/attendance?limit=200", staff=True)
    assert answer.status_code == 200, answer.text
    return {one["id"]: [s["minutes"] for s in one["sessions"]] for one in answer.json()["items"]}


def registered(site: RunningSystem, event: dict[str, Any], names: Sequence[str] = NAMES) -> list[str]:
    return [register_by_api(site, event, unique_address("tuer"), first_name=name) for name in names]


def test_a_code_is_read_once_and_undone_at_the_door(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState, check_accessibility: CheckAccessibility
) -> None:
    event = publish_event(site, begins_in=timedelta(hours=1))
    people = registered(site, event)
    page = at_the_door(new_page(storage_state=signed_in, width=390), event)
    scan(page, people[0])
    expect(page.locator("#result")).to_have_text("Willkommen, Amal Yılmaz!")
    scan(page, people[0])
    expect(page.locator("#result")).to_contain_text("ist schon da")
    scan(page, str(uuid.uuid4()))
    expect(page.locator("#result")).to_contain_text("nicht auf der Liste")
    expect(page.locator(".door-count")).to_contain_text("1 von 6 sind da")
    page.locator("#field-q").fill("fatou")
    page.get_by_role("button", name=re.compile("Anwesend.*Fatou")).click()
    expect(page.locator(".door-count")).to_contain_text("2 von 6")
    page.locator("#field-q").fill("")
    page.get_by_role("button", name=re.compile("Rückgängig.*Amal")).click()
    expect(page.locator(".door-count")).to_contain_text("1 von 6")
    expect(page.locator("#unsent")).to_have_text("Alles ist gesendet.")
    assert ledger(site, event)[people[0]] == []
    assert ledger(site, event)[people[5]] == [180]
    check_accessibility(page)


def test_two_devices_without_a_network_count_nobody_twice(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState
) -> None:
    event = publish_event(site, begins_in=timedelta(hours=1), capacity=150)
    people = registered(site, event, [f"Person {number:03}" for number in range(150)])
    first, second = (at_the_door(new_page(storage_state=signed_in), event) for _ in range(2))
    for page in (first, second):
        page.context.set_offline(True)
    scan_all(first, people[:100])
    first.reload()
    expect(first.locator("#unsent")).to_have_text("100 Einträge warten darauf, gesendet zu werden.")
    expect(first.locator(".door-count")).to_contain_text("100 von 150")
    scan_all(second, people[50:])
    for page in (first, second):
        page.context.set_offline(False)
        page.get_by_role("button", name="Jetzt senden").click()
        expect(page.locator("#unsent")).to_have_text("Alles ist gesendet.")
    expect(second.locator(".door-count")).to_contain_text("150 von 150")
    assert ledger(site, event) == {one: [180] for one in people}


def test_somebody_without_a_registration_is_let_in_while_a_seat_is_free(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState
) -> None:
    event = publish_event(site, begins_in=timedelta(hours=1), capacity=2)
    registered(site, event, ["Amal"])
    page = at_the_door(new_page(storage_state=signed_in), event)
    page.get_by_text("Jemand ohne Anmeldung").click()
    for name in ("Goran", "Halima"):
        page.get_by_label("Vorname").fill(name)
        page.get_by_label("Nachname").fill("Ilić")
        page.get_by_label("E-Mail").fill(unique_address(name.lower()))
        page.get_by_role("button", name="Einlassen, wenn ein Platz frei ist").click()
        expected = "hat jetzt einen Platz" if name == "Goran" else "Kein Platz ist frei"
        expect(page.locator("#result")).to_contain_text(expected)
    expect(page.locator("#problems")).to_contain_text("Halima Ilić: nicht vermerkt.")
    expect(page.locator(".door-count")).to_contain_text("1 von 2")
    page.get_by_role("button", name="Gesehen").click()
    expect(page.locator("#problems")).to_be_empty()


def test_what_was_recorded_outlasts_a_session_that_ends(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState
) -> None:
    event = publish_event(site, begins_in=timedelta(hours=1))
    people = registered(site, event, ["Amal"])
    page = at_the_door(new_page(storage_state=signed_in), event)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    scan(page, people[0])
    expect(page.locator("#network")).to_contain_text("nicht mehr angemeldet")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave is what it takes
    page.get_by_role("button", name="Jetzt senden").click()
    expect(page.locator("#unsent")).to_have_text("Alles ist gesendet.")
    assert ledger(site, event) == {people[0]: [180]}
