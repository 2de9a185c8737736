"""What an event asks of those who register: its questions, which keep their keys for the sake of the answers."""

from collections.abc import Iterator, Sequence

from services.catalogue.models.base import Facts
from shared.languages import Content, Text, best_language
from shared.languages import text as _
from shared.text import slug_from

KEY_LENGTH = 40
MOST_FILES = 3
"""Questions of one event that ask for a file."""

WITH_OPTIONS = frozenset({"choice", "several"})
CAN_BE_CONDITIONS = WITH_OPTIONS | {"yes_no"}
YES_AND_NO = frozenset({"yes", "no"})


def settled(given: Sequence[Facts], public: Sequence[Facts]) -> list[Facts]:
    """The given questions, each with its key, those that are asked before those that are retired.

    ``public`` are the questions as they were published. One of them that is not given any more may have answers: it is
    kept as retired, and so is each of its options.
    """
    known = {question["key"]: question for question in public}
    asked = [{**question, "options": _options(question, known.get(question["key"]))} for question in _keyed(given)]
    present = {question["key"] for question in asked}
    left = [{**question, "retired": True} for question in public if question["key"] not in present]
    return sorted([*asked, *left], key=lambda question: question["retired"])


def _options(question: Facts, before: Facts | None) -> list[Facts]:
    options = _keyed(question["options"] if question["kind"] in WITH_OPTIONS else ())
    present = {option["key"] for option in options}
    left = [option for option in before["options"] if option["key"] not in present] if before else []
    return [*options, *({**option, "retired": True} for option in left)]


def _keyed(given: Sequence[Facts]) -> list[Facts]:
    """Those without a key get one that is made from their label and that no other has."""
    taken = {one["key"] for one in given}
    keyed = []
    for one in given:
        key = one["key"] or free_key(one["label"], taken)
        taken.add(key)
        keyed.append({**one, "key": key})
    return keyed


def free_key(label: Content, taken: set[str]) -> str:
    """A key that reads like the label and that none of the others has."""
    stem = slug_from(label.get(best_language(label, "de"), ""), longest=KEY_LENGTH - 4) or "x"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


Problem = tuple[str, Text]


def problems_of_questions(content: Facts) -> Iterator[Problem]:
    """What is wrong with the questions of an event's content."""
    questions = content["questions"]
    earlier: dict[str, Facts] = {}
    for number, question in enumerate(questions):
        place = f"questions.{number}"
        if question["key"] in earlier:
            yield f"{place}.key", _("Another question has this key.")
        yield from _option_problems(place, question)
        yield from _condition_problems(place, question, earlier)
        earlier[question["key"]] = question
    files = [number for number, question in enumerate(questions) if _asks(question) and question["kind"] == "file"]
    if len(files) > MOST_FILES:
        yield f"questions.{files[MOST_FILES]}.kind", _("An event can ask for %(most)d files at most.", most=MOST_FILES)


def _asks(question: Facts) -> bool:
    return not question["retired"]


def _option_problems(place: str, question: Facts) -> Iterator[Problem]:
    if question["kind"] not in WITH_OPTIONS:
        return
    keys = [option["key"] for option in question["options"]]
    if len(set(keys)) < len(keys):
        yield f"{place}.options", _("Two options have the same key.")
    if _asks(question) and not any(not option["retired"] for option in question["options"]):
        yield f"{place}.options", _("Please name the answers to choose from.")


def _condition_problems(place: str, question: Facts, earlier: dict[str, Facts]) -> Iterator[Problem]:
    condition = question["shown_if"]
    if condition is None or not _asks(question):
        return
    field = f"{place}.shown_if"
    asked = earlier.get(condition["question"])
    if asked is None or not _asks(asked):
        yield field, _("A question can only depend on one that stands before it.")
    elif asked["kind"] not in CAN_BE_CONDITIONS:
        yield field, _("A question can only depend on one with answers to choose from.")
    elif not condition["answers"] or not possible_answers(asked).issuperset(condition["answers"]):
        yield field, _("Please choose answers of the question that it depends on.")


def possible_answers(question: Facts) -> set[str]:
    """The keys of the answers that can be chosen."""
    if question["kind"] == "yes_no":
        return set(YES_AND_NO)
    return {option["key"] for option in question["options"] if not option["retired"]}


def problems_of_change(after: Sequence[Facts], public: Sequence[Facts]) -> Iterator[Problem]:
    """A published question keeps its kind, for there may be answers of that kind."""
    kinds = {question["key"]: question["kind"] for question in public}
    for number, question in enumerate(after):
        if question["key"] in kinds and kinds[question["key"]] != question["kind"]:
            yield (
                f"questions.{number}.kind",
                _("The kind of a published question stays. Please remove it and ask a new one."),
            )
