"""The pages of the audit log, the same in each service: searched, page by page, and as a table to take away."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, send_file, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, fields
from sqlalchemy.orm import Session

from shared.audit import Subject, Wanted, added, by_account, entries, entries_page
from shared.languages import Text
from shared.languages import text as _
from shared.spreadsheets import XLSX, Cell, Table, csv_lines, xlsx_file
from shared.web.app import keep_private
from shared.web.audit_words import AUTHORS, Act, Words, read_acts
from shared.web.language import in_readers_order, say
from shared.web.schemas import MESSAGES, Line, Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

READERS = ("organiser", "auditor")
MOST_FOUND = 200
"""So many things that fit what was typed are looked for."""
MOST_EXPORTED = 100_000
LOGS: Mapping[str, tuple[str, Text]] = {
    "catalogue": ("/organise/audit", _("Programme and accounts")),
    "registration": ("/organise/audit/registrations", _("Registrations")),
    "notifications": ("/organise/audit/mail", _("Mail and certificates")),
}
"""Each service's log: where it is read, and what it is about."""

HEADER = (
    *(_("When"), _("What was done"), _("By"), _("About"), _("Name"), _("Event"), _("What changed")),
    *(_("Id"), _("Id of the event"), _("Id of the request")),
)

Find = Callable[[Session, str], Sequence[UUID]]
"""The ids of what fits the words that somebody typed, at most :data:`MOST_FOUND` and one more."""


def _query_schema(words: Words) -> Schema:
    def check_action(action: str) -> None:
        _require(action in words.log.actions)

    class LogQuery(Schema):
        q = Line(load_default="", blank=True)
        act = fields.String(load_default="", validate=check_action)
        who = fields.String(load_default="", validate=_check_author)
        since = fields.Date(load_default=None, validate=_check_year)
        until = fields.Date(load_default=None, validate=_check_year)
        cursor = Line(longest=1_000, load_default=None)

    return LogQuery()


def _check_author(who: str) -> None:
    _require(who in AUTHORS or _uuid(who) is not None)


def _check_year(day: date) -> None:
    _require(2000 <= day.year < 3000)


def _require(understood: bool) -> None:
    if not understood:
        raise ValidationError([MESSAGES["invalid"]])


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the log is looked at, as it stands in the address."""

    sent: Mapping[str, str]
    wanted: Wanted
    cursor: str | None
    too_many: bool
    """Whether more fits what was typed than is looked for."""

    def url(self, endpoint: str, cursor: str | None = None) -> str:
        return url_for(endpoint, cursor=cursor, **dict[str, Any](self.sent))


def make_audit_pages(service: str, words: Words, find: Find) -> Blueprint:
    """A blueprint that shows one service's log. Organisers see what concerns events and series, auditors everything."""
    bp = Blueprint("audit_pages", __name__, url_prefix=LOGS[service][0])
    schema = _query_schema(words)
    bp.before_request(keep_private)
    bp.before_request(_only_for_readers)

    @bp.get("")
    def acts() -> ResponseReturnValue:
        staff = this_service().staff.names()
        with this_service().database.read() as session:
            asked = _asked(session, schema, find)
            found = entries_page(session, words.log, asked.wanted, cursor=asked.cursor)
            read = read_acts(session, words, found.items, staff)
        return render_template(
            "audit.html",
            logs=LOGS,
            here=service,
            acts=read,
            chosen=asked.sent,
            too_many=asked.too_many,
            actions=_options(words.log.actions),
            authors=[*_options(AUTHORS), *((str(account_id), name) for account_id, name in staff.items())],
            first_url=asked.url(".acts") if asked.cursor else "",
            next_url=asked.url(".acts", found.next_cursor) if found.next_cursor else "",
            csv_url=asked.url(".export_csv"),
            xlsx_url=asked.url(".export_xlsx"),
            sees_everything=_sees_everything(),
        )

    @bp.get("/export.csv")
    def export_csv() -> ResponseReturnValue:
        asked = _exported(schema, find)
        lines = stream_with_context(_csv(words, asked))
        response = Response(lines, content_type="text/csv; charset=utf-8")
        response.headers.set("Content-Disposition", "attachment", filename=f"audit-{service}.csv")
        return response

    @bp.get("/export.xlsx")
    def export_xlsx() -> ResponseReturnValue:
        asked = _exported(schema, find)
        with this_service().database.read() as session:
            file = xlsx_file(_table(session, words, asked))
        return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"audit-{service}.xlsx")

    return bp


def _only_for_readers() -> None:
    required_staff(*READERS)


def _options(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return sorted(((code, say(text)) for code, text in texts.items()), key=lambda option: in_readers_order(option[1]))


def _sees_everything() -> bool:
    return required_staff().may("auditor")


def _asked(session: Session, schema: Schema, find: Find) -> Asked:
    """Raises :class:`InvalidError` for an address that was not made here."""
    sent = {name: value for name, value in request.args.items() if name != "lang" and value}
    query = load(schema, sent)
    about = _subjects(session, query["q"], find) if query["q"] else None
    who = query["who"]
    wanted = Wanted(
        action=query["act"],
        author_kind=who if who in AUTHORS else "",
        author_id=_uuid(who),
        about=None if about is None else about[:MOST_FOUND],
        since=_midnight(query["since"]),
        until=_midnight(query["until"], days=1),
        of_events=not _sees_everything(),
    )
    kept = {name: value for name, value in sent.items() if name != "cursor"}
    return Asked(kept, wanted, query["cursor"], about is not None and len(about) > MOST_FOUND)


def _subjects(session: Session, typed: str, find: Find) -> Sequence[UUID]:
    known = _uuid(typed)
    return find(session, typed) if known is None else [known]


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """The beginning of a day, or of one after it, by the clocks of the installation."""
    zone = ZoneInfo(this_service().settings.time_zone)
    return datetime.combine(day + timedelta(days), time(), zone) if day else None


def _exported(schema: Schema, find: Find) -> Asked:
    """What shall be taken away; that it was is itself written into the log."""
    with this_service().database.unit_of_work(now()) as uow:
        asked = _asked(uow.session, schema, find)
        filters = {name: value for name, value in asked.sent.items() if name != "q"}
        changes = added(**filters, searched="q" in asked.sent)
        uow.audit("log.exported", by_account(required_staff().account_id), Subject("log"), changes=changes)
        uow.commit()
    return asked


def _csv(words: Words, asked: Asked) -> Iterator[bytes]:
    with this_service().database.read() as session:
        yield from csv_lines(_table(session, words, asked))


def _table(session: Session, words: Words, asked: Asked) -> Table:
    """The newest :data:`MOST_EXPORTED` rows."""
    zone = ZoneInfo(this_service().settings.time_zone)
    staff = this_service().staff.names()
    pages = entries(session, words.log, asked.wanted)
    acts = (act for rows in pages for act in read_acts(session, words, rows, staff))
    rows = (_cells(act, zone) for act in islice(acts, MOST_EXPORTED))
    return Table(say(_("Audit log")), [say(heading) for heading in HEADER], rows)


def _cells(act: Act, zone: ZoneInfo) -> Sequence[Cell]:
    name = act.subject.name if act.subject else ""
    event = act.event.name if act.event else ""
    ids = (act.row.subject_id, act.row.event_id)
    return (
        act.at.astimezone(zone),
        *(act.what, act.who, act.kind, name, event, "; ".join(act.changes)),
        *(str(one) if one else "" for one in ids),
        act.row.request_id,
    )
