"""Tables as spreadsheet files: CSV as Excel reads it, and XLSX. Nothing in them is ever computed."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

import xlsxwriter

BYTE_ORDER_MARK = "\ufeff"

Cell = str | int | float | date | datetime | None
"""A datetime is written as the wall clock of its own zone; None is an empty cell."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_MOST_LETTERS_OF_A_TITLE = 31
_MOST_LETTERS_OF_A_CELL = 32_767
_MOST_IN_MEMORY = 8_000_000
_WIDTH = 22


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what stands above its columns, and its rows, which may be read one by one."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_lines(table: Table) -> Iterator[bytes]:
    """UTF-8 with a byte order mark and semicolons, line by line."""
    yield (BYTE_ORDER_MARK + _csv_line(table.header)).encode()
    for row in table.rows:
        yield _csv_line(row).encode()


def _csv_line(row: Sequence[Cell]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([_as_text(cell) for cell in row])
    return buffer.getvalue()


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return neutralised(cell) if isinstance(cell, str) else str(cell)


def neutralised(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA_STARTS) else cell


def xlsx_file(table: Table) -> IO[bytes]:
    """An open file with one sheet: typed cells, the header frozen, a filter above each column.

    Rows go to disk as they come, so that a hundred thousand of them need no more memory than a few.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_MOST_IN_MEMORY)  # noqa: SIM115  # the caller sends and closes it
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    sheet = workbook.add_worksheet(_sheet_name(table.title))
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.set_column(0, max(0, len(table.header) - 1), _WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, table.header, workbook.add_format({"bold": True}))
    last = 0
    for last, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, last, column, cell, moment)
    sheet.autofilter(0, 0, last, max(0, len(table.header) - 1))
    workbook.close()
    file.seek(0)
    return file


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet",
    row: int,
    column: int,
    cell: Cell,
    moment: "xlsxwriter.format.Format",
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:_MOST_LETTERS_OF_A_CELL])
    else:
        sheet.write_number(row, column, cell)


def _sheet_name(title: str) -> str:
    return " ".join(title.translate(_FORBIDDEN_IN_TITLES).split())[:_MOST_LETTERS_OF_A_TITLE].strip() or "Reihe"
