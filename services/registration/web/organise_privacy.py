"""The record of processing, for administrators and auditors: as a page, as Markdown and as a table."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template

from services.registration.privacy.processing import HEADS, MEASURES, Line, Record, record
from services.registration.web.organise_room import guard
from services.registration.web.settings import settings
from shared.languages import text as _
from shared.spreadsheets import Table, csv_lines
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.pages import localised_text
from shared.web.service import now, this_service

bp = Blueprint("privacy_record", __name__, url_prefix="/organise/privacy")
bp.before_request(keep_private)
bp.before_request(guard(readers=("auditor",), writers=()))

_ESCAPED = str.maketrans({"|": r"\|", "\n": " ", "<": "&lt;", "`": r"\`", "*": r"\*", "[": r"\["})


@bp.get("")
def page() -> str:
    return render_template("registration/processing.html", record=_record(), heads=HEADS, measures=MEASURES)


@bp.get("/record.csv")
def as_table() -> Response:
    found = _record()
    table = Table(say(_("Record of processing")), _heads(), _rows([*found.lines, *found.questions]))
    return _file(Response(csv_lines(table), content_type="text/csv; charset=utf-8"), "record.csv")


@bp.get("/record.md")
def as_markdown() -> Response:
    return _file(Response(_markdown(_record()), content_type="text/markdown; charset=utf-8"), "record.md")


def _record() -> Record:
    with this_service().database.read() as session:
        return record(session, settings(), now(), say, localised_text)


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _heads() -> list[str]:
    return [say(head) for head in HEADS]


def _cells(line: Line) -> list[str]:
    special = say(_("yes")) if line.special else ""
    return [line.part, line.fields, line.people, line.purpose, line.basis, line.kept, special]


def _markdown(found: Record) -> str:
    own = settings()
    responsible = [one for one in (own.organiser, own.association, own.contact_email, own.privacy_contact) if one]
    processors = [[one.name, one.task, one.place] for one in found.processors]
    return (
        "\n\n".join(
            [
                f"# {say(_('Record of processing'))}",
                f"## {say(_('Who is responsible'))}",
                _list(responsible),
                f"## {say(_('What is kept'))}",
                _table(_heads(), _rows(found.lines)),
                f"## {say(_('What events ask'))}",
                _table(_heads(), _rows(found.questions)),
                f"## {say(_('Processors'))}",
                _table([say(_("Who")), say(_("What they do")), say(_("Where"))], processors),
                f"## {say(_('Security'))}",
                _list([say(measure) for measure in MEASURES]),
            ]
        )
        + "\n"
    )


def _rows(lines: Sequence[Line]) -> list[list[str]]:
    return [_cells(line) for line in lines]


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {_escaped(item)}" for item in items)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(_escaped, line)) + " |" for line in lines)


def _escaped(words: str) -> str:
    return words.translate(_ESCAPED)
