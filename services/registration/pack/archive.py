"""The funder's pack as one ZIP, with a manifest that says of each file its size and SHA-256."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.lists.profiles import Profile
from services.registration.lists.programme import compile_programme
from services.registration.lists.signing import Printed, Reading, compile_lists, lines_of, sheets_of
from services.registration.models import ListScan
from services.registration.pack.tables import Proof, scan_name, tables_of
from shared.errors import InvalidError
from shared.languages import Content, localised
from shared.spreadsheets import csv_lines, xlsx_workbook

MANIFEST = "manifest.json"
_MOST_IN_MEMORY = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Order:
    """For whom a pack is made, and of what: ``title`` is the event's or the series'."""

    title: Content
    profile: Profile
    base_url: str
    reading: Reading
    made_at: datetime


def pack_of(session: Session, proof: Proof, order: Order) -> IO[bytes]:
    """An open file for the caller to send and close. Large ones lie on the disk; one scan at a time is in memory."""
    file = tempfile.SpooledTemporaryFile(max_size=_MOST_IN_MEMORY)  # noqa: SIM115  # the caller sends and closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        packed = _Packed(archive, order.made_at)
        for name, content in _files(session, proof, order, packed.left_out):
            packed.add(name, content)
        packed.close({"title": localised(order.title, order.reading.locale), "funder": order.profile.name})
    file.seek(0)
    return file


@dataclass
class _Packed:
    """What is in the archive so far."""

    archive: zipfile.ZipFile
    made_at: datetime
    files: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        self.archive.writestr(self._entry(name), content)
        self.files.append({"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})

    def close(self, about: Mapping[str, str]) -> None:
        manifest = {
            **about,
            "made_at": self.made_at.isoformat(),
            "files": self.files,
            "left_out": [{"name": name, "why": why} for name, why in self.left_out.items()],
        }
        self.archive.writestr(self._entry(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self.made_at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry


def _files(session: Session, proof: Proof, order: Order, left_out: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    tables = tables_of(proof, order.reading, order.made_at)
    for name, table in tables.items():
        yield f"tables/{name}.csv", b"".join(csv_lines(table))
    with xlsx_workbook(tables.values()) as workbook:
        yield "tables.xlsx", workbook.read()
    for name, make in _documents(session, proof, order).items():
        try:
            yield name, make()
        except InvalidError as error:
            left_out[name] = error.text.in_language(order.reading.translator)
    for number, scan in enumerate(proof.scans, start=1):
        content = session.execute(select(ListScan.content).where(ListScan.id == scan.id)).scalar_one()
        yield scan_name(number, scan), content


def _documents(session: Session, proof: Proof, order: Order) -> dict[str, Callable[[], bytes]]:
    programmes = {
        f"programme/{event.slug}.pdf": partial(
            compile_programme, event, order.profile.line, order.reading, order.made_at
        )
        for event in proof.events
        if event.programme
    }
    return {"attendance.pdf": partial(_record, session, proof, order), **programmes}


def _record(session: Session, proof: Proof, order: Order) -> bytes:
    """Who was at which session for how many minutes, in the columns that the funder wants."""
    sheets = sheets_of(proof.events, order.profile, order.base_url)
    printed = Printed(order.title, order.profile, order.reading, order.made_at, proof.minutes)
    return compile_lists(printed, sheets, lines_of(session, proof.events))
