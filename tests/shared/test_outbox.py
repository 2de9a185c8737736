from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from shared.database import new_id
from shared.messages.base import InvalidMessageError
from shared.messages.catalogue import AccountChangedV1
from shared.messages.registration import SeatsChangedV1
from shared.messaging.outbox import LEASE, MAX_ATTEMPTS, Relay
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.shared.parts import EVENT, TABLES, End, Pigeon, seats


@pytest.fixture
def sender(engine_for: EngineFor, database_kind: str, clock: TurnableClock) -> End:
    return End("registration", engine_for(database_kind, "sender", TABLES.metadata), clock)


def relay(sender: End, pigeon: Pigeon, *, lease: timedelta = LEASE) -> Relay:
    return Relay(sender.database, sender.outbox, pigeon, sender.clock, lease=lease)


def test_a_message_and_its_change_are_kept_together_or_not_at_all(sender: End) -> None:
    with sender.database.unit_of_work(sender.clock()) as uow:
        uow.session.execute(insert(TABLES.notes).values(id=new_id(), text="never committed"))
        uow.publish(SeatsChangedV1, EVENT, 1, seats())
    with sender.database.read() as session:
        assert session.execute(select(TABLES.notes)).all() == []
        assert session.execute(select(TABLES.outbox)).all() == []


def test_what_is_committed_is_carried_once_with_its_version_and_time(sender: End, clock: TurnableClock) -> None:
    sender.publish_seats(version=7)
    pigeon = Pigeon()
    relay(sender, pigeon).step()
    relay(sender, pigeon).step()
    (envelope,) = pigeon.carried
    assert (envelope.topic, envelope.aggregate_id, envelope.version) == ("seats.changed.v1", EVENT, 7)
    assert envelope.time == clock()
    assert envelope.body["capacity"] == 20


def test_messages_are_carried_in_the_order_of_their_making(sender: End) -> None:
    for version in range(1, 6):
        sender.publish_seats(version=version)
    pigeon = Pigeon()
    relay(sender, pigeon).step()
    assert [envelope.version for envelope in pigeon.carried] == [1, 2, 3, 4, 5]


def test_what_a_failing_transport_did_not_take_is_sent_later(sender: End) -> None:
    sender.publish_seats()
    pigeon = Pigeon(failing=True)
    assert relay(sender, pigeon).step() is False
    pigeon.failing = False
    relay(sender, pigeon).step()
    assert len(pigeon.carried) == 1


def park(sender: End, clock: TurnableClock, pigeon: Pigeon) -> None:
    """Try until the message that the pigeon refuses is given up."""
    for _ in range(MAX_ATTEMPTS):
        relay(sender, pigeon).step()
        clock.turn(hours=1)


def test_a_message_that_is_refused_is_tried_ever_more_seldom_and_holds_up_nobody(
    sender: End, clock: TurnableClock
) -> None:
    sender.publish_seats(version=1)
    pigeon = Pigeon(refuses=1)
    relay(sender, pigeon).step()
    sender.publish_seats(version=2)
    pigeon.refuses = None
    relay(sender, pigeon).step()
    assert [envelope.version for envelope in pigeon.carried] == [2]
    clock.turn(seconds=10)
    relay(sender, pigeon).step()
    assert [envelope.version for envelope in pigeon.carried] == [2, 1]


def test_a_message_that_is_always_refused_is_parked_and_can_be_replayed(sender: End, clock: TurnableClock) -> None:
    sender.publish_seats(version=1)
    pigeon = Pigeon(refuses=1)
    park(sender, clock, pigeon)
    with sender.database.read() as session:
        (parked,) = sender.outbox.parked(session)
        assert (parked.attempts, parked.error) == (MAX_ATTEMPTS, "TooHeavy")
        assert sender.outbox.count_parked(session) == 1
        assert sender.outbox.oldest_unsent(session) is None
    pigeon.refuses = None
    assert relay(sender, pigeon).step() is False
    assert pigeon.carried == []
    assert sender.outbox.replay(sender.database, [parked.id], clock()) == 1
    relay(sender, pigeon).step()
    assert [envelope.version for envelope in pigeon.carried] == [1]


def test_a_parked_message_can_be_given_up(sender: End, clock: TurnableClock) -> None:
    sender.publish_seats(version=1)
    park(sender, clock, Pigeon(refuses=1))
    with sender.database.read() as session:
        ids = [row.id for row in sender.outbox.parked(session)]
    assert sender.outbox.discard(sender.database, ids, clock()) == 1
    with sender.database.read() as session:
        assert session.execute(select(TABLES.outbox)).all() == []


def test_a_broker_that_is_away_is_no_fault_of_the_messages(sender: End, clock: TurnableClock) -> None:
    sender.publish_seats()
    park(sender, clock, Pigeon(failing=True))
    with sender.database.read() as session:
        assert sender.outbox.parked(session) == []


def test_a_row_that_another_relay_holds_is_left_alone_until_its_lease_ends(sender: End) -> None:
    sender.publish_seats()
    dying = relay(sender, Pigeon(), lease=timedelta(minutes=5))
    dying._claim()
    pigeon = Pigeon()
    relay(sender, pigeon).step()
    assert pigeon.carried == []


def test_a_row_whose_relay_died_is_taken_over_when_its_lease_has_ended(sender: End) -> None:
    sender.publish_seats()
    relay(sender, Pigeon(), lease=timedelta(0))._claim()
    pigeon = Pigeon()
    relay(sender, pigeon).step()
    assert len(pigeon.carried) == 1


def test_resend_repeats_what_was_sent_since_then_and_nothing_older(sender: End, clock: TurnableClock) -> None:
    pigeon = Pigeon()
    sender.publish_seats(version=1)
    relay(sender, pigeon).step()
    since = clock.turn(hours=1)
    sender.publish_seats(version=2)
    relay(sender, pigeon).step()
    pigeon.carried.clear()
    assert sender.outbox.resend(sender.database, since, clock()) == 1
    relay(sender, pigeon).step()
    assert [envelope.version for envelope in pigeon.carried] == [2]


def test_what_was_sent_long_ago_is_forgotten_and_what_waits_is_not(sender: End, clock: TurnableClock) -> None:
    sender.publish_seats(version=1)
    relay(sender, Pigeon()).step()
    sender.publish_seats(version=2)
    sender.outbox.forget(sender.database, clock() + timedelta(days=1), clock())
    with sender.database.read() as session:
        assert [row.version for row in session.execute(select(TABLES.outbox))] == [2]


@pytest.mark.parametrize(
    "body",
    [
        {"event_id": EVENT, "capacity": 20, "confirmed": 1},
        {**seats(), "capacity": -1},
        {**seats(), "guests": 3},
        {**seats(), "capacity": "many"},
    ],
    ids=["a field is missing", "a number is negative", "a field is unknown", "a field is of the wrong type"],
)
def test_a_body_that_does_not_fit_its_schema_is_refused_when_published(sender: End, body: dict[str, object]) -> None:
    with (
        sender.database.unit_of_work(sender.clock()) as uow,
        pytest.raises(InvalidMessageError, match=r"^seats\.changed\.v1: "),
    ):
        uow.publish(SeatsChangedV1, EVENT, 1, body)


def test_a_service_cannot_publish_what_belongs_to_another(sender: End) -> None:
    with sender.database.unit_of_work(sender.clock()) as uow, pytest.raises(ValueError, match="by catalogue"):
        uow.publish(AccountChangedV1, EVENT, 1, {})


def test_the_oldest_unsent_row_is_known(sender: End, clock: TurnableClock) -> None:
    first = clock()
    sender.publish_seats()
    clock.turn(minutes=3)
    sender.publish_seats(version=2)
    with sender.database.read() as session:
        assert sender.outbox.oldest_unsent(session) == first
