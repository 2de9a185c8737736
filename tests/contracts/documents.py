"""The documents that are made from the code: docs/messages.md, docs/asyncapi.json and the broker's definitions from the
message schemas, docs/personal-data.md and shared/record.json from what is kept of people.
``python -m tests.contracts.documents`` writes them; a test holds them against the code."""

import importlib
import json
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from shared import record
from shared.messages import REGISTRY, SERVICES, topics_for
from shared.messages.base import Message
from shared.messaging import rabbitmq
from shared.personal import BASES, KEPT, PURPOSES, Registry
from shared.testing import ROOT
from tests.contracts import samples

MESSAGES_MD = ROOT / "docs/messages.md"
ASYNCAPI = ROOT / "docs/asyncapi.json"
PERSONAL = ROOT / "docs/personal-data.md"
DEFINITIONS = ROOT / "deploy/rabbitmq/definitions.json"


def made() -> dict[Any, str]:
    """Path → text, as it has to be."""
    return {
        MESSAGES_MD: messages_md(),
        ASYNCAPI: _json(asyncapi()),
        DEFINITIONS: _json(definitions()),
        PERSONAL: personal_md(),
        record.FILE: _json(record.as_json(record.gathered({name: personal_registry(name) for name in SERVICES}))),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def definitions() -> dict[str, Any]:
    """RabbitMQ's definitions file. Users and virtual hosts are the installation's; the broker's set-up makes them."""
    return rabbitmq.topology()


def personal_md() -> str:
    """The record of processing (Art. 30 GDPR) as far as the software can know it."""
    lines = [
        "# What is kept of people, and why",
        "",
        "Made from what each service declares beside its tables by `make messages`; do not edit. It is the part of",
        "the record of processing (Art. 30 GDPR) that the software knows; who runs an installation adds who is",
        "responsible, who processes data on their behalf, and to whom it is given. An event's questions bring their",
        "own purpose and retention along.",
        "",
        "| kept | how long |",
        "|---|---|",
        *(f"| {name} | {words} |" for name, words in KEPT.items()),
    ]
    for service in SERVICES:
        lines += [
            "",
            f"## {service}",
            "",
            "| field | purpose | legal basis | kept | special category |",
            "|---|---|---|---|---|",
        ]
        fields_of = personal_registry(service).personal
        lines += [
            f"| {table}.{column} | {PURPOSES[why.purpose].words} | {BASES[why.basis]} | {why.kept} "
            f"| {_yes(special=why.special)} |"
            for table, columns in sorted(fields_of.items())
            for column, why in columns.items()
        ]
    return "\n".join(lines) + "\n"


def _yes(*, special: bool) -> str:
    return "yes" if special else ""


def personal_registry(service: str) -> Registry:
    found: Registry = importlib.import_module(f"services.{service}.models.personal").REGISTRY
    return found


def messages_md() -> str:
    lines = [
        "# Messages",
        "",
        "Made from the schemas in `shared/messages` by `make messages`; do not edit.",
        "",
        "Envelope: CloudEvents 1.0 in structured JSON, with the extensions `aggregateversion` (0 for a fact) and",
        "`requestid`. A *state* is the whole aggregate: a version that is not newer than the last one handled is",
        "ignored. A *fact* is always handled, once.",
        "",
        "| topic | publisher | about | delivery | consumers |",
        "|---|---|---|---|---|",
    ]
    for topic, message in REGISTRY.items():
        link = topic.replace(".", "")
        lines.append(
            f"| [{topic}](#{link}) | {message.publisher} | {message.aggregate} | {message.delivery} "
            f"| {', '.join(message.consumers)} |"
        )
    for topic, message in REGISTRY.items():
        lines += _topic_section(topic, message)
    return "\n".join(lines) + "\n"


def _topic_section(topic: str, message: type[Message]) -> list[str]:
    lines = ["", f"## {topic}", "", _summary(message), "", "| field | type | required |", "|---|---|---|"]
    lines += _rows(message(), "")
    body = json.dumps(samples.read(topic)["data"], ensure_ascii=False, indent=2)
    return [*lines, "", "```json", body, "```"]


def _summary(message: type[Message]) -> str:
    return " ".join((message.__doc__ or "").split())


def _rows(schema: Schema, prefix: str) -> list[str]:
    rows: list[str] = []
    for name, field in schema.fields.items():
        rows.append(f"| `{prefix}{name}` | {_type_name(field)} | {'yes' if field.required else 'no'} |")
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            mark = "[]" if isinstance(field, fields.List) else ""
            rows += _rows(inner.schema, f"{prefix}{name}{mark}.")
    return rows


def _type_name(field: fields.Field[Any]) -> str:
    described = _json_schema(field)
    null = " or null" if field.allow_none else ""
    if "enum" in described:
        return ", ".join(f"`{value}`" for value in described["enum"]) + null
    if isinstance(field, fields.Dict):
        return "`{language: text}`" + null
    if isinstance(field, fields.List):
        return f"list of {_type_name(field.inner)}" + null
    return str(described.get("format") or _first(described["type"])) + null


def _first(kind: Any) -> str:
    return str(kind[0] if isinstance(kind, list) else kind)


_SIMPLE: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.AwareDateTime, {"type": "string", "format": "date-time"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}),
    (fields.String, {"type": "string"}),
    (fields.Dict, {"type": "object", "additionalProperties": {"type": "string"}}),
)


def _json_schema(field: fields.Field[Any]) -> dict[str, Any]:
    """JSON Schema (2020-12) of a field."""
    if isinstance(field, fields.List):
        described: dict[str, Any] = {"type": "array", "items": _json_schema(field.inner)}
    elif isinstance(field, fields.Nested):
        described = object_schema(field.schema)
    else:
        described = dict(next(schema for kind, schema in _SIMPLE if isinstance(field, kind)))
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            described["enum"] = list(rule.choices)
        elif isinstance(rule, validate.Range) and rule.min is not None:
            described["minimum"] = rule.min
    if field.allow_none:
        described["type"] = [described["type"], "null"]
        if "enum" in described:
            described["enum"].append(None)
    return described


def object_schema(schema: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _json_schema(field) for name, field in schema.fields.items()},
        "required": [name for name, field in schema.fields.items() if field.required],
    }


def asyncapi() -> dict[str, Any]:
    """An AsyncAPI 3.0 document of all channels, messages and operations."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Reihe: messages between the services", "version": "1"},
        "defaultContentType": "application/cloudevents+json",
        "channels": {_key(topic): _channel(topic, message) for topic, message in REGISTRY.items()},
        "operations": _operations(),
        "components": {"messages": {_key(topic): _message(topic, message) for topic, message in REGISTRY.items()}},
    }


def _key(topic: str) -> str:
    return topic.replace(".", "_")


def _channel(topic: str, message: type[Message]) -> dict[str, Any]:
    return {
        "address": topic,
        "description": f"{message.delivery} of {message.aggregate}, published by {message.publisher}",
        "messages": {_key(topic): {"$ref": f"#/components/messages/{_key(topic)}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": rabbitmq.EXCHANGE, "type": "topic", "durable": True, "vhost": "/"},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(topic: str, message: type[Message]) -> dict[str, Any]:
    return {
        "name": topic,
        "summary": _summary(message),
        "contentType": "application/cloudevents+json",
        "payload": envelope_schema(topic, object_schema(message())),
        "examples": [{"payload": samples.read(topic)}],
    }


def envelope_schema(topic: str, data: Mapping[str, Any]) -> dict[str, Any]:
    text = {"type": "string"}
    properties: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": text,
        "type": {"const": topic},
        "subject": {"type": "string", "format": "uuid"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "aggregateversion": {"type": "integer", "minimum": 0},
        "requestid": text,
        "data": data,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for service in SERVICES:
        for topic, message in REGISTRY.items():
            if message.publisher == service:
                operations[f"{service}_sends_{_key(topic)}"] = _operation("send", topic)
        for topic in topics_for(service):
            operations[f"{service}_receives_{_key(topic)}"] = _operation("receive", topic)
    return operations


def _operation(action: str, topic: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{_key(topic)}"}}


def main() -> None:
    for path, text in made().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
