"""The answers of questions as an organiser chooses among them: for a condition, or for a group of people."""

from services.catalogue.models.base import Facts
from services.catalogue.questions import CAN_BE_CONDITIONS
from shared.languages import Content, Text, localised
from shared.languages import text as _
from shared.web import language

YES_NO_NAMES: dict[str, Text] = {"yes": _("Yes"), "no": _("No")}


def answer_choices(question: Facts) -> list[tuple[str, str]]:
    """``question=answer`` for each answer that can be chosen, with the words for it; none for other questions."""
    if question["kind"] not in CAN_BE_CONDITIONS or not question["key"]:
        return []
    label = _say(question["label"])
    return [(f"{question['key']}={key}", f"{label}: {answer}") for key, answer in _answers(question) if key]


def _answers(question: Facts) -> list[tuple[str, str]]:
    if question["kind"] == "yes_no":
        return [(key, language.say(name)) for key, name in YES_NO_NAMES.items()]
    return [(option["key"], _say(option["label"])) for option in question["options"] if not option.get("retired")]


def _say(content: Content) -> str:
    return localised(content, language.locale())


def chosen_answers(choices: list[str]) -> tuple[str, list[str]] | None:
    """The question of the first choice, and all answers; those to another question are refused as none of its own."""
    pairs = [choice.split("=", 1) for choice in choices if "=" in choice]
    return (pairs[0][0], [answer for _question, answer in pairs]) if pairs else None
