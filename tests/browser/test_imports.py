"""An organiser adds people from a file that has mistakes in it."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, StorageState, expect

from tests.browser.conftest import CheckAccessibility, NewPage
from tests.browser.steps import publish_event, register_by_api, sideways, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

HEADINGS = "Nachname;Vorname;E-Mail;Verein;Sprache;Schuhgröße"


def csv_of(*rows: str) -> FilePayload:
    return {"name": "leute.csv", "mimeType": "text/csv", "buffer": "\r\n".join((HEADINGS, *rows)).encode("cp1252")}


def try_out(page: Page, file: FilePayload) -> None:
    page.get_by_label("Datei", exact=True).set_input_files(file)
    page.get_by_role("button", name="Ausprobieren").click()


def row_of(page: Page, number: int) -> Locator:
    return page.locator("tbody tr").filter(has=page.get_by_role("cell", name=str(number), exact=True))


def registered(site: RunningSystem, event: dict[str, Any]) -> list[str]:
    people = site.get(f"/api/registration/v1/events/{event['id']}/registrations", staff=True).json()["items"]
    return sorted(person["email"] for person in people)


def test_a_file_with_mistakes_is_tried_out_mended_and_added(
    site: RunningSystem, new_page: NewPage, signed_in: StorageState, check_accessibility: CheckAccessibility
) -> None:
    event, known, good, mended = publish_event(site), *(unique_address(name) for name in ("mehmet", "muge", "olena"))
    register_by_api(site, event, known)
    page = new_page(storage_state=signed_in)
    page.goto(f"/organise/events/{event['id']}/people")
    page.get_by_role("link", name="Personen aus einer Datei eintragen").click()

    page.get_by_label("Datei", exact=True).set_input_files(
        {"name": "leute.csv", "mimeType": "text/csv", "buffer": b"Name\r\nYok"}
    )
    page.get_by_role("button", name="Ausprobieren").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text("Nachname")

    rows = (
        f"Günay;Müge;{good};Elternverein;de;38",
        "Schewtschenko;Olena;olena at verein;;de;39",
        f"Öz;Mehmet;{known};;klingonisch;",
        f"Öz;Mehmet;{known};;de;",
    )
    try_out(page, csv_of(*rows))
    expect(page.get_by_role("heading", name="Eine Person würde eingetragen")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Schuhgröße")
    expect(page.get_by_role("main")).to_contain_text("3 Zeilen können nicht übernommen werden")
    expect(row_of(page, 2)).to_contain_text("Bestätigt")
    expect(row_of(page, 3)).to_contain_text("E-Mail „olena at verein“:")
    expect(row_of(page, 4)).to_contain_text("Sprache „klingonisch“:")
    expect(row_of(page, 5)).to_contain_text("schon angemeldet")
    check_accessibility(page)
    page.set_viewport_size({"width": 390, "height": 900})
    assert sideways(page) == 0
    assert registered(site, event) == [known]

    page.get_by_role("link", name="Eine andere Datei wählen").click()
    try_out(page, csv_of(rows[0], f"Schewtschenko;Olena;{mended};;de;39"))
    expect(page.get_by_role("main")).not_to_contain_text("nicht übernommen")
    page.get_by_role("button", name="Diese Personen eintragen").click()
    expect(page.get_by_role("heading", name="2 Personen wurden eingetragen")).to_be_visible()
    page.get_by_role("link", name="Zurück zu den Personen").click()
    expect(page.locator("tbody")).to_contain_text("Schewtschenko, Olena")
    assert registered(site, event) == sorted([known, good, mended])
    assert len(site.mails.wait_for(good, 1)) == 1
