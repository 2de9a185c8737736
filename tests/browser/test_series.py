"""Somebody registers for a whole series on a phone, without scripts and with them, and cancels later."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.testing import eventually
from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import (
    expect_heading,
    follow,
    go,
    open_own_page,
    press,
    publish_event,
    register_by_api,
    send_registration,
    sideways,
    unique_address,
)
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

QUESTION = {"key": "experience", "kind": "text", "label": {"de": "Was haben Sie schon gemacht?"}}


def publish_series(site: RunningSystem) -> tuple[str, list[dict[str, Any]]]:
    """A published series of three modules: one with seats, one that is full, one that asks a question."""
    series = {"title": {"de": f"Grundlagen {uuid.uuid4().hex[:6]}", "en": "Foundations"}}
    created = site.post("/api/catalogue/v1/series", series, staff=True)
    assert created.status_code == 201, created.text
    made = created.json()
    kinds: list[dict[str, Any]] = [{}, {"capacity": 1}, {"questions": [QUESTION]}]
    modules = [
        publish_event(site, series_id=made["id"], begins_in=timedelta(days=40 + number), **changes)
        for number, changes in enumerate(kinds)
    ]
    register_by_api(site, modules[1], unique_address("mehmet"))
    assert site.post(f"/api/catalogue/v1/series/{made['id']}/publish", {}, staff=True).status_code == 200
    eventually(lambda: site.get(f"/series/{made['slug']}").status_code == 200)
    return made["slug"], modules


def fill(page: Page, address: str) -> None:
    for label, value in (("Vorname", "Olena"), ("Nachname", "Schewtschenko"), ("E-Mail", address)):
        page.get_by_label(label, exact=True).fill(value)


def test_a_series_is_registered_for_without_javascript_at_320_pixels_and_cancelled_by_the_mails_link(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility
) -> None:
    slug, modules = publish_series(site)
    address = unique_address("olena")
    page = new_page(width=320, javascript=False)
    page.goto(f"/series/{slug}")
    page.get_by_role("link", name="Zur Reihe anmelden").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    expect(page.get_by_role("main")).to_contain_text("Ausgebucht: Sie kämen auf die Warteliste.")
    expect(page.get_by_text("Nur für:")).to_be_visible()
    assert sideways(page) == 0
    fill(page, address)
    send_registration(page)
    expect_heading(page, "Sie sind angemeldet")
    assert page.locator(".panel .badge").all_inner_texts() == ["Bestätigt", "Auf der Warteliste", "Bestätigt"]
    expect(page.get_by_role("main")).to_contain_text("Sie sind Nummer 1")
    assert sideways(page) == 0

    own = new_page(width=390)
    open_own_page(own, site, address)
    card = own.get_by_role("article")
    expect(card).to_have_count(1)
    check_accessibility(own)
    waiting = card.locator("details").filter(has_text=modules[1]["title"]["de"])
    waiting.locator("summary").press("Enter")
    check_accessibility(own)
    assert sideways(own) == 0
    go(own, waiting.get_by_role("link", name="Warteliste verlassen"))
    press(own, "Ja, Warteliste verlassen")
    assert card.locator("summary .badge").all_inner_texts() == ["Bestätigt", "Abgesagt", "Bestätigt"]
    follow(own, "Alle Module absagen")
    check_accessibility(own)
    own.get_by_role("button", name="Ja, alle Module absagen").click()
    expect(own.get_by_role("status").first).to_contain_text("Alle Module sind abgesagt")


def test_the_whole_series_is_waited_for_with_a_fallback_and_comes_at_once(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility
) -> None:
    slug, modules = publish_series(site)
    address = unique_address("olena")
    page = new_page(width=390)
    page.goto(f"/register/series/{slug}")
    fallback = page.get_by_role("group", name="auf jeden Fall")
    expect(fallback).to_be_hidden()
    page.get_by_label("Ich möchte alle diese Module oder keines").check()
    fallback.get_by_label(modules[0]["title"]["de"]).check()
    check_accessibility(page)
    assert sideways(page) == 0
    fill(page, address)
    send_registration(page)
    assert page.locator(".panel .badge").all_inner_texts() == ["Bestätigt", "Auf der Warteliste", "Auf der Warteliste"]
    check_accessibility(page)
    open_own_page(page, site, address)
    expect(page.get_by_role("article")).to_contain_text("Sie warten auf die ganze Reihe")
    people = f"/api/registration/v1/events/{modules[1]['id']}/registrations"
    (seated,) = [one for one in site.get(people, staff=True).json()["items"] if one["state"] == "confirmed"]
    site.post(f"/api/registration/v1/registrations/{seated['id']}/cancel", {"reason": "krank"}, staff=True)

    def all_seated() -> bool:
        page.reload()
        return page.locator("summary .badge").all_inner_texts() == ["Bestätigt"] * 3

    eventually(all_seated)


def test_the_form_shows_what_the_chosen_modules_ask_and_works_with_the_keyboard(
    site: RunningSystem, new_page: NewPage, check_accessibility: CheckAccessibility
) -> None:
    slug, modules = publish_series(site)
    page = new_page()
    page.goto(f"/events/{modules[0]['slug']}")
    follow(page, "Für mehrere Module der Reihe auf einmal anmelden")
    check_accessibility(page)
    question = page.get_by_label("Was haben Sie schon gemacht?")
    expect(question).to_be_visible()
    page.get_by_role("checkbox", name=modules[2]["title"]["de"]).press("Space")
    expect(question).to_be_hidden()
    page.get_by_role("checkbox", name=modules[2]["title"]["de"]).press("Space")
    expect(question).to_be_visible()
    for module in modules:
        page.get_by_role("checkbox", name=module["title"]["de"]).press("Space")
    fill(page, unique_address("olena"))
    page.keyboard.press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    check_accessibility(page)
    summary.get_by_role("link", name="Module").first.press("Enter")
    first = page.get_by_role("checkbox", name=modules[0]["title"]["de"])
    expect(first).to_be_focused()
    first.press("Space")
    send_registration(page)
    expect_heading(page, "Sie sind angemeldet")
    expect(page.locator(".panel .badge")).to_have_text(["Bestätigt"])
    check_accessibility(page)
    assert slug in page.url
