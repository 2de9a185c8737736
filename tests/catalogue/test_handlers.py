"""What catalogue keeps of the seats that registration counts."""

from datetime import UTC, datetime
from uuid import UUID

from services.catalogue.handlers import HANDLERS
from services.catalogue.models import Event
from shared.database import new_id
from shared.messages import topics_for
from shared.messages.base import Envelope
from tests.catalogue.parts import Catalogue


def _hear(catalogue: Catalogue, event_id: UUID, version: int, confirmed: int, capacity: int = 20) -> Event:
    body = {"event_id": str(event_id), "capacity": capacity, "confirmed": confirmed, "waiting": 3}
    moment = datetime(2027, 1, 11, tzinfo=UTC)
    catalogue.core.inbox.store(
        [Envelope(new_id(), "seats.changed.v1", "registration", event_id, version, moment, "", body)]
    )
    while catalogue.core.inbox.step():
        pass
    return catalogue.found(event_id)


def test_every_topic_that_catalogue_hears_has_its_handler() -> None:
    assert set(HANDLERS) == set(topics_for("catalogue"))


def test_seats_are_shown_as_registration_counted_them_last(both: Catalogue) -> None:
    event = both.published_event()
    assert both.found(event.id).seats is None
    seats = _hear(both, event.id, 1, confirmed=5).seats
    assert seats is not None
    assert (seats.free, seats.waiting) == (15, 3)
    seats = _hear(both, event.id, 3, confirmed=6).seats
    assert seats is not None
    assert seats.free == 14
    seats = _hear(both, event.id, 2, confirmed=1).seats
    assert seats is not None
    assert seats.free == 14


def test_an_overbooked_event_has_no_free_seat(both: Catalogue) -> None:
    seats = _hear(both, both.published_event().id, 1, confirmed=25).seats
    assert seats is not None
    assert seats.free == 0
