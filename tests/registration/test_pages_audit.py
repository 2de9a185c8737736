"""The log of registrations as organisers and auditors read it: in words, masked, searched, and taken away."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from services.registration import directory, links
from services.registration.changes import Correction, correct
from services.registration.directory import Draft
from services.registration.models import AUDIT, THE_PERSON
from shared.audit import ENGINE, Wanted, entries_page
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.series import a_series, enrol
from tests.registration.test_api_webhooks import WEBHOOK

LOG = "/organise/audit/registrations"
EXPORTS = (f"{LOG}/export.csv", f"{LOG}/export.xlsx")


def acts(browser: Browser, query: str = "") -> list[str]:
    return browser.open(LOG + query).all("#acts tbody tr")


def add_to_directory(front: Front, name: str) -> None:
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        directory.add(uow, Draft(name), ENGINE)
        uow.commit()


def rename(front: Front, registration_id: object, last_name: str) -> None:
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        correct(uow, registration_id, Correction(last_name=last_name), THE_PERSON)  # type: ignore[arg-type]
        uow.commit()


def test_what_was_done_is_said_in_words_with_peoples_names_masked(front: Front) -> None:
    event = front.house.event()
    registration_id = front.house.register(event, "Ana Novak").registration_id
    rename(front, registration_id, "Nowak")
    front.post(f"/registrations/{registration_id}/cancel", {"reason": "krank"}, by="alice")
    page = Browser(front, "audrey").open(LOG)
    cancelled, corrected, made = page.all("#acts tbody tr")
    assert "Registration cancelled" in cancelled
    assert "Alice" in cancelled
    assert "State: confirmed → cancelled" in cancelled
    assert "Registration corrected the person Registration: A… N… Event: Association law" in corrected
    assert "Last name: N… → N…" in corrected
    assert "State: confirmed" in made
    assert "Novak" not in page.words
    assert page.one(f"#acts tr:first-child a[href$='/people/{registration_id}']")
    german = Browser(front, "audrey", language="de").open(LOG).all("#acts tbody tr")[0]
    assert "Anmeldung storniert" in german
    assert "Stand: bestätigt → abgesagt" in german


def test_a_language_is_called_by_its_name(front: Front) -> None:
    registration_id = front.house.register(front.house.event()).registration_id
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        correct(uow, registration_id, Correction(locale="en"), THE_PERSON)
        uow.commit()
    assert "Language: Deutsch → English" in acts(Browser(front, "audrey"))[0]


def test_kinds_of_enrolment_are_said_in_words(front: Front) -> None:
    a_series(front.house, {}, {})
    enrol(front, "Ana Novak", mode="whole")
    (enrolled,) = acts(Browser(front, "audrey"), "?act=enrolment.made")
    assert "Kind of registration: all of these modules or none" in enrolled
    german = Browser(front, "audrey", language="de")
    assert "Art der Anmeldung: alle diese Module oder keines" in acts(german, "?act=enrolment.made")[0]


def test_what_a_webhook_is_told_is_said_in_words(front: Front) -> None:
    front.post("/webhooks", {**WEBHOOK, "topics": ["registration.confirmed.v1"]}, by="adam")
    assert "Messages: Seat given" in acts(Browser(front, "adam"), "?act=webhook.added")[0]


def test_it_is_searched_by_event_person_organisation_and_id(front: Front) -> None:
    law, books = front.house.event(), front.house.event(title={"de": "Kassenführung"})
    ana = front.house.register(law, "Ana Novak").registration_id
    front.house.register(books, "João Berg")
    add_to_directory(front, "Brücke der Kulturen")
    browser = Browser(front, "audrey")
    assert len(acts(browser)) == 3
    for typed in ("novak", "ANA", "Vereinsrecht", str(ana), str(law)):
        assert len(acts(browser, f"?q={typed}")) == 1, typed
    (of_joao,) = acts(browser, "?q=joao berg")
    assert "J… B…" in of_joao
    (of_directory,) = acts(browser, "?q=bruecke")
    assert "Organisation: Brücke der Kulturen" in of_directory
    assert "State: Listed" in of_directory
    assert "Nothing fits" in browser.open(f"{LOG}?q=nobody").words


def test_a_person_is_found_by_their_whole_address(front: Front) -> None:
    front.house.register(front.house.event(), "Ana Novak")
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        links.request_link(uow, "ana.novak@example.org")
        uow.commit()
    found = acts(Browser(front, "audrey"), "?q=Ana.Novak@example.org")
    assert ["Link to the own page requested" in act for act in found] == [True, False]
    assert "Person: a…@e….org" in found[0]


def test_it_is_filtered_by_who_what_and_when(front: Front) -> None:
    event = front.house.event()
    registration_id = front.house.register(event).registration_id
    front.house.clock.turn(days=2)
    front.post(f"/registrations/{registration_id}/cancel", {"reason": "krank"}, by="alice")
    today = front.house.clock().date()
    browser = Browser(front, "audrey")
    authors = {option.text: option["value"] for option in browser.open(LOG).soup.select("#field-who option")}
    made, cancelled = "Registered", "Registration cancelled"
    expected = {
        f"?who={authors['Alice']}": [cancelled],
        f"?who={authors['People on their own page']}": [made],
        f"?who={authors['Bob']}": [],
        "?act=registration.made": [made],
        f"?since={today}": [cancelled],
        f"?until={today - timedelta(days=1)}": [made],
        f"?since={today - timedelta(days=9)}&until={today}": [cancelled, made],
    }
    assert {query: browser.open(LOG + query).all("#acts tbody th") for query in expected} == expected


@pytest.mark.parametrize("query", ["?who=x", "?act=x", "?since=yesterday", "?until=9999-12-31", "?cursor=x", "?x=y"])
def test_an_address_that_was_not_made_here_is_refused(front: Front, query: str) -> None:
    assert Browser(front, "audrey").open(LOG + query).status == 422


def test_a_long_log_comes_in_pages_with_the_filters_kept(front_of_both: Front) -> None:
    front = front_of_both
    event = front.house.event(capacity=60)
    for _ in range(60):
        front.house.register(event)
    browser = Browser(front, "audrey")
    first = browser.open(f"{LOG}?act=registration.made")
    second = browser.open(str(first.one("a[rel=next]")["href"]))
    assert [len(page.all("#acts tbody tr")) for page in (first, second)] == [50, 10]
    assert second.value("act") == "registration.made"


def test_organisers_see_what_concerns_events_and_auditors_everything(front: Front) -> None:
    front.house.register(front.house.event())
    add_to_directory(front, "Brücke")
    assert [len(acts(Browser(front, name))) for name in ("alice", "audrey", "adam")] == [1, 2, 2]


def test_charlie_and_bob_do_not_see_it(front: Front) -> None:
    for path in (LOG, *EXPORTS):
        assert [Browser(front, name).open(path).status for name in ("charlie", "bob", "")] == [403, 403, 307]


def test_it_is_taken_away_as_a_table_and_that_is_written_down(front: Front) -> None:
    event = front.house.event(title={"de": "=SUM(A1)"})
    front.house.register(event, "Ana Novak", organisation="=1+1")
    browser = Browser(front, "audrey")
    query = "?act=registration.made&q=novak"
    csv = browser.client.get(EXPORTS[0] + query, headers=browser.headers).get_data(as_text=True)
    header, row = csv.removeprefix("\ufeff").splitlines()
    assert header.startswith("When;What was done;By;About;Name;Event;What changed")
    assert ";Registered;the person;Registration;A… N…;'=SUM(A1);State: confirmed;" in row
    with browser.client.get(EXPORTS[1], headers=browser.headers) as answer:
        sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert cells[0][1] == "What was done"
    assert [line[1] for line in cells[1:]] == ["Audit log exported", "Audit log exported", "Registered"]
    assert cells[-1][5] == "=SUM(A1)"
    assert sheet.cell(row=len(cells), column=6).data_type == "s"
    with front.core.database.read() as session:
        exports = entries_page(session, AUDIT, Wanted(action="log.exported")).items
    assert [export.changes for export in exports] == [
        {"searched": {"after": False}},
        {"act": {"after": "registration.made"}, "searched": {"after": True}},
    ]


def test_the_whole_log_is_taken_away_however_long_it_is(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.audit.ROWS_AT_A_TIME", 3)
    event = front.house.event(capacity=8)
    for _ in range(8):
        front.house.register(event)
    lines = Browser(front, "audrey").client.get(EXPORTS[0]).get_data(as_text=True).splitlines()
    assert len(lines) == 1 + 1 + 8


def test_a_persons_page_leads_to_what_was_done_with_the_registration(front: Front) -> None:
    event = front.house.event()
    registration_id = front.house.register(event).registration_id
    front.house.register(event)
    browser = Browser(front, "alice")
    page = browser.open(f"/organise/events/{event}/people/{registration_id}")
    (link,) = page.soup.select(f"main a[href^='{LOG}']")
    assert len(browser.open(str(link["href"])).all("#acts tbody tr")) == 1


def test_many_things_that_fit_are_told_of(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    event = front.house.event()
    for _ in range(3):
        front.house.register(event)
    monkeypatch.setattr("shared.web.audit_pages.MOST_FOUND", 2)
    page = Browser(front, "audrey").open(f"{LOG}?q=person")
    assert len(page.all("#acts tbody tr")) == 2
    assert "Please type more of the name." in page.words
