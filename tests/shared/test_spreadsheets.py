"""Tables as spreadsheet files."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from shared.errors import InvalidError
from shared.spreadsheets import Cell, Table, csv_lines, neutralised, read_cells, xlsx_file

MOMENT = datetime(2027, 1, 31, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))


def table(*rows: list[Cell], title: str = "Vereinsrecht", header: tuple[str, ...] = ("Name", "Zahl")) -> Table:
    return Table(title, header, iter(rows))


def as_csv(content: Table) -> list[list[str]]:
    text = b"".join(csv_lines(content)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def as_sheet(content: Table) -> Any:
    with xlsx_file(content) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read())).active


def test_a_csv_file_is_what_excel_takes_for_utf8() -> None:
    content = b"".join(csv_lines(table(["Müller", 1])))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2


def test_cells_keep_their_kind() -> None:
    row: list[Cell] = ["Олена", 3, 2.5, date(2027, 3, 28), MOMENT, None]
    header = ("a", "b", "c", "d", "e", "f")
    assert as_csv(table(row, header=header))[1] == ["Олена", "3", "2.5", "2027-03-28", "2027-02-01 00:30", ""]
    found = [cell.value for cell in as_sheet(table(row, header=header))[2]]
    assert found == ["Олена", 3, 2.5, datetime(2027, 3, 28), datetime(2027, 2, 1, 0, 30), None]  # noqa: DTZ001  # a sheet knows no zones


@pytest.mark.parametrize("cell", ["=1+1", "+49 123", "-2", "@SUM(A1)", "  =1", "\t=1", "\u00a0=1", "|calc", "%0A"])
def test_nothing_is_computed(cell: str) -> None:
    assert neutralised(cell) == f"'{cell}"
    assert as_csv(table([cell, 1]))[1][0] == f"'{cell}"
    found = as_sheet(table([cell, 1]))["A2"]
    assert (found.value, found.data_type) == (cell, "s")


def test_a_link_in_a_sheet_is_only_text() -> None:
    assert as_sheet(table(["https://example.org", 1]))["A2"].hyperlink is None


def test_the_header_stays_in_view_and_filters() -> None:
    sheet = as_sheet(table(["a", 1], ["b", 2]))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B3")
    assert [cell.value for cell in sheet[1]] == ["Name", "Zahl"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("Recht: Satzung/Ordnung?", "Recht Satzung Ordnung"), ("x" * 40, "x" * 31), ("[]", "Reihe"), ("'a'", "a")],
)
def test_any_title_names_a_sheet(title: str, name: str) -> None:
    assert as_sheet(table(title=title)).title == name


def test_an_empty_table_has_its_header() -> None:
    assert as_csv(table()) == [["Name", "Zahl"]]
    assert as_sheet(table()).max_row == 1


@pytest.mark.parametrize("cell", ["", "Ana", "1", "a=b", "Ünlü", "'quoted'"])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    assert neutralised(cell) == cell


@pytest.mark.parametrize("content", ["a;b\r\n1;2\r\n", "a,b\n1,2\n", "a\tb\n1\t2\n", "\ufeffa;b\n1;2"])
def test_csv_is_read_however_it_is_separated(content: str) -> None:
    assert read_cells(content.encode(), most_rows=9) == [["a", "b"], ["1", "2"]]


def test_what_excel_saves_in_western_europe_is_read() -> None:
    assert read_cells("Müller;Größe".encode("cp1252"), most_rows=9) == [["Müller", "Größe"]]


def test_what_we_write_as_xlsx_can_be_read_again() -> None:
    with xlsx_file(Table("Recht", ["Name", "Number"], [["Ana", 1]])) as file:
        assert read_cells(file.read(), most_rows=9) == [["Name", "Number"], ["Ana", "1"]]


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    with pytest.raises(InvalidError) as refused:
        read_cells(packed.getvalue(), most_rows=9)
    assert refused.value.code == "file_refused"
