"""What every message is: a schema, a topic with its version, and who hears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Literal
from uuid import UUID

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields
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
        result: dict[str, Any] = instance.dump(body)
        instance.load(result, unknown=RAISE)
    except (ValidationError, AttributeError, TypeError, ValueError) as error:
        raise InvalidMessageError(f"{schema.topic}: {error}") from error
    return result


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
