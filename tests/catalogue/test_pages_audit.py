"""The log of the programme and of accounts, as auditors and organisers read it."""

import pytest

from services.catalogue import accounts
from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue

LOG = "/organise/audit"


@pytest.fixture
def staffed(catalogue: Catalogue) -> Catalogue:
    catalogue.employ()
    return catalogue


def acts(browser: Browser, query: str = "") -> list[str]:
    return browser.open(LOG + query).all("#acts tbody tr")


def test_what_was_done_to_an_event_is_said_in_words_with_a_link(staffed: Catalogue) -> None:
    event = staffed.event(capacity=20)
    staffed.change(event.id, capacity=25)
    page = Browser(staffed, "bob").open(LOG)
    changed = page.all("#acts tbody tr")[0]
    assert "Event changed the command “a test” Event: Association law Seats: 20 → 25" in changed
    assert page.one(f"#acts tr:first-child a[href='/organise/events/{event.id}']")
    assert "Plätze: 20 → 25" in acts(Browser(staffed, "bob", language="de"))[0]


def test_codes_and_languages_are_said_in_words(staffed: Catalogue) -> None:
    event = staffed.event()
    staffed.change(event.id, languages=["tr", "de"], format="hybrid", kind="meeting", needs=["diet", "childcare"])
    changed = acts(Browser(staffed, "bob"))[0]
    assert "→ German, Turkish" in changed
    assert "Format: On site → On site and online" in changed
    assert "→ Meeting" in changed
    assert "→ Childcare, with the ages of the children, Food" in changed
    assert "→ Deutsch, Türkisch" in acts(Browser(staffed, "bob", language="de"))[0]


def test_it_is_searched_by_the_names_of_events_series_and_accounts(staffed: Catalogue) -> None:
    staffed.event()
    staffed.series(title={"de": "Grundlagen"})
    browser = Browser(staffed, "bob")
    assert [len(acts(browser, f"?q={typed}")) for typed in ("vereinsr", "GRUND", "charlie@example.org")] == [1, 1, 2]


def test_alice_reads_of_events_alone_and_auditors_of_accounts_too(staffed: Catalogue) -> None:
    staffed.event()
    with staffed.work() as uow:
        charlie = accounts.account_by_email(uow.session, "charlie@example.org")
        assert charlie is not None
        accounts.set_roles(uow, charlie.id, ["organiser", "door"], "a test")
    (of_alice,) = acts(Browser(staffed, "alice"))
    assert "Association law" in of_alice
    page = Browser(staffed, "adam").open(f"{LOG}?q=charlie@example.org&act=account.roles_set")
    (row,) = page.all("#acts tbody tr")
    assert "Account: Charlie Roles: Door → Door, Organiser" in row
    assert page.one(f"#acts a[href='/organise/accounts/{charlie.id}']")
    page = Browser(staffed, "bob").open(f"{LOG}?act=account.roles_set")
    assert "Account: C…" in page.all("#acts tbody tr")[0]
    assert page.soup.select("#acts a[href^='/organise/accounts']") == []


def test_who_signed_in_and_out_stands_there_too(staffed: Catalogue) -> None:
    browser = Browser(staffed)
    page = browser.open("/login")
    browser.send(page, email="alice@example.org", password="wrong password")
    (row,) = acts(Browser(staffed, "bob"), "?act=account.sign_in_refused")
    assert "a visitor" in row


def test_the_three_logs_lead_to_each_other(staffed: Catalogue) -> None:
    page = Browser(staffed, "alice").open(LOG)
    links = {str(link["href"]): link.get("aria-current") for link in page.soup.select("nav.tabs a")}
    assert links == {LOG: "page", f"{LOG}/registrations": None, f"{LOG}/mail": None}
    assert page.one(".organise-bar a[aria-current=page]").text == "Audit log"
