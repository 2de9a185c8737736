"""Tables as spreadsheet files, written and read: CSV as Excel knows it, and XLSX. Nothing in them is ever computed."""

import csv
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO
from xml.etree import ElementTree  # for its error alone

import xlsxwriter
from openpyxl import load_workbook

from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _

BYTE_ORDER_MARK = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of an XLSX file."""

Cell = str | int | float | date | datetime | None
"""A datetime is written as the wall clock of its own zone; None is an empty cell."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_MOST_LETTERS_OF_A_TITLE = 31
_MOST_LETTERS_OF_A_CELL = 32_767
_MOST_IN_MEMORY = 8_000_000
_WIDTH = 22
_ZIP = b"PK\x03\x04"
_LARGEST_UNPACKED = 50_000_000
_MOST_COLUMNS = 50


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
    """An open file with one sheet: typed cells, the header frozen, a filter above each column."""
    return xlsx_workbook([table])


def xlsx_workbook(tables: Iterable[Table]) -> IO[bytes]:
    """An open file with a sheet for each table; their titles differ.

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
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    bold = workbook.add_format({"bold": True})
    for table in tables:
        _write_sheet(workbook.add_worksheet(_sheet_name(table.title)), table, moment, bold)
    workbook.close()
    file.seek(0)
    return file


def _write_sheet(
    sheet: "xlsxwriter.worksheet.Worksheet",
    table: Table,
    moment: "xlsxwriter.format.Format",
    bold: "xlsxwriter.format.Format",
) -> None:
    sheet.set_column(0, max(0, len(table.header) - 1), _WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, table.header, bold)
    last = 0
    for last, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, last, column, cell, moment)
    sheet.autofilter(0, 0, last, max(0, len(table.header) - 1))


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


UNREADABLE = (
    *(ValueError, TypeError, AttributeError, LookupError, OSError, EOFError, RuntimeError),
    *(csv.Error, zipfile.BadZipFile, zlib.error, ElementTree.ParseError),
)
"""What reading a malformed file may raise: openpyxl has no one error for it."""


def read_cells(content: bytes, *, most_rows: int) -> list[list[str]]:
    """The cells of the first sheet of an XLSX file, or of a CSV file, as text; at most 50 columns.

    Raises :class:`InvalidError` (``file_refused``) for a file that is neither, or has more rows.
    """
    try:
        rows = _xlsx_rows(content, most_rows) if content.startswith(_ZIP) else _csv_rows(content, most_rows)
    except UNREADABLE as error:
        raise _refused(_("This file cannot be read. It must be a CSV or XLSX file.")) from error
    if len(rows) > most_rows:
        raise _refused(_("This file has too many rows. Please send at most %(most)d at once.", most=most_rows))
    return rows


def _xlsx_rows(content: bytes, most_rows: int) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _LARGEST_UNPACKED:
            raise ValueError("unpacks to too much")
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        rows = workbook.worksheets[0].iter_rows(max_row=most_rows + 1, max_col=_MOST_COLUMNS, values_only=True)
        return [_trimmed(["" if cell is None else str(cell) for cell in row]) for row in rows]
    finally:
        workbook.close()


def _csv_rows(content: bytes, most_rows: int) -> list[list[str]]:
    text = _decoded(content)
    header = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [_trimmed(row[:_MOST_COLUMNS]) for row in islice(lines, most_rows + 1)]


def _trimmed(row: Sequence[str]) -> list[str]:
    """Without the empty cells behind the last that says something."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes in Western Europe."""
    if b"\0" in content:
        raise ValueError("is not text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _refused(text: Text) -> InvalidError:
    return InvalidError("file_refused", text, errors={"file": [text]})
