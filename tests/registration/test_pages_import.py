"""People from a spreadsheet: tried out first, then added, and never twice."""

import io
from collections.abc import Sequence
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from services.registration.answers import answers_of
from services.registration.consistency import findings
from services.registration.importing import MOST_ROWS
from services.registration.models import Registration
from tests.catalogue.browser import Page
from tests.registration.asking import a_question, an_option
from tests.registration.browser import Browser
from tests.registration.front import Front

CSV = "Nachname;Vorname;E-Mail;Verein\nNovak;Ana;ana@example.org;Agisra\nBerg;Bo;bo@example.org;\n"


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def path(event_id: UUID) -> str:
    return f"/organise/events/{event_id}/people/import"


def try_out(alice: Browser, event_id: UUID, content: bytes | str, name: str = "people.csv", **typed: str) -> Page:
    sent = content.encode() if isinstance(content, str) else content
    return alice.send(alice.open(path(event_id)), file=(io.BytesIO(sent), name), **typed)


def xlsx(*rows: Sequence[str]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def names(front: Front, event_id: UUID) -> list[str]:
    people = front.get(f"/events/{event_id}/registrations", by="alice").get_json()["items"]
    return [f"{one['first_name']} {one['last_name']}: {one['state']}" for one in people]


def test_a_trial_says_what_would_become_of_each_row_and_adds_nobody(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=1)
    tried = try_out(alice, event, CSV)
    assert tried.all("h2") == ["2 people would be added"]
    first, second = tried.all("tbody tr")
    assert first.startswith("2 Novak, Ana ana@example.org")
    assert "No. 1 in line" in second
    assert names(front, event) == []
    assert front.house.messages("registration.confirmed.v1") == []


def test_after_the_trial_they_are_added_in_order_and_the_same_file_adds_nobody_twice(
    front: Front, alice: Browser
) -> None:
    event = front.house.event(capacity=1)
    tried = try_out(alice, event, CSV)
    assert alice.send(tried).all("h2") == ["2 people were added"]
    assert names(front, event) == ["Ana Novak: confirmed", "Bo Berg: waitlisted"]
    again = alice.send(tried)
    assert again.all("h2") == ["0 people were added"]
    assert "2 had been added from this file before" in again.words
    assert list(findings(front.core.database, front.core.clock())) == []


def test_each_bad_row_says_what_to_mend_and_keeps_nobody_else_back(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    front.house.register(event, "Cem Kaya")
    rows = "last name,first name,e-mail\nNovak,Ana,nowhere\nKaya,Cem,cem.kaya@example.org\nBerg,Bo,bo@example.org\n"
    tried = try_out(alice, event, rows)
    address, known, good = tried.all("tbody tr")
    assert "This is not an e-mail address" in address
    assert "already registered" in known
    assert good.startswith("4 Berg, Bo")
    alice.send(tried)
    assert names(front, event) == ["Cem Kaya: confirmed", "Bo Berg: confirmed"]


def test_an_address_that_stands_twice_in_the_file_is_added_once_and_the_second_row_names_the_first(
    front: Front, alice: Browser
) -> None:
    event = front.house.event(capacity=9)
    tried = try_out(alice, event, "Vorname;Nachname;E-Mail\nAna;Novak;a@example.org\nAna;N;A@example.org\n")
    assert tried.all("h2") == ["One person would be added"]
    assert "The same address stands in row 2 already." in tried.all("tbody tr")[0]


def test_a_sheet_of_excel_is_read_as_it_is_shown(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    sheet = xlsx(("First name", "Last name", "Email", "Shoe size"), ("Ana", "Novak", "ana@example.org", "38"))
    tried = try_out(alice, event, sheet, "people.xlsx")
    assert tried.all("h2") == ["One person would be added"]
    assert "left out: Shoe size" in tried.words


def test_the_empty_file_has_the_columns_that_are_understood(front: Front, alice: Browser) -> None:
    event = front.house.event()
    with alice.client.get(f"{path(event)}/template.xlsx", headers=alice.headers) as got:
        [header] = load_workbook(io.BytesIO(got.data)).worksheets[0].iter_rows(values_only=True)
    assert header == ("Last name", "First name", "E-mail", "Organisation", "Language", "Code")


def test_without_mails_nobody_is_written_to(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    tried = try_out(alice, event, CSV, notify=[])  # type: ignore[arg-type]  # a box that is not ticked sends nothing
    assert "Nobody gets an e-mail." in tried.words
    alice.send(tried)
    assert {row.body["reason"] for row in front.house.messages("registration.confirmed.v1")} == {"added_silently"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Please choose a file."),
        (b"PK\x03\x04nonsense", "This file cannot be read."),
        (b"\x00\x01\x02", "This file cannot be read."),
        (b"Name;Mail\nAna;a@example.org", "The first row must name the columns"),
        (b"Vorname;Nachname;E-Mail\n;;\n", "There is nobody in this file."),
        (b"Vorname;Nachname;E-Mail\n" + b"A;B;c@example.org\n" * (MOST_ROWS + 1), "too many rows"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_cause(
    front: Front, alice: Browser, content: bytes, said: str
) -> None:
    refused = try_out(alice, front.house.event(), content)
    assert refused.status == 422
    assert said in refused.words


@pytest.mark.parametrize(
    "rows", ["", "no", "[1]", '[[2, "x"]]', '[["x", {}]]', "[[1e999, {}]]", "[[9999, {}]]", "[[2, {}], [2, {}]]"]
)
def test_rows_that_no_trial_showed_are_refused(front: Front, alice: Browser, rows: str) -> None:
    tried = try_out(alice, front.house.event(), CSV)
    assert alice.send(tried, rows=rows).status == 422


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("audrey", 403), ("bob", 403)])
def test_organisers_alone_add_people_from_files(front: Front, name: str, status: int) -> None:
    assert Browser(front, name).open(path(front.house.event())).status == status


ASKED = [
    a_question("meal", "choice", label={"de": "Essen", "en": "Food"}, options=[an_option("all"), an_option("vegan")]),
    a_question("topics", "several", label={"de": "Themen"}, options=[an_option("law"), an_option("tax")]),
    a_question("comes", "yes_no", label={"de": "Kommen Sie zum Fest?"}, required=True),
    a_question("born", "date", label={"de": "Geburtstag"}),
    a_question("table", "number", label={"de": "Tisch"}),
    a_question("cv", "file", label={"de": "Lebenslauf"}),
]
WHO = "Vorname;Nachname;E-Mail"


@pytest.mark.parametrize(
    ("heading", "cell", "kept"),
    [
        ("Essen", "Vegan", {"meal": "vegan"}),
        ("food", "ALL", {"meal": "all"}),
        ("meal", "vegan", {"meal": "vegan"}),
        ("Themen", "Law, tax", {"topics": ["law", "tax"]}),
        ("Themen", "Tax", {"topics": ["tax"]}),
        ("Kommen Sie zum Fest?", "Ja", {"comes": True}),
        ("comes", "no", {"comes": False}),
        ("Geburtstag", "28.3.2001", {"born": "2001-03-28"}),
        ("Geburtstag", "2001-03-28 00:00:00", {"born": "2001-03-28"}),
        ("Tisch", "3,5", {"table": 3.5}),
        ("Essen", "", {}),
        ("Lebenslauf", "cv.pdf", {}),
    ],
)
def test_columns_named_after_questions_are_answers(
    front: Front, alice: Browser, heading: str, cell: str, kept: dict[str, object]
) -> None:
    event = front.house.event(capacity=9, questions=ASKED)
    tried = try_out(
        alice, event, f"{WHO};{heading}\nAna;Novak;a@example.org;{cell}\n".replace("Law, tax", '"Law, tax"')
    )
    assert alice.send(tried).all("h2") == ["One person was added"]
    with front.house.database.read() as session:
        [made] = session.scalars(select(Registration.id))
        assert answers_of(session, [made])[made] == kept
        assert session.get_one(Registration, made).answers_missing is ("comes" not in kept)


def test_each_answer_that_is_not_understood_is_named_in_the_trial(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9, questions=ASKED)
    rows = "Essen;Themen;Comes;Geburtstag;Tisch\nAna;Novak;a@example.org;Fisch;Law,Sport;vielleicht;gestern;viele\n"
    tried = try_out(alice, event, f"{WHO};{rows}")
    [row] = tried.all("tbody tr")
    for wrong in ("Food “Fisch”: ", "Themen “Law,Sport”: ", "“vielleicht”: ", "“gestern”: ", "Tisch “viele”: "):
        assert wrong in row, wrong
    assert tried.all("h2") == ["0 people would be added"]


def test_the_empty_file_has_a_column_for_each_question(front: Front, alice: Browser) -> None:
    event = front.house.event(questions=ASKED)
    with alice.client.get(f"{path(event)}/template.xlsx", headers=alice.headers) as answer:
        [header] = load_workbook(io.BytesIO(answer.data)).worksheets[0].values
    assert header[6:] == ("Food", "Themen", "Kommen Sie zum Fest?", "Geburtstag", "Tisch")
