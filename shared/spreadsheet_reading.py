"""Reading tables that people send: CSV as spreadsheet programs write it, and XLSX. Formulas are never computed."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _

MOST_ROWS = 20_000
MOST_COLUMNS = 100

_XLSX_BEGINS = b"PK"
_LARGEST_UNPACKED = 100_000_000
"""Bytes. A small file can hold very much of the same."""
_ENCODINGS = ("utf-8-sig", "cp1252")
"""What Excel writes if it is asked for UTF-8, and what it writes if it is not."""


def rows_of(content: bytes) -> list[list[str]]:
    """The first sheet's rows as text, with the blanks around it gone, the heading first.

    Raises :class:`InvalidError` for what is no table, and for one of more than :data:`MOST_ROWS` rows.
    """
    read = _xlsx_rows if content.startswith(_XLSX_BEGINS) else _csv_rows
    rows = list(islice(read(content), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise _unreadable("too_many_rows", _("The table may have at most %(most)d rows.", most=MOST_ROWS))
    return [[cell.strip() for cell in row[:MOST_COLUMNS]] for row in rows]


def _csv_rows(content: bytes) -> Iterator[Sequence[str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise _no_table() from error


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table()


def _xlsx_rows(content: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
                raise _no_table()
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield ["" if cell is None else str(cell) for cell in row]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError) as error:
        # What openpyxl raises for an archive that holds no workbook, or a broken one.
        raise _no_table() from error


def _no_table() -> InvalidError:
    return _unreadable("not_a_table", _("This is no table that can be read. Send a CSV or XLSX file."))


def _unreadable(code: str, text: Text) -> InvalidError:
    return InvalidError(code, text, errors={"file": [text]})
