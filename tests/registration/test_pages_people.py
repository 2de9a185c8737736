"""The organisers' table of an event's people, the same as a file, and one person's page."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from flask import Response as FlaskResponse
from sqlalchemy import event as sqlalchemy_event

from services.registration.attendance import Entry, Recorder, record
from services.registration.booking import book
from services.registration.forgetting import forget_registrations
from services.registration.manner import Manner
from services.registration.models import AUDIT, STAFF
from shared.audit import Wanted, entries_page
from shared.database import new_id
from shared.web.sign_in import RENEWED, mark_as_renewed
from tests.catalogue.browser import Page, said
from tests.registration.asking import a_question, an_option
from tests.registration.browser import Browser
from tests.registration.front import Front, hold
from tests.registration.parts import ORGANISER
from tests.registration.series import a_series, enrol

READERS = ("alice", "adam", "audrey")
STRANGERS = ("bob", "charlie")


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def people(event_id: UUID, query: str = "") -> str:
    return f"/organise/events/{event_id}/people{query}"


def registered(front: Front, event_id: UUID, name: str, **changes: Any) -> UUID:
    return front.house.register(event_id, name, **changes).registration_id


def names(page: Page) -> list[str]:
    return page.all("tbody th")


def test_the_table_shows_everybody_by_name(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=1)
    registered(front, event, "Ana Novak", organisation="Agisra e. V.")
    registered(front, event, "Bo Berg")
    page = alice.open(people(event))
    assert page.status == 200
    assert names(page) == ["Berg, Bo", "Novak, Ana"]
    berg, novak = page.all("tbody tr")
    for shown in ("bo.berg@example.org", "On the waitlist", "No. 1 in line", "11 Jan 2027"):
        assert shown in berg, shown
    for shown in ("ana.novak@example.org", "Agisra e. V.", "Confirmed"):
        assert shown in novak, shown
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", READERS)
def test_organisers_and_auditors_see_the_people(front: Front, name: str) -> None:
    event = front.house.event()
    ana = registered(front, event, "Ana Novak")
    browser = Browser(front, name)
    for path in (people(event), people(event, "/export.csv"), people(event, f"/{ana}")):
        assert browser.client.get(path).status_code == 200, path


def test_whose_name_was_deleted_is_listed_without_one(front: Front) -> None:
    event = front.house.event(capacity=1)
    ids = [registered(front, event, "Ana Novak"), registered(front, event, "Ben Omar")]
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        forget_registrations(uow, ids, evidence=())
        uow.commit()
    browser = Browser(front, "alice")
    for path in (people(event), f"/organise/events/{event}/waitlist", f"/organise/events/{event}/attendance"):
        listed = names(browser.open(path))
        assert listed, path
        assert {line.split(" (")[0] for line in listed} == {"Name deleted"}, path


@pytest.mark.parametrize("name", STRANGERS)
def test_the_door_and_those_without_rights_do_not_see_the_people(front: Front, name: str) -> None:
    event = front.house.event()
    ana = registered(front, event, "Ana Novak")
    browser = Browser(front, name)
    for path in (
        people(event),
        people(event, "/export.csv"),
        people(event, f"/{ana}"),
        people(event, f"/{ana}/cancel"),
    ):
        page = browser.open(path)
        assert page.status == 403, path
        assert "Novak" not in page.response.get_data(as_text=True)


def test_whoever_is_not_signed_in_is_sent_to_sign_in(front: Front) -> None:
    event = front.house.event()
    answer = Browser(front).open(people(event, "?state=confirmed"))
    assert answer.status == 307
    assert answer.location == f"/login/renew?next=%2Forganise%2Fevents%2F{event}%2Fpeople%3Fstate%3Dconfirmed"


def test_an_account_that_is_not_known_here_yet_is_sent_to_catalogue_once_and_then_asked_to_wait(front: Front) -> None:
    path = people(front.house.event())
    browser = Browser(front, "alice")
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        uow.session.execute(STAFF.accounts.delete())
        uow.commit()
    assert browser.open(path).status == 307
    renewed = FlaskResponse()
    with front.flask.app_context():
        mark_as_renewed(renewed)
    browser.client.set_cookie(RENEWED, renewed.headers["Set-Cookie"].split(";")[0].split("=", 1)[1])
    page = browser.open(path)
    assert (page.status, page.response.headers["Retry-After"]) == (503, "2")
    assert "Your account is not known here yet." in page.words
    front.house.clock.turn(minutes=11)
    assert browser.open(path).status == 307


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=nov", ["Novak, Ana"]),
        ("?q=BERG+bo", ["Berg, Bo"]),
        ("?q=oeztuerk", []),
        ("?q=ozturk", ["Öztürk, Cem"]),
        ("?q=agisra", ["Novak, Ana", "Öztürk, Cem"]),
        ("?state=waitlisted", ["Öztürk, Cem"]),
        ("?organisation=AGISRA", ["Novak, Ana", "Öztürk, Cem"]),
        ("?organisation=agisra&state=confirmed", ["Novak, Ana"]),
        ("?q=100%25", []),
    ],
)
def test_people_are_searched_and_filtered(front: Front, alice: Browser, query: str, found: list[str]) -> None:
    event = front.house.event(capacity=2)
    registered(front, event, "Ana Novak", organisation="Agisra")
    registered(front, event, "Bo Berg")
    registered(front, event, "Cem Öztürk", organisation="Agisra")
    page = alice.open(people(event, query))
    assert names(page) == found
    if not found:
        assert "Nobody fits" in page.words


def test_pages_follow_each_other_and_keep_the_filter(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=100)
    for number in range(53):
        registered(front, event, f"Person {number:02}", organisation="Verein")
    first = alice.open(people(event, "?organisation=Verein"))
    second = alice.open(str(first.one("a[rel=next]")["href"]))
    assert len(names(first)) == 50
    assert len(names(second)) == 3
    assert not set(names(first)) & set(names(second))
    assert not second.soup.select("a[rel=next]")
    back = alice.open(str(second.soup.select("#people p > a")[-1]["href"]))
    assert names(back) == names(first)


def test_a_filter_that_is_not_understood_is_refused(front: Front, alice: Browser) -> None:
    event = front.house.event()
    for query in ("?state=asleep", "?cursor=x", "?colour=red", "?columns=shoe", "?order=size", "?q=" + "x" * 1_000):
        assert alice.open(people(event, query)).status == 422, query


def test_the_table_takes_few_statements_however_many_come(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=30, max_per_organisation=20)
    for number in range(60):
        registered(front, event, f"Person {number:02}", organisation="Verein")
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sqlalchemy_event.listen(front.core.database.engine, "before_cursor_execute", note)
    assert alice.open(people(event, "?q=person&organisation=verein")).status == 200
    assert len(statements) <= 6, "\n".join(statements)


def test_the_file_holds_what_the_filter_shows_and_its_fetching_is_logged(front: Front, alice: Browser) -> None:
    event = front.house.event(slug="law", capacity=1)
    registered(front, event, "Ana Novak", organisation="=1+1")
    registered(front, event, "Bo Berg")
    answer = alice.client.get(people(event, "/export.csv?state=confirmed&q=novak"), headers={"Accept-Language": "en"})
    rows = answer.get_data(as_text=True).splitlines()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="law.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(rows) == 2
    assert "Novak;Ana;ana.novak@example.org;'=1+1;confirmed" in rows[1]
    with front.house.database.read() as session:
        [entry] = entries_page(session, AUDIT, Wanted(action="people.exported")).items
    assert entry.event_id == event
    assert entry.changes["state"] == {"after": "confirmed"}
    assert "novak" not in str(entry.changes).lower()


def test_the_same_is_fetched_for_excel_with_the_chosen_columns(front: Front, alice: Browser) -> None:
    event = front.house.event(slug="law", capacity=1)
    registered(front, event, "Ana Novak", organisation="=1+1")
    registered(front, event, "Bo Berg")
    path = people(event, "/export.xlsx?order=seq&columns=organisation&columns=state")
    with alice.client.get(path, headers={"Accept-Language": "en"}) as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=law.xlsx"
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)  # type: ignore[union-attr]
    assert rows == [
        ("Last name", "First name", "Organisation", "State"),
        ("Novak", "Ana", "=1+1", "confirmed"),
        ("Berg", "Bo", None, "on the waitlist"),
    ]


def test_columns_are_chosen_and_kept_in_every_link(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=100)
    for number in range(51):
        registered(front, event, f"Person {number:02}")
    page = alice.open(people(event, "?columns=number&order=seq"))
    assert page.all("thead th")[:3] == ["Tick", "Name", "Number"]
    assert "example.org" not in page.words
    for link in (page.one("a[rel=next]"), page.one("a[href*='export.csv']"), page.one("a[href*='export.xlsx']")):
        assert "columns=number" in str(link["href"])
        assert "order=seq" in str(link["href"])


ROLE = a_question("role", "choice", options=[an_option("board"), an_option("guest", retired=True)])
TOPICS = a_question("topics", "several", options=[an_option("law"), an_option("tax-law")])
COMES = a_question("comes", "yes_no", required=True)
ORIGIN, SECRET = a_question("origin", "organisation"), a_question("secret", sensitive=True)
ASKED = [ROLE, TOPICS, COMES, ORIGIN, SECRET]


@pytest.fixture
def answered(front: Front) -> UUID:
    """An event at which Ana and Bo answered different things, and Cem, who was added by hand, nothing."""
    event = front.house.event(capacity=9, questions=ASKED)
    ana = {"role": "board", "topics": ["law"], "comes": "yes", "origin": "Les Élèves", "secret": "hush"}
    registered(front, event, "Ana Novak", answers=ana)
    registered(front, event, "Bo Berg", answers={"topics": ["law", "tax-law"], "comes": "no", "origin": "Elternverein"})
    with front.house.database.unit_of_work(front.house.clock()) as uow:
        book(uow, event, [front.house.wish("Cem Kaya", manner=Manner(ORGANISER))])
        uow.commit()
    return event


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?answer.role=board", ["Novak, Ana"]),
        ("?answer.role=guest", []),
        ("?answer.topics=law", ["Berg, Bo", "Novak, Ana"]),
        ("?answer.topics=tax-law", ["Berg, Bo"]),
        ("?answer.comes=no", ["Berg, Bo"]),
        ("?answer.origin=ELEVES", ["Novak, Ana"]),
        ("?answer.origin=el+e&answer.topics=law", ["Berg, Bo", "Novak, Ana"]),
        ("?answer.origin=%25", []),
        ("?answer.role=&answer.comes=yes&q=novak", ["Novak, Ana"]),
        ("?lacking=yes", ["Kaya, Cem answers missing"]),
    ],
)
def test_people_are_found_by_their_answers(alice: Browser, answered: UUID, query: str, found: list[str]) -> None:
    assert names(alice.open(people(answered, query))) == found


def test_answers_are_columns_that_can_be_chosen_and_stay_in_every_link(alice: Browser, answered: UUID) -> None:
    page = alice.open(people(answered, "?columns=answer.role&columns=answer.topics&answer.topics=law"))
    assert page.all("thead th")[1:4] == ["Name", "Role", "Topics"]
    assert [said(cell) for cell in page.soup.select("tbody tr:last-child td")][1:3] == ["Board", "Law"]
    export = str(page.one("a[href*='export.csv']")["href"])
    assert "columns=answer.role" in export
    rows = alice.client.get(export).get_data(as_text=True).splitlines()
    assert rows[1:] == ["Berg;Bo;;Law und Tax-Law", "Novak;Ana;Board;Law"]


@pytest.mark.parametrize(("name", "sees"), [("alice", False), ("audrey", False), ("adam", True)])
def test_sensitive_answers_are_listed_only_for_who_may_see_needs(
    front: Front, answered: UUID, name: str, sees: bool
) -> None:
    browser = Browser(front, name)
    assert ("hush" in browser.client.get(people(answered, "/export.csv")).get_data(as_text=True)) is sees
    for query in ("?columns=answer.secret", "?answer.secret=hush"):
        assert (browser.open(people(answered, query)).status == 200) is sees


def test_answers_and_groups_take_the_same_statements_however_many_come(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=5, questions=[{**ROLE, "required": True}])
    for _ in range(20):
        front.house.register_party(event, 2, answers={"role": "board"}, organisation="Verein")
    query = "?q=person&organisation=verein&columns=answer.role&columns=state&answer.role=board"
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sqlalchemy_event.listen(front.core.database.engine, "before_cursor_execute", note)
    assert len(names(alice.open(people(event, query)))) == 40
    assert len(statements) <= 7, "\n".join(statements)


def test_a_question_that_becomes_required_is_missing_in_earlier_registrations(front: Front, alice: Browser) -> None:
    snapshot = front.house.snapshot(questions=[ROLE])
    event = front.house.tell(snapshot)
    registered(front, event, "Ana Novak", answers={"role": "board"})
    registered(front, event, "Bo Berg")
    assert names(alice.open(people(event, "?lacking=yes"))) == []
    only_boards = {**COMES, "shown_if": {"question": "role", "answers": ["board"]}}
    front.house.tell({**snapshot, "questions": [ROLE, only_boards]})
    assert names(alice.open(people(event, "?lacking=yes"))) == ["Novak, Ana answers missing"]
    front.house.tell({**snapshot, "questions": [{**ROLE, "required": True}]})
    assert names(alice.open(people(event, "?lacking=yes"))) == ["Berg, Bo answers missing"]


def test_an_event_that_was_not_published_yet_says_so(front: Front, alice: Browser) -> None:
    draft = new_id()
    for tab in ("people", "waitlist", "attendance"):
        page = alice.open(f"/organise/events/{draft}/{tab}")
        assert page.status == 404
        assert page.all("h1") == ["Nobody can register yet"]
        assert page.soup.select(f"main a[href='/organise/events/{draft}']")


def test_a_persons_page_tells_every_decision_with_its_reason(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=2, max_per_organisation=1)
    registered(front, event, "Ana Novak", organisation="Agisra")
    bo = registered(front, event, "Bo Berg", organisation="Agisra")
    front.house.promote(bo, "she speaks on the panel")
    page = alice.open(people(event, f"/{bo}"))
    waitlisted, promoted = page.all("section:has(> h2:-soup-contains('decided')) tbody tr")
    assert "Put on the waitlist" in waitlisted
    assert "The organisation had all the seats that one organisation can have." in waitlisted
    assert "1 of 2 seats taken, 0 waiting" in waitlisted
    assert "the organisation had 1 of 1" in waitlisted
    assert waitlisted.endswith("the person")
    assert "Seat given from the waitlist" in promoted
    assert "she speaks on the panel" in promoted


def test_a_persons_page_tells_where_they_were_and_how_that_is_known(front: Front, alice: Browser) -> None:
    snapshot = front.house.snapshot()
    event = front.house.tell(snapshot)
    ana = registered(front, event, "Ana Novak")
    session_id = snapshot["sessions"][0]["session_id"]
    assert "Nothing is recorded yet." in alice.open(people(event, f"/{ana}")).words
    account = ORGANISER.account_id
    assert account is not None
    now = front.house.clock()
    rows = [
        Entry(new_id(), ana, "door", now),
        Entry(new_id(), ana, "correction", now, present=False, reason="another Ana"),
        Entry(new_id(), ana, "paper", now),
    ]
    with front.core.database.unit_of_work(now) as uow:
        record(uow, session_id, rows, Recorder(account))
        uow.commit()
    [visit] = alice.open(people(event, f"/{ana}")).all("section:has(> h2:-soup-contains('Attendance')) tbody tr")
    for shown in ("360 minutes", "ticked at the door", "corrected, was not present", "another Ana", "signed on paper"):
        assert shown in visit, shown
    assert "a former organiser" in visit


def test_a_registration_of_another_event_is_not_found(front: Front, alice: Browser) -> None:
    here, there = front.house.event(), front.house.event()
    ana = registered(front, there, "Ana Novak")
    form = alice.open(people(there, f"/{ana}/cancel"))
    for path in (f"/{ana}", f"/{ana}/cancel", f"/{ana}/promote", f"/{new_id()}"):
        assert alice.open(people(here, path)).status == 404
    sent = {"csrf_token": form.value("csrf_token"), "reason": "because"}
    assert alice.post(people(here, f"/{ana}/cancel"), sent).status == 404
    assert front.house.state(ana) == "confirmed"


def test_an_organiser_cancels_with_a_reason_and_the_next_moves_up(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=1)
    ana, bo = registered(front, event, "Ana Novak"), registered(front, event, "Bo Berg")
    path = people(event, f"/{ana}/cancel")
    page = alice.send(alice.open(path), reason="wrote that she is ill")
    assert (page.status, page.location) == (303, people(event, f"/{ana}"))
    assert (front.house.state(ana), front.house.state(bo)) == ("cancelled", "confirmed")
    [decision] = front.house.decisions(registration_id=ana, outcome="cancelled")
    assert (decision.note, decision.actor) == ("wrote that she is ill", "organiser")
    shown = alice.open(page.location)
    assert "wrote that she is ill" in shown.words
    assert "Alice" in shown.words


@pytest.mark.parametrize("act", ["cancel", "promote"])
def test_without_a_reason_nothing_is_done(front: Front, alice: Browser, act: str) -> None:
    event = front.house.event(capacity=0)
    ana = registered(front, event, "Ana Novak")
    page = alice.send(alice.open(people(event, f"/{ana}/{act}")), reason="  ")
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-reason']")
    assert front.house.state(ana) == "waitlisted"


def test_what_ended_meanwhile_is_told_and_the_reason_is_kept(front: Front, alice: Browser) -> None:
    event = front.house.event()
    ana = registered(front, event, "Ana Novak")
    form = alice.open(people(event, f"/{ana}/cancel"))
    front.house.cancel(ana)
    page = alice.send(form, reason="ill")
    assert page.status == 409
    assert "changed in the meantime" in page.errors()[0]
    assert page.value("reason") == "ill"


def test_a_seat_is_given_out_of_order_only_while_one_is_free(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=2, max_per_organisation=1)
    registered(front, event, "Ana Novak", organisation="Agisra")
    bo = registered(front, event, "Bo Berg", organisation="Agisra")
    cem = registered(front, event, "Cem Kaya", organisation="Agisra")
    assert alice.open(people(event)).all("td.row-actions a")[0] == "Give a seat : Bo Berg"
    assert alice.send(alice.open(people(event, f"/{bo}/promote")), reason="speaks").status == 303
    assert front.house.state(bo) == "confirmed"
    page = alice.send(alice.open(people(event, f"/{cem}/promote")), reason="speaks too")
    assert (page.status, page.errors()) == (409, ["There is no free seat."])
    assert front.house.state(cem) == "waitlisted"
    assert "Give a seat" not in alice.open(people(event)).words


@pytest.mark.parametrize("name", ["audrey", "bob", "charlie"])
def test_only_organisers_act(front: Front, alice: Browser, name: str) -> None:
    event = front.house.event(capacity=0)
    ana = registered(front, event, "Ana Novak")
    browser = Browser(front, name)
    token = browser.open("/my").value("csrf_token")
    for act in ("cancel", "promote"):
        assert browser.open(people(event, f"/{ana}/{act}")).status == 403
        sent = browser.post(people(event, f"/{ana}/{act}"), {"csrf_token": token, "reason": "because"})
        assert sent.status == 403
    assert front.house.state(ana) == "waitlisted"


def test_an_auditor_is_not_offered_what_they_may_not_do(front: Front) -> None:
    event = front.house.event()
    ana = registered(front, event, "Ana Novak")
    audrey = Browser(front, "audrey")
    for path in (people(event), people(event, f"/{ana}")):
        assert not audrey.open(path).soup.select("main a[href$='/cancel']")


def test_a_page_elsewhere_cannot_act(front: Front, alice: Browser) -> None:
    event = front.house.event()
    ana = registered(front, event, "Ana Novak")
    assert alice.post(people(event, f"/{ana}/cancel"), {"reason": "because"}).status == 403
    assert front.house.state(ana) == "confirmed"


@pytest.mark.parametrize(("cancelled", "days"), [(True, 0), (False, 31)])
def test_no_seat_is_given_when_the_event_is_cancelled_or_over(front: Front, cancelled: bool, days: int) -> None:
    snapshot = front.house.snapshot(capacity=2, max_per_organisation=1)
    event = front.house.tell(snapshot)
    registered(front, event, "Ana Novak", organisation="Agisra")
    bo = registered(front, event, "Bo Berg", organisation="Agisra")
    paths = (people(event), people(event, f"/{bo}"), f"/organise/events/{event}/waitlist")
    assert ["Give a seat" in Browser(front, "alice").open(path).words for path in paths] == [True] * 3
    front.house.clock.turn(days=days)
    front.house.tell(snapshot, cancelled=cancelled)
    alice = Browser(front, "alice")
    assert ["Give a seat" in alice.open(path).words for path in paths] == [False] * 3
    assert alice.send(alice.open(people(event, f"/{bo}/promote")), reason="speaks").status == 409
    assert front.house.state(bo) == "waitlisted"


def test_whoever_is_asked_for_an_answer_is_found_with_the_deadline(front: Front, alice: Browser) -> None:
    event = front.house.event()
    ana = registered(front, event, "Ana Novak")
    hold(front, ana, state="offered", deadline=front.house.clock() + timedelta(hours=48))
    page = alice.open(people(event, "?state=offered"))
    assert "Seat offered until 13 Jan 2027 10:00" in page.words
    assert page.soup.select(f"tbody a[href$='/{ana}/cancel']")
    person = alice.open(people(event, f"/{ana}"))
    assert "Seat offered until Wednesday, 13 January 2027, 10:00" in person.words
    assert alice.open(people(event, "?state=lapsed")).all("tbody th") == []


def test_times_in_the_file_are_those_of_the_event_and_not_of_the_office(front: Front, alice: Browser) -> None:
    snapshot = front.house.snapshot(slug="azores")
    event = front.house.tell({**snapshot, "sessions": [{**snapshot["sessions"][0], "time_zone": "Atlantic/Azores"}]})
    front.house.register(event, "Ana Novak")
    lines = alice.client.get(people(event, "/export.csv")).get_data(as_text=True).splitlines()
    assert lines[1].endswith("2027-01-11 08:00;;")


def test_who_is_registered_for_the_series_is_marked_found_and_a_column_of_the_file(front: Front) -> None:
    (event,) = a_series(front.house, {"capacity": 3})
    registered(front, event, "Bo Berg")
    enrol(front, "Ana Novak")
    browser = Browser(front, "alice")
    everybody = browser.open(people(event)).all("tbody tr")
    assert ["series registration" in row for row in everybody] == [False, True]
    enrolled = browser.open(people(event, "?enrolled=yes&columns=enrolment"))
    assert [row.split()[0] for row in enrolled.all("tbody th")] == ["Novak,"]
    assert "Only registrations for the series." in enrolled.words
    lines = browser.open(people(event, "/export.csv")).response.get_data(as_text=True).splitlines()
    assert ["yes" in line for line in lines[1:]] == [False, True]
