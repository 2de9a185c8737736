"""The questions of an event: the page where organisers write them, row by row."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.catalogue import programme
from services.catalogue.listing import find_event, known_questions
from services.catalogue.models import Event
from services.catalogue.models.base import Facts
from services.catalogue.questions import WITH_OPTIONS, free_key
from services.catalogue.web.answer_choices import answer_choices, chosen_answers
from services.catalogue.web.organise import actor, guard
from services.catalogue.web.organise_events import header_of, sent_version
from services.catalogue.web.organise_input import Errors, in_form
from services.catalogue.web.organise_typed import Values, all_texts, texts
from services.catalogue.web.schemas import EventChangeSchema
from shared.errors import InvalidError, StaleError
from shared.languages import Text, localised
from shared.languages import text as _
from shared.web import language
from shared.web.problems import said
from shared.web.schemas import load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import requires

bp = Blueprint("organise_questions", __name__)
bp.before_request(guard)

KINDS: Mapping[str, Text] = {
    "text": _("A line of text"),
    "long_text": _("Several lines of text"),
    "choice": _("One of several answers"),
    "several": _("Any of several answers"),
    "yes_no": _("Yes or no"),
    "number": _("A number"),
    "date": _("A date"),
    "email": _("An e-mail address"),
    "phone": _("A phone number"),
    "organisation": _("An organisation"),
    "file": _("A file"),
    "info": _("Only information, no question"),
}
RETENTIONS: Mapping[str, Text] = {
    "contact": _("as long as the address, 90 days after the event"),
    "needs": _("14 days after the last session"),
    "evidence": _("as long as the proof for the funder"),
}

ROW = ("key", "kind", "retention", "required", "sensitive")
LOCALISED = ("label", "help", "purpose")


@bp.get("/organise/events/<uuid:event_id>/questions")
@requires("organiser")
def questions(event_id: UUID) -> str:
    event = _find(event_id)
    event.refuse_if_cancelled()
    content: Facts = event.pending or event.content
    return _form(event, [_written(question) for question in content["questions"] if not question["retired"]])


@bp.post("/organise/events/<uuid:event_id>/questions")
def change(event_id: UUID) -> Response | str | tuple[str, int]:
    event, rows, version = _find(event_id), _sent(), sent_version()
    if (changed := _with_changed_rows(rows)) is not None:
        return _form(event, changed, version=version)
    try:
        fields = load(EventChangeSchema(), {"questions": [_given(row) for row in rows]})
        with this_service().database.unit_of_work(now()) as uow:
            programme.change_event(uow, event_id, fields, actor(), if_version=version)
            uow.commit()
    except InvalidError as error:
        return _form(event, rows, _here(error), version=version), 422
    except StaleError as error:
        return _form(_find(event_id), rows, overtaken=True), error.status
    return redirect(url_for("organise_events.room", event_id=event_id), 303)


def _find(event_id: UUID) -> Event:
    with this_service().database.read() as session:
        return find_event(session, event_id)


def _form(
    event: Event,
    rows: Sequence[Values],
    errors: Errors | None = None,
    *,
    version: int | None = None,
    overtaken: bool = False,
) -> str:
    with this_service().database.read() as session:
        known = known_questions(session)
    return render_template(
        "catalogue/organise/questions.html",
        room=header_of(event),
        event=event,
        rows=rows,
        conditions=_conditions(rows),
        version=event.version if version is None else version,
        errors=said(errors or {}),
        labels=_labels(rows),
        kinds=[(kind, language.say(name)) for kind, name in KINDS.items()],
        retentions=[(name, language.say(words)) for name, words in RETENTIONS.items()],
        with_options=WITH_OPTIONS,
        known=[(str(number), _say(question["label"])) for number, question in enumerate(known)],
        overtaken=overtaken,
    )


def _here(error: InvalidError) -> Errors:
    """The error by the fields of this form; what the rule of seats misses in the questions is of no one field."""
    found: Errors = {}
    for field, sentences in in_form(error).items():
        own = found.setdefault(field if field.startswith("questions") else "", [])
        own += [sentence for sentence in sentences if sentence not in own]
    return found


def _labels(rows: Sequence[Values]) -> dict[str, str]:
    """Label by the name of the field, for the summary of what is wrong."""
    parts = {"label": _("question"), "kind": _("kind"), "options": _("answers"), "shown_if": _("only if")}
    labels: dict[str, str] = {}
    for number in range(len(rows)):
        row = language.say(_("Question %(number)d", number=number + 1))
        labels[f"questions.{number}"] = row
        labels |= {f"questions.{number}.{name}": f"{row}, {language.say(words)}" for name, words in parts.items()}
    return labels


def _sent() -> list[Values]:
    """The rows as typed, each with its key: answers are kept by it, and conditions name it."""
    tree = nested(request.form).get("questions")
    rows = [_row(row) for row in tree if isinstance(row, Mapping)] if isinstance(tree, list) else []
    taken = {row["key"] for row in rows}
    for row in rows:
        row["key"] = row["key"] or _new_key(row["label"], taken)
        option_keys = {option["key"] for option in row["options"]}
        for option in row["options"]:
            option["key"] = option["key"] or _new_key(option["label"], option_keys)
    return rows


def _new_key(label: Mapping[str, str], taken: set[str]) -> str:
    if not any(label.values()):
        return ""
    key = free_key(label, taken)
    taken.add(key)
    return key


def _row(row: Mapping[str, Any]) -> Values:
    options = row.get("options")
    return {
        **texts(row, ROW),
        **{name: all_texts(row.get(name)) for name in LOCALISED},
        "only_if": list(all_texts(row.get("only_if"))),
        "options": [
            {**texts(option, ("key",)), "label": all_texts(option.get("label"))}
            for option in (options if isinstance(options, list) else [])
            if isinstance(option, Mapping)
        ],
    }


def _new_row() -> Values:
    return {**_row({}), "kind": "text", "retention": "contact"}


def _written(question: Facts) -> Values:
    condition = question["shown_if"]
    return {
        **{name: question[name] for name in ("key", "kind", "retention", *LOCALISED)},
        "required": "yes" if question["required"] else "",
        "sensitive": "yes" if question["sensitive"] else "",
        "only_if": [f"{condition['question']}={answer}" for answer in condition["answers"]] if condition else [],
        "options": [option for option in question["options"] if not option["retired"]],
    }


def _given(row: Values) -> Facts:
    """The row as the schema takes it. Options that were left empty are not meant."""
    condition = chosen_answers(row["only_if"])
    return {
        **{name: row[name] for name in ("kind", "retention", *LOCALISED)},
        "key": row["key"] or None,
        "required": row["required"] == "yes",
        "sensitive": row["sensitive"] == "yes",
        "options": [
            {"key": option["key"] or None, "label": option["label"]}
            for option in row["options"]
            if any(option["label"].values())
        ],
        "shown_if": {"question": condition[0], "answers": condition[1]} if condition else None,
    }


def _conditions(rows: Sequence[Values]) -> list[list[tuple[str, str]]]:
    """For each row what it may depend on: answers of those before it."""
    found: list[list[tuple[str, str]]] = []
    so_far: list[tuple[str, str]] = []
    for row in rows:
        found.append(list(so_far))
        so_far += answer_choices(row)
    return found


def _say(content: Mapping[str, str]) -> str:
    return localised(content, language.locale())


def _with_changed_rows(rows: list[Values]) -> list[Values] | None:
    """What the pressed button makes of the rows; None if it was none of theirs."""
    if "add" in request.form:
        return _added(rows, request.form["add"])
    if "remove" in request.form:
        return _removed(rows, request.form["remove"])
    if "take_question" in request.form:
        return _taken_over(rows, request.form.get("known_question", ""))
    return None


def _added(rows: list[Values], wanted: str) -> list[Values]:
    match wanted.split("."):
        case ["questions"]:
            return [*rows, _new_row()]
        case ["questions", number, "options"] if number.isdecimal() and int(number) < len(rows):
            rows[int(number)]["options"].append({"key": "", "label": {}})
    return rows


def _removed(rows: list[Values], wanted: str) -> list[Values]:
    match wanted.split("."):
        case ["questions", number]:
            return [row for position, row in enumerate(rows) if str(position) != number]
        case ["questions", number, "options", gone] if number.isdecimal() and int(number) < len(rows):
            row = rows[int(number)]
            row["options"] = [option for position, option in enumerate(row["options"]) if str(position) != gone]
    return rows


def _taken_over(rows: list[Values], number: str) -> list[Values]:
    """With a question that another event asked; what it depended on there does not come along."""
    with this_service().database.read() as session:
        known = known_questions(session)
    if not number.isdecimal() or int(number) >= len(known):
        return rows
    row = {**_written(known[int(number)]), "only_if": []}
    if row["key"] in {other["key"] for other in rows}:
        row["key"] = free_key(row["label"], {other["key"] for other in rows})
    return [*rows, row]
