"""Questions as catalogue tells them, for tests."""

from typing import Any


def a_question(key: str, kind: str = "text", **changes: Any) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "label": {"de": key.title()},
        "help": {},
        "options": [],
        "required": False,
        "shown_if": None,
        "purpose": {},
        "retention": "contact",
        "sensitive": False,
        "retired": False,
        **changes,
    }


def an_option(key: str, **changes: Any) -> dict[str, Any]:
    return {"key": key, "label": {"de": key.title()}, "retired": False, **changes}


MEAL = a_question("meal", "choice", options=[an_option("all"), an_option("vegan")], required=True)
SEATS_AT_TABLE = a_question("table", "number", required=True, shown_if={"question": "meal", "answers": ["vegan"]})
