"""The form of a series: its fields as typed, and what they mean."""

import re
from collections.abc import Mapping

from services.catalogue.models import Series
from services.catalogue.models.base import Facts
from services.catalogue.web.organise_input import WRONG_SHARE, Errors, share_of
from services.catalogue.web.organise_typed import Values, all_texts, texts, typed
from services.catalogue.web.organise_values import written_rule
from services.catalogue.web.schemas import SeriesSchema
from shared.errors import InvalidError
from shared.languages import text as _
from shared.web.schemas import invalid, load, nested

SINGLE = ("slug", "certificate_share", "certificate_sessions", "certificate_modules", "required_modules")
LOCALISED = ("title", "description")


def sent(form: Mapping[str, str]) -> Values:
    """The values of a form that was sent."""
    tree = nested(form)
    return {**texts(tree, SINGLE), **{name: all_texts(tree.get(name)) for name in LOCALISED}}


def written(series: Series) -> Values:
    """The values of a series that is there."""
    rule = series.certificate_rule or {}
    return {
        "slug": series.slug,
        "title": series.title,
        "description": series.description,
        **written_rule(series.certificate_rule),
        "certificate_modules": typed(rule.get("modules")),
        "required_modules": ", ".join(map(str, rule.get("required_modules", []))),
    }


def loaded(values: Values) -> Facts:
    """What the values mean, as the use cases take it.

    Raises :class:`InvalidError` with the errors of all fields, by the names that the form gives them.
    """
    rule, errors = _rule(values)
    given = {**{name: values[name] for name in LOCALISED}, "certificate_rule": rule}
    if values["slug"]:
        given["slug"] = values["slug"]
    try:
        fields = load(SeriesSchema(), given)
    except InvalidError as error:
        raise invalid({**in_form(error), **errors}) from error
    if errors:
        raise invalid(errors)
    return fields


def in_form(error: InvalidError) -> Errors:
    """The error's fields by the names that the form gives them; the error itself if it names no field."""
    if not error.errors:
        return {"": [error.text]}
    return {_name_in_form(field): list(messages) for field, messages in error.errors.items()}


_NAMES_IN_FORM = {
    "certificate_rule.sessions": "certificate_sessions",
    "certificate_rule.modules": "certificate_modules",
}


def _name_in_form(field: str) -> str:
    if field.startswith("certificate_rule.required_modules"):
        return "required_modules"
    otherwise = "certificate_share" if field.startswith("certificate_rule") else field
    return _NAMES_IN_FORM.get(field, otherwise)


def _rule(values: Values) -> tuple[Facts | None, Errors]:
    share, modules = values["certificate_share"].strip(), values["required_modules"].strip()
    counts = {name: values[f"certificate_{name}"].strip() or None for name in ("sessions", "modules")}
    if not share and not modules and not any(counts.values()):
        return None, {}
    errors: Errors = {}
    part = share_of(share) if share else None
    if share and part is None:
        errors["certificate_share"] = [WRONG_SHARE]
    numbers = [number for number in re.split(r"[\s,;]+", modules) if number]
    if not all(number.isdecimal() for number in numbers):
        errors["required_modules"] = [_("Please enter the numbers of modules, such as 3, 5.")]
    return (None if errors else {"share_of_hours": part, **counts, "required_modules": numbers}), errors
