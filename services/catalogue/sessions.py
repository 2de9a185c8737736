"""Which of an event's sessions a list of sessions from outside means."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.catalogue.models.base import Facts
from services.catalogue.rules import Problem, refuse
from shared.database import new_id
from shared.languages import text as _


def identified(given: Sequence[Facts], present: Sequence[Facts]) -> list[Facts]:
    """The given sessions in order of time, each with its id.

    An id names a present session, and a session without one is new. Who sends no ids at all may not know them: then
    sessions that start at the same time are the same, and what is left is paired in order, so that a moved session
    stays itself. Raises :class:`InvalidError` for an id that is unknown or comes twice.
    """
    wanted = [{**session, "id": session.get("id")} for session in given]
    if any(session["id"] for session in wanted):
        refuse(_wrong_ids(wanted, {session["id"] for session in present}))
    else:
        _pair(wanted, list(present))
    for session in wanted:
        session["id"] = session["id"] or new_id()
    return sorted(wanted, key=lambda session: (session["starts_at"], session["id"]))


def _wrong_ids(wanted: list[dict[str, Any]], known: set[UUID]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[UUID] = set()
    for number, session in enumerate(wanted):
        if session["id"] is None:
            continue
        if session["id"] not in known:
            problems.append((f"sessions.{number}.id", _("The event has no such session. A new one has no id.")))
        if session["id"] in seen:
            problems.append((f"sessions.{number}.id", _("This session is named twice.")))
        seen.add(session["id"])
    return problems


def _pair(wanted: list[dict[str, Any]], present: list[Facts]) -> None:
    for session in wanted:
        same = next((known for known in present if known["starts_at"] == session["starts_at"]), None)
        if same is not None:
            session["id"] = same["id"]
            present.remove(same)
    left = sorted((s for s in wanted if not s["id"]), key=lambda s: s["starts_at"])
    for session, known in zip(left, sorted(present, key=lambda s: s["starts_at"]), strict=False):
        session["id"] = known["id"]
