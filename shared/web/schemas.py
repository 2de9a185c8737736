"""Schemas of what comes in over HTTP, in forms and JSON alike: strict, bounded, with errors that help."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from marshmallow import RAISE, ValidationError, fields, validate
from marshmallow import Schema as MarshmallowSchema

from shared.errors import FieldErrors, InvalidError
from shared.languages import Text
from shared.languages import text as _
from shared.text import has_control_characters, many_lines, normalised_email, one_line

NAME_LENGTH = 200
LONG_TEXT_LENGTH = 20_000
EMAIL_LENGTH = 254

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_REQUIRED = _("Please fill this in.")

MESSAGES: Mapping[str, Text] = {
    "required": _REQUIRED,
    "null": _REQUIRED,
    "invalid": _("This value is not understood."),
    "type": _("Expected an object, not a list or a plain value."),
    "unknown": _("This field is not known here."),
    "too_large": _("This number is too large."),
    "special": _("This is not a number that can be used here."),
    "invalid_utf8": _("This is not valid text."),
    "invalid_uuid": _("This is not a valid id."),
    "format": _("This date is not understood."),
    "invalid_awareness": _("A date needs its offset from UTC, such as 2027-03-28T10:00:00+02:00."),
}
"""What replaces marshmallow's own sentences, by its error keys."""


class Schema(MarshmallowSchema):
    """Refuses fields that it does not know."""

    class Meta:
        unknown = RAISE

    error_messages = {"type": MESSAGES["type"], "unknown": MESSAGES["unknown"]}  # type: ignore[dict-item]  # noqa: RUF012

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        for key in field_obj.error_messages:
            if key in MESSAGES and not isinstance(field_obj.error_messages[key], Text):
                field_obj.error_messages[key] = MESSAGES[key]  # type: ignore[assignment]  # said at the door
        if isinstance(field_obj, fields.List):
            self.on_bind_field(field_name, field_obj.inner)


def flat(messages: Any, prefix: str = "") -> dict[str, list[Text | str]]:
    """marshmallow's nested messages as ``{"sessions.0.ends_at": [..]}``; errors of the whole stand under ``""``."""
    if isinstance(messages, Mapping):
        found: dict[str, list[Text | str]] = {}
        for key, value in messages.items():
            # marshmallow reports an entry of a Dict field below "key" or "value"
            part = "" if key in ("_schema", "key", "value") and isinstance(key, str) else str(key)
            found.update(flat(value, ".".join(p for p in (prefix, part) if p)))
        return found
    return {prefix: list(messages) if isinstance(messages, list | tuple) else [messages]}


@cache
def instance_of(schema: type[MarshmallowSchema]) -> MarshmallowSchema:
    """The one instance for all requests: to make one costs more than to load a form with it."""
    return schema()


def load(schema: MarshmallowSchema | type[MarshmallowSchema], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the schema makes them; raises :class:`InvalidError` with an entry per wrong field."""
    made = schema if isinstance(schema, MarshmallowSchema) else instance_of(schema)
    try:
        loaded: dict[str, Any] = made.load(values)
    except ValidationError as error:
        raise invalid(flat(error.messages)) from error
    return loaded


def invalid(errors: FieldErrors) -> InvalidError:
    return InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


class Line(fields.String):
    """One line of text: cleaned, bounded, without control characters."""

    def __init__(self, *, longest: int = NAME_LENGTH, blank: bool = False, **kwargs: Any) -> None:
        self._longest = longest
        self._blank = blank
        described = kwargs.setdefault("metadata", {})
        described.setdefault("maxLength", longest)
        if not blank:
            described.setdefault("minLength", 1)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if has_control_characters(text, multiline=self._multiline):
            raise ValidationError(
                [_("This contains characters that cannot be shown or printed. Please type it again.")]
            )
        text = many_lines(text) if self._multiline else one_line(text)
        if not text and not self._blank:
            raise ValidationError([_REQUIRED])
        if len(text) > self._longest:
            raise ValidationError([_("Please use at most %(longest)d characters.", longest=self._longest)])
        return text

    _multiline = False


class Paragraphs(Line):
    """Text of several lines."""

    _multiline = True

    def __init__(self, *, longest: int = LONG_TEXT_LENGTH, **kwargs: Any) -> None:
        super().__init__(longest=longest, **kwargs)


class EmailAddress(Line):
    """An address as one person is known by: lower case, plausible, at most 254 characters (RFC 5321)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {}).setdefault("format", "email")
        super().__init__(longest=EMAIL_LENGTH, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = normalised_email(super()._deserialize(value, attr, data, **kwargs))
        if not text and self._blank:
            return text
        try:
            validate.Email()(text)
        except ValidationError:
            raise ValidationError([_("This is not an e-mail address. It looks like name@example.org.")]) from None
        return text


class WebAddress(Line):
    """An http or https URL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=2_000, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not _is_web_address(text):
            raise ValidationError([_("This is not a web address. It begins with https://.")])
        return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


class Choice(fields.String):
    """One of some words; empty if ``blank``, as a form sends what was not chosen."""

    def __init__(self, choices: Sequence[str], *, blank: bool = False, **kwargs: Any) -> None:
        self._choices = ("", *choices) if blank else tuple(choices)
        kwargs.setdefault("metadata", {})["enum"] = list(self._choices)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        word = super()._deserialize(value, attr, data, **kwargs)
        if word not in self._choices:
            words = ", ".join(filter(None, self._choices))
            raise ValidationError([_("This must be one of: %(choices)s.", choices=words)])
        return word


class Instant(fields.AwareDateTime):
    """A date and time with its offset, within the two centuries that calendars can be sure of."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not _EARLIEST <= moment < _LATEST:
            raise ValidationError([_("This date is too far away.")])
        return moment


class TimeZone(Line):
    """The name of a time zone of the IANA list."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in _zones():
            raise ValidationError([_("This time zone is not known. Use a name such as Europe/Berlin.")])
        return text


def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


_LANGUAGE = r"[a-z]{2,3}(-[a-z]+)?"


class _LanguageCode(fields.String):
    def __init__(self) -> None:
        super().__init__(metadata={"pattern": f"^{_LANGUAGE}$"})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(_LANGUAGE, code):
            raise ValidationError([_("This is not a language code, such as de or en.")])
        return code


class Content(fields.Dict):
    """``{language: text}``. Blank languages are left out; at least one is needed unless ``blank``."""

    def __init__(
        self, *, longest: int = LONG_TEXT_LENGTH, blank: bool = False, multiline: bool = False, **kwargs: Any
    ) -> None:
        self._blank = blank
        inner = (Paragraphs if multiline else Line)(longest=longest, blank=True)
        if not blank:
            kwargs.setdefault("metadata", {}).setdefault("minProperties", 1)
        super().__init__(keys=_LanguageCode(), values=inner, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, str]:
        loaded = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        content = {language: text for language, text in loaded.items() if text}
        if not content and not self._blank:
            raise ValidationError([_REQUIRED])
        return content


def nested(form: Mapping[str, str]) -> dict[str, Any]:
    """A form's dotted names as nested values: ``sessions.0.starts_at`` → ``{"sessions": [{"starts_at": ..}]}``.

    Numbers make lists, in the order of the numbers; gaps close.
    """
    tree: dict[str, Any] = {}
    for name, value in form.items():
        *path, last = name.split(".")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {}) if isinstance(branch.get(part, {}), dict) else {}
        branch[last] = value
    return {key: _lists(value) for key, value in tree.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() and len(key) < 6 for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}
