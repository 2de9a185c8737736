"""What must hold across the fields of an event's or a series' content."""

from collections.abc import Iterator
from datetime import datetime

from services.catalogue.models.base import Facts
from services.catalogue.questions import problems_of_questions
from services.catalogue.seat_rules import problems_of_seats
from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import plural as ngettext
from shared.languages import text as _

Problem = tuple[str, Text]
"""A field, nested ones joined with dots, and what is wrong with it."""


def refuse(problems: list[Problem]) -> None:
    """Raise :class:`InvalidError` if there is any problem."""
    errors: dict[str, list[Text]] = {}
    for field, text in problems:
        errors.setdefault(field, []).append(text)
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


def check_event(content: Facts) -> None:
    """Raise :class:`InvalidError` with every rule that the content of an event breaks."""
    rules = (
        _sessions,
        _registration,
        _programme,
        _venues,
        _module,
        _certificate,
        problems_of_questions,
        problems_of_seats,
    )
    refuse([problem for rule in rules for problem in rule(content)])


def check_publishable(content: Facts) -> None:
    if not content["sessions"]:
        refuse([("sessions", _("An event needs at least one session before it can be published."))])


def _sessions(content: Facts) -> Iterator[Problem]:
    for number, session in enumerate(content["sessions"]):
        if session["ends_at"] <= session["starts_at"]:
            yield f"sessions.{number}.ends_at", _("The end must be after the start.")


def _registration(content: Facts) -> Iterator[Problem]:
    opens, closes = content["registration_opens_at"], content["registration_closes_at"]
    if opens and closes and closes <= opens:
        yield "registration_closes_at", _("Registration must close after it opens.")
    if not content["sessions"]:
        return
    starts = min(session["starts_at"] for session in content["sessions"])
    ends = max(session["ends_at"] for session in content["sessions"])
    if closes and closes > ends:
        yield "registration_closes_at", _("Registration must close before the event is over.")
    if opens and not closes and opens >= starts:
        yield (
            "registration_opens_at",
            _("Registration closes when the first session starts; it must open before that, or name a later close."),
        )


def _programme(content: Facts) -> Iterator[Problem]:
    sessions = content["sessions"]
    # Where a session itself is wrong, no item can be judged by it.
    bounded = bool(sessions) and all(session["starts_at"] < session["ends_at"] for session in sessions)
    for number, item in enumerate(content["programme"]):
        starts, ends = item["starts_at"], item["ends_at"]
        if ends is not None and ends <= starts:
            yield f"programme.{number}.ends_at", _("The end must be after the start.")
        elif bounded and not any(_inside(session, starts, ends) for session in sessions):
            yield f"programme.{number}.starts_at", _("A programme item must lie within one session of the event.")


def _inside(session: Facts, starts: datetime, ends: datetime | None) -> bool:
    return bool(session["starts_at"] <= starts < session["ends_at"] and (ends is None or ends <= session["ends_at"]))


def _venues(content: Facts) -> Iterator[Problem]:
    yield from _venue("venue", content["venue"])
    for number, session in enumerate(content["sessions"]):
        yield from _venue(f"sessions.{number}.venue", session["venue"])


def _venue(field: str, venue: Facts | None) -> Iterator[Problem]:
    if venue and (venue["latitude"] is None) != (venue["longitude"] is None):
        missing = "latitude" if venue["latitude"] is None else "longitude"
        yield f"{field}.{missing}", _("A position needs both latitude and longitude.")


def _certificate(content: Facts) -> Iterator[Problem]:
    wanted, there = (content["certificate_rule"] or {}).get("sessions"), len(content["sessions"])
    if wanted and there and wanted > there:
        yield (
            "certificate_rule.sessions",
            ngettext("The event has only one session.", "The event has only %(num)d sessions.", there),
        )


def _module(content: Facts) -> Iterator[Problem]:
    if content["module_number"] is not None and content["series_id"] is None:
        yield "module_number", _("Only an event of a series has a module number.")
