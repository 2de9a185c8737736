"""Copying events and series to other dates."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.catalogue import copying
from services.catalogue.listing import Wanted, all_series, find_event, find_series, series_page
from services.catalogue.models import Event
from shared.errors import InvalidError
from tests.catalogue.browser import Browser
from tests.catalogue.parts import ACTOR, Catalogue, at
from tests.rules import a_pool, a_waitlist

API = "/api/catalogue/v1"
IN_WINTER = date(2027, 11, 7)


def copied(catalogue: Catalogue, event: Event, starts_on: date) -> Event:
    with catalogue.work() as uow:
        copy_id = copying.copy_event(uow, event.id, starts_on, ACTOR).id
    return catalogue.found(copy_id)


def test_a_copy_is_a_draft_with_everything_moved_at_the_same_times_by_the_clock(catalogue: Catalogue) -> None:
    event = catalogue.published_event(
        registration_opens_at="2027-03-01T08:00:00+01:00",
        max_per_organisation=2,
        max_per_organisation_until="2027-03-14T12:00:00+01:00",
        waitlist=a_waitlist(pools=[a_pool(2, released_at="2027-03-21T12:00:00+01:00")]),
    )
    copy = copied(catalogue, event, IN_WINTER)
    assert (copy.state, copy.slug, copy.title) == ("draft", "vereinsrecht-2", event.title)
    assert copy.sessions[0].id != event.sessions[0].id
    # From summer to winter: ten o'clock stays ten o'clock.
    assert copy.sessions[0].starts_at == datetime(2027, 11, 7, 9, tzinfo=UTC)
    assert copy.programme[0]["starts_at"] == datetime(2027, 11, 7, 9, tzinfo=UTC)
    assert copy.registration_opens_at == datetime(2027, 10, 11, 6, tzinfo=UTC)
    assert copy.max_per_organisation_until == datetime(2027, 10, 24, 10, tzinfo=UTC)
    assert copy.waitlist["pools"][0]["released_at"] == datetime(2027, 10, 31, 11, tzinfo=UTC)


def test_a_pending_revision_is_what_is_copied(catalogue: Catalogue) -> None:
    event = catalogue.published_event()
    catalogue.change(event.id, capacity=33)
    assert copied(catalogue, event, IN_WINTER).capacity == 33


def test_a_copy_of_a_module_stands_alone(catalogue: Catalogue) -> None:
    series = catalogue.series()
    copy = copied(catalogue, catalogue.event(series_id=str(series.id), module_number=1), IN_WINTER)
    assert (copy.series_id, copy.module_number) == (None, None)


@pytest.mark.parametrize(("fields", "day"), [({"sessions": [], "programme": []}, IN_WINTER), ({}, date(9000, 1, 1))])
def test_what_cannot_be_moved_is_refused(catalogue: Catalogue, fields: dict[str, Any], day: date) -> None:
    event = catalogue.event(**fields)
    with pytest.raises(InvalidError) as refused:
        copied(catalogue, event, day)
    assert list(refused.value.errors) == ["starts_on"]


def test_a_copied_series_has_its_modules_as_far_apart_and_without_those_that_were_cancelled(
    catalogue: Catalogue,
) -> None:
    series = catalogue.series()
    days = {1: "2027-04-08", 2: "2027-04-22", 3: "2027-05-06"}
    place = {"series_id": str(series.id), "programme": []}
    events = {
        number: catalogue.published_event(sessions=[at(day)], module_number=number, **place)
        for number, day in days.items()
    }
    catalogue.cancel(events[3].id)
    with catalogue.work() as uow:
        copy_id = copying.copy_series(uow, series.id, IN_WINTER, ACTOR).id
    with catalogue.database.read() as session:
        copy = find_series(session, copy_id)
        modules = [find_event(session, event.id) for event in copy.events]
    assert (copy.state, {event.state for event in modules}) == ("draft", {"draft"})
    starts = {event.module_number: event.sessions[0].starts_at for event in modules}
    assert starts == {1: datetime(2027, 11, 7, 9, tzinfo=UTC), 2: datetime(2027, 11, 21, 9, tzinfo=UTC)}


def test_a_series_without_a_date_is_not_copied(catalogue: Catalogue) -> None:
    series = catalogue.series()
    with pytest.raises(InvalidError), catalogue.work() as uow:
        copying.copy_series(uow, series.id, IN_WINTER, ACTOR)
    with catalogue.database.read() as session:
        assert len(all_series(session)) == 1


def test_the_api_copies_once_for_each_key(catalogue: Catalogue) -> None:
    catalogue.employ()
    series = catalogue.series()
    event = catalogue.event(series_id=str(series.id))
    client = catalogue.client()
    for path in (f"{API}/events/{event.id}/copy", f"{API}/series/{series.id}/copy"):
        headers = {**catalogue.as_("alice"), "Idempotency-Key": "a"}
        first, second = (client.post(path, json={"starts_on": "2027-11-07"}, headers=headers) for _ in range(2))
        assert (first.status_code, first.get_json()["state"]) == (201, "draft")
        assert first.get_json()["id"] == second.get_json()["id"]
        assert client.post(path, json={}, headers=headers).status_code == 422
        assert client.post(path, json={"starts_on": "2027-11-07"}, headers=catalogue.as_("bob")).status_code == 403
        assert client.post(path, json={"starts_on": "2027-11-07"}).status_code == 401


def test_organisers_copy_an_event_on_its_page(catalogue: Catalogue) -> None:
    catalogue.employ()
    alice = Browser(catalogue, "alice")
    event = catalogue.published_event()
    path = f"/organise/events/{event.id}/copy"
    assert path in str(alice.open(f"/organise/events/{event.id}").soup)
    assert alice.send(alice.open(path), starts_on="soon").status == 422
    answer = alice.send(alice.open(path), starts_on="2027-11-07")
    copy = catalogue.found(UUID(str(answer.location).rsplit("/", 1)[-1]))
    assert (answer.status, copy.sessions[0].starts_at) == (303, datetime(2027, 11, 7, 9, tzinfo=UTC))


def test_organisers_copy_a_series_on_its_page(catalogue: Catalogue) -> None:
    catalogue.employ()
    alice = Browser(catalogue, "alice")
    series = catalogue.series()
    path = f"/organise/series/{series.id}/copy"
    assert path in str(alice.open(f"/organise/series/{series.id}").soup)
    assert alice.send(alice.open(path), starts_on="2027-11-07").status == 422
    catalogue.event(series_id=str(series.id))
    assert alice.send(alice.open(path), starts_on="2027-11-07").status == 303
    with catalogue.database.read() as session:
        assert len(series_page(session, Wanted()).items) == 2


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_only_organisers_copy(catalogue: Catalogue, name: str) -> None:
    catalogue.employ()
    event = catalogue.event()
    assert Browser(catalogue, name).open(f"/organise/events/{event.id}/copy").status == 403
