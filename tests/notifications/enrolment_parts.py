"""Somebody enrolled in a series of modules, as registration tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.database import new_id
from shared.messages.base import Envelope, Message, dumped
from shared.messages.registration import (
    EnrolmentChangedV1,
    RegistrationCancelledV1,
    RegistrationChangedV1,
    RegistrationConfirmedV1,
    RegistrationLapsedV1,
    RegistrationOfferedV1,
    RegistrationPendingV1,
    RegistrationWaitlistedV1,
)
from tests.notifications.parts import Office, Someone, a_session, an_event, registration_body

SERIES = {
    "series_id": new_id(),
    "slug": "grundlagen",
    "title": {"de": "Fortbildungsreihe: Grundlagen", "en": "Training series: foundations"},
}
SCHEMAS: dict[str, type[Message]] = {
    "pending": RegistrationPendingV1,
    "confirmed": RegistrationConfirmedV1,
    "waitlisted": RegistrationWaitlistedV1,
    "offered": RegistrationOfferedV1,
    "cancelled": RegistrationCancelledV1,
    "lapsed": RegistrationLapsedV1,
}


def published_modules(office: Office, number: int = 3) -> list[dict[str, Any]]:
    """As many modules, a day each, in April 2027."""
    modules = [
        an_event(
            title={"de": f"Baustein {index}", "en": f"Building block {index}"},
            module_number=index,
            sessions=[a_session(index, month=4)],
        )
        for index in range(1, number + 1)
    ]
    for module in modules:
        office.publish(module)
    return modules


@dataclass
class Seat:
    """One module of an enrolment, and how the registration for it stands."""

    event: dict[str, Any]
    registration_id: UUID = field(default_factory=new_id)
    state: str | None = None
    position: int | None = None
    refused: str | None = None
    waits_for_series: bool = False
    deadline: datetime | None = None
    version: int = 0


@dataclass
class Enrolment:
    """Its messages are made here and handled by the office in any order."""

    office: Office
    person: Someone
    seats: list[Seat]
    mode: str = "each"
    id: UUID = field(default_factory=new_id)
    version: int = 0

    def turn(self, index: int, state: str, *, summarised: bool = True, **more: Any) -> Envelope:
        """A registration comes to a state."""
        seat = self.seats[index]
        previous, seat.state, seat.version = seat.state, state, seat.version + 1
        seat.position, seat.waits_for_series = more.get("position"), more.pop("waits_for_series", False)
        return self._registration(seat, SCHEMAS[state], previous, {"summarised": summarised, **more})

    def correct(self, index: int, **more: Any) -> Envelope:
        seat = self.seats[index]
        seat.version += 1
        return self._registration(seat, RegistrationChangedV1, seat.state, more)

    def refuse(self, index: int, code: str) -> None:
        self.seats[index].refused = code

    def change(self, what: str) -> Envelope:
        """The message of all modules, as they stand now."""
        self.version += 1
        body = {
            "enrolment_id": self.id,
            "series": SERIES,
            "person_id": self.person.person_id,
            "link_generation": 1,
            "first_name": self.person.first_name,
            "last_name": self.person.last_name,
            "email": self.person.email,
            "locale": self.person.locale,
            "mode": self.mode,
            "change": what,
            "modules": [_module(seat) for seat in self.seats],
        }
        return self._envelope(EnrolmentChangedV1, self.id, self.version, body)

    def _registration(self, seat: Seat, schema: type[Message], previous: str | None, more: dict[str, Any]) -> Envelope:
        who = replace(self.person, registration_id=seat.registration_id)
        given = {"state": seat.state, "previous_state": previous, "enrolment_id": self.id, **more}
        body = registration_body(who, seat.event, self.office.clock(), **given)
        return self._envelope(schema, seat.registration_id, seat.version, body)

    def _envelope(self, schema: type[Message], aggregate_id: UUID, version: int, body: dict[str, Any]) -> Envelope:
        now = self.office.clock()
        return Envelope(
            new_id(), schema.topic, "registration", aggregate_id, version, now, "test-request", dumped(schema, body)
        )


def _module(seat: Seat) -> dict[str, Any]:
    return {
        "event_id": seat.event["event_id"],
        "registration_id": None if seat.refused else seat.registration_id,
        "state": seat.state,
        "position": seat.position,
        "refused": seat.refused,
        "waits_for_series": seat.waits_for_series,
    }


def enrolment(office: Office, person: Someone, number: int = 3, *, mode: str = "each") -> Enrolment:
    return Enrolment(office, person, [Seat(event) for event in published_modules(office, number)], mode)


def take(office: Office, envelopes: Sequence[Envelope]) -> None:
    """Handle messages in this order; what is put off comes again later."""
    for envelope in envelopes:
        office.core.inbox.store([envelope])
        office.handle()
    for _ in range(3):
        office.clock.turn(minutes=10)
        office.handle()
    assert office.core.inbox.oldest_open() is None
    assert office.core.inbox.parked() == []
