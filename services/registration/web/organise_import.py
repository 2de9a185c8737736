"""Adding people from a spreadsheet: the file is tried out, shown row by row, and carried out when that is confirmed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from services.registration import importing
from services.registration.answers import check_answers
from services.registration.booking import Outcome, Registered, Wish
from services.registration.importing import Sheet, SheetRow, answers_in, read_people
from services.registration.models import Event
from services.registration.web.adding import wish_by_hand
from services.registration.web.asking import all_of, labels_of
from services.registration.web.organise_room import acting, guard, known_event, room_of
from services.registration.web.schemas import PersonSchema
from shared.errors import InvalidError, ReiheError
from shared.languages import Text
from shared.languages import text as _
from shared.spreadsheets import XLSX, Table, xlsx_file
from shared.web.app import takes_files
from shared.web.language import say
from shared.web.pages import localised_text
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

LARGEST_FILE = 1024 * 1024
"""Bytes."""
LAST_ROW = importing.MOST_ROWS + 1
LABELS: Mapping[str, Text] = {
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "email": _("E-mail"),
    "organisation": _("Organisation"),
    "locale": _("Language"),
    "code": _("Code"),
}
"""The fields of a row, as the empty file names their columns."""

Becomes = Literal["confirmed", "waitlisted", "refused", "repeated"]

bp = Blueprint("importing", __name__, url_prefix="/people/import")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@dataclass(frozen=True, slots=True)
class Line:
    """One row and what becomes of it; ``why`` says what to mend."""

    row: SheetRow
    becomes: Becomes
    why: Sequence[Text | str] = ()
    position: int | None = None


@bp.get("")
def form(event_id: UUID) -> ResponseReturnValue:
    return _form(event_id)


@bp.get("/template.xlsx")
def template(event_id: UUID) -> Response:
    """A file with the headings that are understood, and nobody in it."""
    with this_service().database.read() as session:
        event = known_event(session, event_id)
    asked = [question for question in event.all_questions if question.is_asked and question.kind != "file"]
    header = [*map(say, LABELS.values()), *(localised_text(question.label) for question in asked)]
    file = xlsx_file(Table(say(_("People")), header, ()))
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{event.slug}.xlsx")


@bp.post("")
@takes_files(LARGEST_FILE)
def try_out(event_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        questions = known_event(session, event_id).all_questions
    try:
        sheet = read_people(_sent_file(), questions)
    except InvalidError as error:
        return _form(event_id, error)
    return _page(event_id, sheet, done=False)


@bp.post("/carry-out")
def carry_out(event_id: UUID) -> ResponseReturnValue:
    """The rows come back as the page of the trial held them, and are checked again."""
    try:
        rows = _rows_from(request.form.get("rows", ""))
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return _form(event_id, InvalidError("invalid", _("Please send the file once more.")))
    return _page(event_id, Sheet(rows, ()), done=True)


def _rows_from(kept: str) -> list[SheetRow]:
    sent = json.loads(kept)
    rows = [SheetRow(int(number), {str(k): str(v) for k, v in values.items()}) for number, values in sent]
    if len({row.number for row in rows}) < len(rows) or not all(1 < row.number <= LAST_ROW for row in rows):
        raise ValueError("not the rows of a trial")
    return rows


def _sent_file() -> bytes:
    file = request.files.get("file")
    content = file.read(LARGEST_FILE + 1) if file else b""
    if not content:
        raise InvalidError("file_refused", _("Please choose a file."), errors={"file": [_("Please choose a file.")]})
    if len(content) > LARGEST_FILE:
        too_large = _("This file is too large. Please send at most one megabyte.")
        raise InvalidError("file_refused", too_large, errors={"file": [too_large]})
    return content


def _page(event_id: UUID, sheet: Sheet, *, done: bool) -> str:
    service = this_service()
    with service.database.read() as session:
        event = known_event(session, event_id)
    kept = json.dumps([[row.number, dict(row.values)] for row in sheet.rows])
    wishes, lines = _wishes(event, sheet.rows, hashlib.sha256(kept.encode()).hexdigest())
    use_case = importing.carry_out if done else importing.try_out
    outcomes = use_case(service.database, now, event_id, [wish for _row, wish in wishes])
    first_rows = _first_rows(wishes)
    for (row, wish), outcome in zip(wishes, outcomes, strict=True):
        lines.append(_line(event, row, outcome, first_rows[wish.email]))
    return render_template(
        "registration/import_rows.html",
        room=room_of(event),
        done=done,
        lines=sorted(lines, key=lambda line: (line.becomes != "refused", line.row.number)),
        numbers={becomes: sum(line.becomes == becomes for line in lines) for becomes in get_args(Becomes)},
        ignored=sheet.ignored,
        notify="notify" in request.form,
        rows=kept,
    )


def _wishes(event: Event, rows: Sequence[SheetRow], digest: str) -> tuple[list[tuple[SheetRow, Wish]], list[Line]]:
    """The rows as wishes, and those that make none. A row's key follows from the file, so that none is added twice."""
    wishes: list[tuple[SheetRow, Wish]] = []
    wrong: list[Line] = []
    for row in rows:
        try:
            wishes.append((row, _wish(event, row, f"import-{digest}-{row.number}")))
        except InvalidError as error:
            wrong.append(Line(row, "refused", _mending(event, row, error)))
    return wishes, wrong


def _wish(event: Event, row: SheetRow, key: str) -> Wish:
    person = {field: cell for field, cell in row.values.items() if field in LABELS}
    answers = answers_in(row, event.all_questions)
    [values, _checked] = all_of(
        lambda: load(PersonSchema(), {**person, "notify": "notify" in request.form}),
        lambda: check_answers(event, answers, insist=False),
    )
    return wish_by_hand(values, acting(), idempotency_key=key, answers=answers)


def _mending(event: Event, row: SheetRow, error: InvalidError) -> list[str]:
    """What is wrong with which column, and what stands there."""
    labels = {**{field: say(label) for field, label in LABELS.items()}, **labels_of(event)}
    return [
        f"{labels.get(field, '')}{_quoted(row.values.get(field, ''))}: {' '.join(why)}"
        for field, why in said(error.errors).items()
    ]


def _quoted(cell: str) -> str:
    return " " + say(_("“%(cell)s”", cell=cell)) if cell else ""


def _first_rows(wishes: Sequence[tuple[SheetRow, Wish]]) -> dict[str, int]:
    """By address, the number of the row in which it stands first."""
    return {wish.email: row.number for row, wish in reversed(wishes)}


def _line(event: Event, row: SheetRow, outcome: Outcome, first_row: int) -> Line:
    """``first_row`` is the number of the first row with the same address."""
    if isinstance(outcome, InvalidError) and outcome.errors:
        return Line(row, "refused", _mending(event, row, outcome))
    if isinstance(outcome, ReiheError) and outcome.code == "already_registered" and first_row < row.number:
        return Line(row, "refused", [say(_("The same address stands in row %(number)s already.", number=first_row))])
    if isinstance(outcome, ReiheError):
        return Line(row, "refused", [outcome.text])
    return Line(row, _becomes(outcome), position=outcome.position)


def _becomes(registered: Registered) -> Becomes:
    if registered.repeated:
        return "repeated"
    return "confirmed" if registered.position is None else "waitlisted"


def _form(event_id: UUID, error: InvalidError | None = None) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
    page = render_template(
        "registration/import.html",
        room=room_of(event),
        is_over=event.is_cancelled or now() >= event.ends_at,
        most=importing.MOST_ROWS,
        errors=said(error.errors or {"": [error.text]}) if error else {},
    )
    return page, error.status if error else 200
