import json
from typing import Any

import jsonschema
import pytest

from shared.messages import REGISTRY, SERVICES, topics_for
from shared.messages.base import Envelope, InvalidMessageError, dumped, loaded
from tests.contracts import documents, samples

TOPICS = sorted(REGISTRY)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_golden_sample_of_a_topic_is_published_as_it_stands(topic: str) -> None:
    envelope = samples.sample(topic)
    schema = REGISTRY[topic]
    assert dumped(schema, loaded(schema, envelope.body)) == envelope.body
    assert envelope.source == schema.publisher
    assert envelope.as_cloudevent() == samples.read(topic)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_reader_tolerates_fields_that_a_newer_writer_adds(topic: str) -> None:
    body = {**samples.sample(topic).body, "added_later": {"anything": 1}}
    assert "added_later" not in loaded(REGISTRY[topic], body)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_body_without_one_of_its_fields_is_refused(topic: str) -> None:
    body = dict(samples.sample(topic).body)
    for name in list(body):
        with pytest.raises(InvalidMessageError, match=name):
            loaded(REGISTRY[topic], {key: value for key, value in body.items() if key != name})


@pytest.mark.parametrize("topic", TOPICS)
def test_a_fact_has_version_0_and_a_state_rises_from_1(topic: str) -> None:
    version = samples.sample(topic).version
    assert version == 0 if REGISTRY[topic].delivery == "fact" else version >= 1


def test_there_is_a_sample_for_each_topic_and_none_for_another() -> None:
    assert sorted(path.stem for path in samples.FOLDER.glob("*.json")) == TOPICS


def test_every_topic_has_a_consumer_and_no_service_hears_itself() -> None:
    for topic, message in REGISTRY.items():
        assert message.consumers, topic
        assert message.publisher not in message.consumers, topic


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_handles_just_what_the_registry_says(service: str) -> None:
    handlers = _handlers(service)
    assert sorted(handlers) == sorted(topics_for(service))


def _handlers(service: str) -> dict[str, Any]:
    module = __import__(f"services.{service}.handlers", fromlist=["HANDLERS"])
    handlers: dict[str, Any] = module.HANDLERS
    return handlers


@pytest.mark.parametrize("path", sorted(documents.made()), ids=lambda path: path.name)
def test_the_documents_agree_with_the_schemas(path: Any) -> None:
    assert path.read_text() == documents.made()[path], "run: make messages"


@pytest.mark.parametrize("topic", TOPICS)
def test_the_asyncapi_schema_of_a_topic_accepts_its_sample(topic: str) -> None:
    message = json.loads(documents.ASYNCAPI.read_text())["components"]["messages"][topic.replace(".", "_")]
    jsonschema.validate(samples.read(topic), message["payload"], format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    "event",
    [{}, {"id": "x"}, {"id": None, "type": 1}, {**samples.read("seats.changed.v1"), "data": []}],
    ids=["empty", "no uuid", "wrong types", "data is a list"],
)
def test_what_is_no_envelope_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessageError):
        Envelope.from_cloudevent(event)
