"""Fields of what comes in, besides those that every service needs: numbers, choices, instants and slugs."""

import math
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from services.catalogue.questions import KEY_LENGTH
from shared.languages import text as _
from shared.web.schemas import Line

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_TIME_OF_DAY = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"

LARGEST_CAPACITY = 100_000


def several(part: fields.Field[Any], most: int) -> fields.List[Any]:
    """None or more of them."""

    def bounded(values: list[Any]) -> None:
        if len(values) > most:
            raise ValidationError([_("Please enter at most %(most)d.", most=most)])

    return fields.List(part, load_default=list, validate=bounded, metadata={"maxItems": most})


class WholeNumber(fields.Integer):
    """A whole number between bounds, as a number or, from a form, as digits."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self._least, self._most = least, most
        kwargs.setdefault("metadata", {}).update(minimum=least, maximum=most)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number = _whole(value)
        if number is None:
            raise self.make_error("invalid", input=value)
        _check_bounds(number, self._least, self._most)
        return number


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Number(fields.Float):
    """A finite number between bounds."""

    def __init__(self, *, least: float, most: float, **kwargs: Any) -> None:
        self._least, self._most = least, most
        kwargs.setdefault("metadata", {}).update(minimum=least, maximum=most)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        number = super()._deserialize(value, attr, data, **kwargs)
        if not math.isfinite(number):
            raise self.make_error("invalid", input=value)
        _check_bounds(number, self._least, self._most)
        return number


def _check_bounds(number: float, least: float, most: float) -> None:
    if number < least:
        raise ValidationError([_("This must not be less than %(least)g.", least=least)])
    if number > most:
        raise ValidationError([_("This must not be more than %(most)g.", most=most)])


class TimeOfDay(Line):
    """Hours and minutes of a day, such as 08:30."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})["pattern"] = f"^{_TIME_OF_DAY}$"
        super().__init__(longest=5, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        time = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(_TIME_OF_DAY, time):
            raise ValidationError([_("Please enter a time of the day, such as 08:30.")])
        return time


class Slug(Line):
    """The readable part of an address: lower-case letters, digits, single hyphens between."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})["pattern"] = f"^{_SLUG}$"
        super().__init__(longest=80, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        slug = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(_SLUG, slug):
            raise ValidationError([_("Please use only a to z, 0 to 9 and single hyphens between them.")])
        return slug


class QuestionKey(Line):
    """What answers are kept by: lower-case letters, digits, single hyphens between."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})["pattern"] = f"^{_SLUG}$"
        super().__init__(longest=KEY_LENGTH, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        key = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(_SLUG, key):
            raise ValidationError([_("Please use only a to z, 0 to 9 and single hyphens between them.")])
        return key


class LanguageCode(Line):
    """Two or three letters, possibly with a script or country (BCP 47)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})["pattern"] = f"^{_LANGUAGE}$"
        super().__init__(longest=20, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code and not re.fullmatch(_LANGUAGE, code):
            raise ValidationError([_("Please use a language's code, such as de or tr.")])
        return code


class Country(Line):
    """Two letters (ISO 3166-1)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})["pattern"] = "^[A-Z]{2}$"
        super().__init__(longest=2, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        country = super()._deserialize(value, attr, data, **kwargs).upper()
        if not re.fullmatch("[A-Z]{2}", country):
            raise ValidationError([_("Please use the country's two letters, such as DE.")])
        return country
