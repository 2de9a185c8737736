"""Series: their state, their modules, and what a change of them means for their events."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.catalogue.models import Series
from shared.errors import ConflictError, InvalidError, StaleError
from shared.messages.base import loaded
from shared.messages.catalogue import EventChangedV1, SeriesChangedV1
from tests.catalogue.parts import SERIES_RULE, Catalogue, at


def _module(catalogue: Catalogue, series: Series, number: int, day: str = "2027-04-01") -> UUID:
    return catalogue.published_event(
        series_id=str(series.id), module_number=number, sessions=[at(day)], programme=[]
    ).id


def test_a_series_begins_as_a_draft_and_tells_nobody(both: Catalogue) -> None:
    series = both.series(certificate_rule=SERIES_RULE)
    assert (series.state, series.slug, series.events) == ("draft", "grundlagen", [])
    assert series.certificate_rule == {
        "share_of_hours": 0.8,
        "sessions": None,
        "modules": None,
        "required_modules": [3],
    }
    assert both.sent() == []


def test_a_new_title_of_a_series_is_told_for_each_of_its_published_events(both: Catalogue) -> None:
    series = both.published_series()
    published = [_module(both, series, 1), _module(both, series, 2)]
    both.event(series_id=str(series.id), module_number=3)
    cancelled = both.published_event(series_id=str(series.id))
    both.cancel(cancelled.id)
    before = len(both.sent("event."))
    both.change_series(series.id, title={"de": "Aufbau"})
    told = both.sent("event.")[before:]
    assert {row.aggregate_id for row in told} == set(published)
    for row in told:
        body = loaded(EventChangedV1, row.body)
        assert body["changes"] == ["series"]
        assert body["series"]["title"] == {"de": "Aufbau"}
        assert body["sessions"][0]["sequence"] == 0


def test_a_new_description_of_a_series_is_told_to_nobody(both: Catalogue) -> None:
    series = both.published_series()
    _module(both, series, 1)
    before = len(both.sent())
    changed = both.change_series(series.id, description={"de": "Mehr"})
    assert changed.description == {"de": "Mehr"}
    assert changed.version == series.version + 1
    assert len(both.sent()) == before


def test_writing_a_series_the_same_again_changes_nothing(both: Catalogue) -> None:
    series = both.published_series()
    assert both.change_series(series.id, title={"de": "Grundlagen"}).version == series.version


def test_the_title_of_a_series_changes_under_a_pending_revision(both: Catalogue) -> None:
    series = both.published_series()
    event = both.published_event(series_id=str(series.id))
    both.change(event.id, capacity=5)
    both.change_series(series.id, title={"de": "Aufbau"})
    assert both.found(event.id).has_pending_revision
    assert both.publish(event.id).capacity == 5


def test_who_saw_an_older_version_of_a_series_is_refused(both: Catalogue) -> None:
    series = both.series()
    both.change_series(series.id, title={"de": "Aufbau"})
    with pytest.raises(StaleError):
        both.change_series(series.id, series.version, title={"de": "Ausbau"})


def test_the_address_of_a_published_series_stays(both: Catalogue) -> None:
    series = both.series(slug="eins")
    assert both.change_series(series.id, slug="zwei").slug == "zwei"
    published = both.published_series(slug="drei")
    with pytest.raises(InvalidError):
        both.change_series(published.id, slug="vier")
    with pytest.raises(InvalidError):
        both.series(slug="drei")


@pytest.mark.parametrize("moved", [False, True])
def test_a_series_becomes_public_with_the_first_of_its_events(both: Catalogue, moved: bool) -> None:
    series = both.series(slug="reihe")
    if moved:
        event = both.published_event()
        both.change(event.id, series_id=str(series.id))
        both.publish(event.id)
    else:
        event = both.published_event(series_id=str(series.id))
    published = both.found(event.id).series
    assert published is not None
    assert (published.state, published.version) == ("published", series.version + 1)
    assert both.client().get("/series/reihe.ics").status_code == 200


def test_a_module_number_is_given_once_in_a_series(both: Catalogue) -> None:
    series, other = both.series(), both.series()
    both.event(series_id=str(series.id), module_number=1)
    both.event(series_id=str(other.id), module_number=1)
    second = both.event(series_id=str(series.id), module_number=2)
    with pytest.raises(InvalidError) as refused:
        both.change(second.id, module_number=1)
    assert list(refused.value.errors) == ["module_number"]
    assert both.change(second.id, module_number=2, capacity=3).capacity == 3


def test_the_number_of_a_cancelled_module_can_be_given_again(both: Catalogue) -> None:
    series = both.published_series()
    first = both.published_event(series_id=str(series.id), module_number=1)
    both.cancel(first.id)
    assert both.event(series_id=str(series.id), module_number=1).module_number == 1


def test_a_module_number_taken_meanwhile_stops_publishing(both: Catalogue) -> None:
    series = both.published_series()
    waiting = both.published_event(series_id=str(series.id), module_number=1)
    both.change(waiting.id, module_number=2)
    _module(both, series, 2)
    with pytest.raises(InvalidError) as refused:
        both.publish(waiting.id)
    assert list(refused.value.errors) == ["module_number"]


def test_cancelling_a_series_cancels_what_is_published_and_not_over(both: Catalogue) -> None:
    series = both.published_series()
    over, coming = _module(both, series, 1, "2027-04-01"), _module(both, series, 2, "2027-05-01")
    draft = both.event(series_id=str(series.id), module_number=3).id
    both.clock.moment = datetime(2027, 4, 15, tzinfo=UTC)
    before = len(both.sent("event."))
    cancelled = both.cancel_series(series.id)
    assert cancelled.state == "cancelled"
    states = {event.id: event.state for event in cancelled.events}
    assert states == {over: "published", coming: "cancelled", draft: "draft"}
    assert [(row.topic, row.aggregate_id) for row in both.sent("event.")[before:]] == [("event.cancelled.v1", coming)]


def test_a_public_series_tells_what_its_certificate_asks_for_and_which_modules_are_to_come(both: Catalogue) -> None:
    series = both.series(certificate_rule=SERIES_RULE)
    first = _module(both, series, 1)
    draft = both.event(series_id=str(series.id), module_number=2).id
    assert _told_of(both, series.id) == (SERIES_RULE, {first, draft})
    both.change_series(series.id, certificate_rule=None)
    both.change(draft, series_id=None, module_number=None)
    assert _told_of(both, series.id) == (None, {first})
    third = _module(both, series, 3)
    both.cancel(first)
    assert _told_of(both, series.id) == (None, {third})
    other = both.published_series(slug="andere")
    both.change(third, series_id=str(other.id))
    both.publish(third)
    assert _told_of(both, series.id) == (None, set())
    assert _told_of(both, other.id) == (None, {third})
    versions = [row.version for row in both.sent("series.changed") if row.aggregate_id == series.id]
    assert versions == list(range(1, len(versions) + 1))


def _told_of(catalogue: Catalogue, series_id: UUID) -> tuple[Any, set[UUID]]:
    """The rule and the modules that were told last."""
    told = [row for row in catalogue.sent("series.changed") if row.aggregate_id == series_id]
    body = loaded(SeriesChangedV1, told[-1].body)
    return body["certificate_rule"], set(body["event_ids"])


def test_what_is_left_of_a_cancelled_series_must_move_elsewhere_to_be_published(both: Catalogue) -> None:
    series = both.published_series()
    draft = both.event(series_id=str(series.id), module_number=1)
    both.cancel_series(series.id)
    with pytest.raises(InvalidError) as refused:
        both.publish(draft.id)
    assert list(refused.value.errors) == ["series_id"]
    both.change(draft.id, series_id=None, module_number=None)
    assert both.publish(draft.id).state == "published"


def test_a_series_that_is_not_published_cannot_be_cancelled_and_a_cancelled_one_not_changed(both: Catalogue) -> None:
    series = both.series()
    with pytest.raises(ConflictError):
        both.cancel_series(series.id)
    published = both.published_series()
    both.cancel_series(published.id)
    with pytest.raises(ConflictError):
        both.cancel_series(published.id)
    with pytest.raises(ConflictError):
        both.change_series(published.id, title={"de": "Aufbau"})


def test_an_event_that_changes_its_series_is_told_with_the_new_one(both: Catalogue) -> None:
    first, second = both.published_series(slug="eins"), both.published_series(slug="zwei")
    event = both.published_event(series_id=str(first.id))
    both.change(event.id, series_id=str(second.id))
    both.publish(event.id)
    body = loaded(EventChangedV1, both.sent("event.")[-1].body)
    assert (body["changes"], body["series"]["slug"]) == (["series"], "zwei")
