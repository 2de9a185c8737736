"""The contract between the services: one module per publisher, one schema per topic and version."""

from shared.messages import catalogue, notifications, registration
from shared.messages.base import Message

SERVICES = ("catalogue", "registration", "notifications")

REGISTRY: dict[str, type[Message]] = {
    message.topic: message for module in (catalogue, registration, notifications) for message in module.MESSAGES
}
"""Every topic there is. What nobody consumes is not published, and not here."""


def topics_for(service: str) -> tuple[str, ...]:
    """The topics that a service hears, in the registry's order."""
    return tuple(topic for topic, message in REGISTRY.items() if service in message.consumers)
