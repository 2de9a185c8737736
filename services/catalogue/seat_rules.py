"""What must hold of the rule by which an event gives its seats: quota, parties, classes of priority, reserved seats."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.catalogue.models.base import Facts
from services.catalogue.questions import CAN_BE_CONDITIONS, possible_answers
from shared.languages import Text
from shared.languages import text as _

Problem = tuple[str, Text]


def problems_of_seats(content: Facts) -> Iterator[Problem]:
    """What is wrong with the rule of an event's content, by the fields of the event."""
    starts_at = min((session["starts_at"] for session in content["sessions"]), default=None)
    yield from _quota(content, starts_at)
    yield from _parties(content)
    yield from _groups(content, "priority_classes")
    yield from _groups(content, "pools")
    yield from _pools(content, starts_at)


def _quota(content: Facts, starts_at: datetime | None) -> Iterator[Problem]:
    until = content["max_per_organisation_until"]
    if until is None:
        return
    if content["max_per_organisation"] is None:
        yield "max_per_organisation_until", _("This date needs the number of seats that one organisation can have.")
    elif starts_at and until >= starts_at:
        yield "max_per_organisation_until", _("This must be before the first session starts.")


def _parties(content: Facts) -> Iterator[Problem]:
    largest, quota = content["largest_party"], content["max_per_organisation"]
    if largest == 1:
        return
    if largest > content["capacity"]:
        yield "largest_party", _("A party cannot be larger than the number of seats.")
    elif quota is not None and largest > quota:
        yield "largest_party", _("A party cannot be larger than the number of seats that one organisation can have.")


def _groups(content: Facts, name: str) -> Iterator[Problem]:
    asked = {question["key"]: question for question in content.get("questions", ()) if not question["retired"]}
    codes: set[str] = set()
    for number, group in enumerate(content["waitlist"][name]):
        place = f"waitlist.{name}.{number}"
        if group["by"] == "question":
            yield from _by_question(group, place, asked)
        elif group["by"] == "code":
            yield from _by_code(group, place, codes)


def _by_question(group: Facts, place: str, asked: Mapping[str, Facts]) -> Iterator[Problem]:
    """``asked`` are the questions by their keys, without retired ones."""
    key, answers = group["question"] or "", group["answers"]
    question = asked.get(key)
    if not key:
        yield f"{place}.question", _("Please choose the answers that count.")
        return
    if question is None:
        gone = _("A group goes by the question “%(key)s”, which the event does not ask, or no longer asks.", key=key)
        yield f"{place}.question", gone
    elif question["kind"] not in CAN_BE_CONDITIONS:
        yield f"{place}.question", _("The question “%(key)s” has no answers to choose from.", key=key)
    elif unknown := [answer for answer in answers if answer not in possible_answers(question)]:
        texts = {"key": key, "answers": ", ".join(unknown)}
        yield f"{place}.answers", _("A group goes by answers that the question “%(key)s” lacks: %(answers)s.", **texts)
    if not answers:
        yield f"{place}.answers", _("Please choose at least one answer.")


def _by_code(group: Facts, place: str, codes: set[str]) -> Iterator[Problem]:
    """``codes`` are those of the groups before; small and capital letters are the same, as people type them."""
    code = (group["code"] or "").casefold()
    if not code:
        yield f"{place}.code", _("Please enter the code.")
    elif code in codes:
        yield f"{place}.code", _("Another group has this code.")
    codes.add(code)


def _pools(content: Facts, starts_at: datetime | None) -> Iterator[Problem]:
    reserved = 0
    for number, pool in enumerate(content["waitlist"]["pools"]):
        place = f"waitlist.pools.{number}"
        reserved += pool["seats"]
        if reserved > content["capacity"]:
            yield f"{place}.seats", _("More seats are reserved than the event has.")
        if starts_at and pool["released_at"] and pool["released_at"] >= starts_at:
            yield f"{place}.released_at", _("This must be before the first session starts.")
