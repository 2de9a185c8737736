"""What every message is: a schema, a topic with its version, and who hears it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Literal
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing
from marshmallow.validate import OneOf, Range


class Part(Schema):
    """A nested part of a message. A reader tolerates fields that a newer writer has added."""

    class Meta:
        unknown = EXCLUDE


class Message(Part):
    """One topic in one version. Within a version only optional fields are added; anything else is a V2 class.

    ``delivery`` is ``state`` (the whole aggregate; a version that is not newer is ignored) or ``fact`` (handled once).
    """

    topic: ClassVar[str]
    publisher: ClassVar[str]
    aggregate: ClassVar[str]
    delivery: ClassVar[Literal["state", "fact"]] = "state"
    consumers: ClassVar[tuple[str, ...]]


class InvalidMessageError(Exception):
    """The body does not fit the topic's schema: a mistake in the code that publishes, or a foreign message."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way: CloudEvents 1.0 attributes and the body as JSON values.

    ``time`` is when the change was made; ``version`` is the aggregate's, 0 for a fact.
    """

    message_id: UUID
    topic: str
    source: str
    aggregate_id: UUID
    version: int
    time: datetime
    request_id: str
    body: Mapping[str, Any]

    def as_cloudevent(self) -> dict[str, Any]:
        """CloudEvents 1.0, JSON format, structured mode."""
        return {
            "specversion": "1.0",
            "id": str(self.message_id),
            "source": f"/{self.source}",
            "type": self.topic,
            "subject": str(self.aggregate_id),
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "aggregateversion": self.version,
            "requestid": self.request_id,
            "data": self.body,
        }

    @classmethod
    def from_cloudevent(cls, event: Mapping[str, Any]) -> "Envelope":
        """The inverse; raises :class:`InvalidMessageError` if an attribute is missing or of the wrong type."""
        try:
            return cls(
                message_id=UUID(event["id"]),
                topic=str(event["type"]),
                source=str(event["source"]).lstrip("/"),
                aggregate_id=UUID(event["subject"]),
                version=int(event["aggregateversion"]),
                time=datetime.fromisoformat(event["time"]),
                request_id=str(event.get("requestid", "")),
                body=_object(event["data"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidMessageError(f"not an envelope: {error!r}") from error


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("data must be an object")
    return value


@cache
def _instance(schema: type[Message]) -> Message:
    """One for all: making an instance copies every field, which takes longer than dumping and loading a body."""
    return schema()


def dumped(schema: type[Message], body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as JSON values, checked strictly: marshmallow's ``dump`` alone validates nothing."""
    instance = _instance(schema)
    if unknown := set(body) - set(instance.fields):
        raise InvalidMessageError(f"{schema.topic}: unknown fields {sorted(unknown)}")
    try:
        return _all_written(instance.fields, body)
    except InvalidMessageError as error:
        raise InvalidMessageError(f"{schema.topic}: {error}") from error


def _all_written(described: Mapping[str, fields.Field[Any]], body: Mapping[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, field in described.items():
        if name in body or field.required:
            try:
                written[name] = _written(field, body.get(name, missing))
            except (ValidationError, InvalidMessageError, AttributeError, TypeError, ValueError) as error:
                raise InvalidMessageError(f"{name}: {error}") from error
    return written


def _written(field: fields.Field[Any], value: Any) -> Any:
    """A plain value, as most are, needs no more than its type looked at; marshmallow dumps and loads the others."""
    if value is None and field.allow_none:
        return None
    if isinstance(field, fields.Nested) and isinstance(value, Mapping):
        return _all_written(field.schema.fields, value)
    if isinstance(field, fields.List) and isinstance(value, list) and not field.validators:
        return [_written(field.inner, one) for one in value]
    fits, write = _PLAIN.get(type(field), _NEVER)
    if not fits(value):
        given = {} if value is missing else {"value": value}
        dumped_value = field.serialize("value", given)
        field.deserialize(dumped_value, "value", given)
        return dumped_value
    written = write(value)
    for check in field.validators:
        check(written)
    return written


def _is_aware(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


_PLAIN: Mapping[type[fields.Field[Any]], tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    fields.String: (lambda value: isinstance(value, str), str),
    fields.UUID: (lambda value: isinstance(value, UUID), str),
    fields.Integer: (lambda value: type(value) is int, int),
    fields.Boolean: (lambda value: type(value) is bool, bool),
    fields.AwareDateTime: (_is_aware, datetime.isoformat),
}
"""Of a kind of field, which values are right as they are, and how they are written."""
_NEVER: tuple[Callable[[Any], bool], Callable[[Any], Any]] = (lambda _value: False, str)


def loaded(schema: type[Message], body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as Python values; fields that this reader does not know are left out."""
    try:
        result: dict[str, Any] = _instance(schema).load(body)
    except ValidationError as error:
        raise InvalidMessageError(f"{schema.topic}: {error.messages}") from error
    return result


def content(**kwargs: Any) -> fields.Dict:
    """``{language: text}``."""
    return fields.Dict(keys=fields.String(), values=fields.String(), **kwargs)


def instant(**kwargs: Any) -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso", **kwargs)


def one_of(*choices: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=OneOf(choices), **kwargs)


def count(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=Range(min=0), **kwargs)
