"""The directory of organisations as a table: taken away, and read from a file that is looked through before."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from services.registration import organisation_table
from services.registration.acts import note_directory_export
from services.registration.entries import all_entries
from services.registration.organisation_table import Plan
from shared.audit import by_account
from shared.errors import InvalidError, ReiheError
from shared.languages import text as _
from shared.spreadsheet_reading import rows_of
from shared.spreadsheets import csv_lines
from shared.web.problems import said
from shared.web.schemas import invalid
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff, requires

bp = Blueprint("table", __name__)


@bp.get("/export.csv")
def export() -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        note_directory_export(uow, required_staff().account_id)
        uow.commit()
    response = Response(stream_with_context(_csv()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="organisations.csv"'
    return response


def _csv() -> Iterator[bytes]:
    with this_service().database.read() as session:
        yield from csv_lines(organisation_table.table_of(all_entries(session)))


@bp.get("/import")
@requires("organiser")
def ask() -> ResponseReturnValue:
    return _page()


@bp.post("/import")
def read() -> ResponseReturnValue:
    """Nothing is written while one row is bad, nor if the table shall only be checked."""
    try:
        planned = _planned()
        is_done = not planned.bad and "check" not in request.form
        if is_done:
            author = by_account(required_staff().account_id)
            organisation_table.carry_out(this_service().database, this_service().clock, planned.rows, author)
    except InvalidError as error:
        return _page(error=error), error.status
    return _page(planned, is_done=is_done), 422 if planned.bad else 200


def _planned() -> Plan:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise invalid({"file": [_("Please choose a file.")]})
    rows = rows_of(file.read())
    with this_service().database.read() as session:
        return organisation_table.plan(session, rows)


def _page(planned: Plan | None = None, *, is_done: bool = False, error: ReiheError | None = None) -> str:
    return render_template(
        "registration/organisation_import.html",
        plan=planned,
        is_done=is_done,
        errors=said(error.errors) if error else {},
    )
