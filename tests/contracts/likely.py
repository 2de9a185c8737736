"""Makes an OpenAPI document narrower, so that what is generated from it is likely to be accepted.

A document cannot say which ids there are, or that a date should be within our lifetime. Requests are generated from
the narrower one; their answers are held against the document itself.
"""

import copy
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st

Known = Mapping[str, Sequence[str]]
"""Name of a parameter or field → values that mean something."""

_NEVER = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff\t\r\n"
_ONE_LINE = f"^[^{_NEVER}]*$"
_ONE_LINE_WITH_LETTERS = rf"^[^{_NEVER}]*[^{_NEVER}\s][^{_NEVER}]*$"
_ANY_INSTANTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
_USUAL_INSTANTS = st.integers(0, 5_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat())


def likely(document: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """A narrower copy. Of ten values that are known, one is something else all the same."""
    for name, values in known.items():
        others = st.uuids().map(str) if name.endswith("_id") else st.text(max_size=20)
        schemathesis.openapi.format(f"likely-{name}", _mostly(st.sampled_from(list(values)), others))
    schemathesis.openapi.format("likely-instant", _mostly(_USUAL_INSTANTS, _ANY_INSTANTS))
    narrower = copy.deepcopy(dict(document))
    _narrow(narrower, known)
    return narrower


def _mostly(usual: st.SearchStrategy[str], others: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.integers(0, 9).flatmap(lambda chance: others if chance == 0 else usual)


def _narrow(part: Any, known: Known) -> None:
    if isinstance(part, list):
        for inner in part:
            _narrow(inner, known)
    elif isinstance(part, dict):
        if "in" in part and part.get("name") in known:
            part["schema"] = {"type": "string", "format": f"likely-{part['name']}"}
        for name, schema in _properties(part).items():
            if name in known:
                part["properties"][name] = {"type": schema["type"], "format": f"likely-{name}"}
        _narrow_texts(part)
        for inner in part.values():
            _narrow(inner, known)


def _properties(part: dict[str, Any]) -> dict[str, Any]:
    """Fields that hold text, if this is a schema with fields."""
    properties = part.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {name: schema for name, schema in properties.items() if "string" in str(schema.get("type", ""))}


def _narrow_texts(part: dict[str, Any]) -> None:
    if part.get("format") == "date-time":
        part["format"] = "likely-instant"
    if part.get("minProperties") and isinstance(part.get("additionalProperties"), dict):
        part["additionalProperties"]["minLength"] = 1
    if "maxLength" in part and not part.keys() & {"pattern", "format", "enum"}:
        part["pattern"] = _ONE_LINE_WITH_LETTERS if part.get("minLength") else _ONE_LINE
