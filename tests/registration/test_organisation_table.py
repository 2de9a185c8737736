"""The directory read from a table, and written as one."""

import io
from typing import Any

import openpyxl
import pytest

from services.registration.demo import organisations
from services.registration.entries import all_entries
from services.registration.models import AUDIT
from services.registration.organisation_table import carry_out, plan
from shared.audit import ENGINE, Wanted, entries_page
from shared.errors import InvalidError
from shared.spreadsheet_reading import MOST_ROWS, rows_of
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.parts import House

URL = "/organise/organisations"
FORM = "form[enctype]"
TABLE = "name;aliases;municipality;member\nBrücke e. V.;Pont | Most;Bonn;yes\n\nСоюз;;Köln;\n"


def read(house: House, content: str | bytes) -> None:
    with house.database.read() as session:
        planned = plan(session, rows_of(content if isinstance(content, bytes) else content.encode()))
    assert planned.bad == []
    carry_out(house.database, house.clock, planned.rows, ENGINE)


def directory_of(house: House) -> list[tuple[Any, ...]]:
    with house.database.read() as session:
        return [(e.name, e.aliases, e.municipality, e.member) for e in all_entries(session)]


def complaints(house: House, content: str) -> list[tuple[int, list[str]]]:
    with house.database.read() as session:
        return [(row.number, list(map(str, row.errors))) for row in plan(session, rows_of(content.encode())).bad]


def test_a_table_makes_entries(house: House) -> None:
    read(house, TABLE)
    assert directory_of(house) == [
        ("Brücke e. V.", ["Pont", "Most"], "Bonn", True),
        ("Союз", [], "Köln", False),
    ]


def test_the_same_table_again_changes_nothing(house: House) -> None:
    read(house, TABLE)
    read(house, TABLE)
    with house.database.read() as session:
        assert {entry.revision for entry in all_entries(session)} == {1}


def test_a_known_entry_gets_other_names_and_the_membership(house: House) -> None:
    read(house, TABLE)
    read(house, "Name,Andere Namen,Ort,Mitglied\nbruecke,Köprü|pont,Bonn,nein\n")
    assert directory_of(house)[0] == ("Brücke e. V.", ["Pont", "Most", "Köprü"], "Bonn", False)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (";Pont;Bonn;yes", "The name is missing."),
        ("x" * 201 + ";;;", "Please use at most 200 characters."),
        ("Pont;;;perhaps", "Whether it is a member must be yes or no."),
        ("Pont;" + "|".join(f"n{i}" for i in range(51)) + ";;", "An organisation can have at most 50 other names."),
        ("Po\x00nt;;;", "This contains characters that cannot be shown or printed."),
        ("bruecke;;Bonn;", "The same organisation stands in row 2 already."),
    ],
)
def test_a_bad_row_is_named(sqlite_house: House, row: str, complaint: str) -> None:
    table = f"name;aliases;municipality;member\nBrücke;;Bonn;\n{row}\n"
    assert complaints(sqlite_house, table) == [(3, [complaint])]


def test_a_table_without_names_is_refused(sqlite_house: House) -> None:
    for content in (b"", b"municipality\nBonn\n"):
        with sqlite_house.database.read() as session, pytest.raises(InvalidError, match="column_missing"):
            plan(session, rows_of(content))


def xlsx(*rows: tuple[Any, ...]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_xlsx_is_read_too(sqlite_house: House) -> None:
    read(sqlite_house, xlsx(("name", "member", "municipality"), ("Brücke", True, "Bonn"), ("1. FC Pont", None, 53111)))
    assert directory_of(sqlite_house) == [
        ("1. FC Pont", [], "53111", False),
        ("Brücke", [], "Bonn", True),
    ]


def test_excels_older_encoding_is_understood(sqlite_house: House) -> None:
    read(sqlite_house, "name;municipality\nBrücke;Köln\n".encode("cp1252"))
    assert directory_of(sqlite_house) == [("Brücke", [], "Köln", False)]


@pytest.mark.parametrize("content", [b"PK\x03\x04nothing", b"\x81\x8d\xff"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError, match="not_a_table"):
        rows_of(content)


def test_a_table_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidError, match="too_many_rows"):
        rows_of(b"x\n" * (MOST_ROWS + 1))


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def upload(browser: Browser, content: str, **pressed: str) -> Any:
    page = browser.open(f"{URL}/import")
    return browser.send(page, FORM, file=(io.BytesIO(content.encode()), "table.csv"), **pressed)


def test_a_file_is_checked_before_it_is_imported(front: Front, alice: Browser) -> None:
    checked = upload(alice, TABLE, check="yes")
    assert (checked.status, directory_of(front.house)) == (200, [])
    assert "Nothing was imported yet. 2 organisations are new." in checked.words
    done = upload(alice, TABLE)
    assert "The table was imported. 2 organisations are new." in done.words
    assert len(directory_of(front.house)) == 2


def test_nothing_is_imported_while_a_row_is_bad(front: Front, alice: Browser) -> None:
    page = upload(alice, TABLE + ";;;yes\n")
    assert (page.status, directory_of(front.house)) == (422, [])
    assert page.all("main tbody tr") == ["5 The name is missing."]


def test_a_form_without_a_file_is_refused_at_its_field(alice: Browser) -> None:
    page = alice.send(alice.open(f"{URL}/import"), FORM, file=[])
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-file']")


def test_auditors_take_the_directory_away_and_import_nothing(front: Front, alice: Browser) -> None:
    upload(alice, TABLE)
    audrey = Browser(front, "audrey")
    assert audrey.open(f"{URL}/import").status == 403
    file = audrey.open(f"{URL}/export.csv").response
    assert file.get_data(as_text=True).removeprefix("\ufeff").splitlines() == [
        "name;aliases;municipality;member",
        "Brücke e. V.;Pont | Most;Bonn;yes",
        "Союз;;Köln;no",
    ]
    with front.core.database.read() as session:
        assert entries_page(session, AUDIT, Wanted(action="organisations.exported")).items


def test_what_is_exported_can_be_imported(front: Front, alice: Browser) -> None:
    upload(alice, TABLE)
    exported = alice.open(f"{URL}/export.csv").response.get_data(as_text=True)
    page = upload(alice, exported)
    assert "0 organisations are new. 2 stand in the directory already." in page.words


def test_the_demo_fills_an_empty_directory_once(house: House) -> None:
    assert organisations.load(house.database, house.clock) == ["The demo's directory has 40 organisations."]
    assert organisations.load(house.database, house.clock) == []
    assert len(directory_of(house)) == 40
