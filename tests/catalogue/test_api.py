"""The JSON interface: what it answers, idempotency keys, entity tags."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from services.catalogue import listing
from services.catalogue.listing import Wanted
from tests.catalogue.parts import EVENT, REASON, SERIES_RULE, SESSION, VENUE, Catalogue, at
from tests.rules import a_group, a_pool, a_waitlist

EVENTS, SERIES = "/api/catalogue/v1/events", "/api/catalogue/v1/series"


@pytest.fixture
def alice(catalogue: Catalogue, client: FlaskClient) -> dict[str, str]:
    """Headers in Alice's name."""
    del client  # it employs her
    return catalogue.as_("alice")


def test_an_event_is_answered_as_it_was_sent_and_more(
    client: FlaskClient, alice: dict[str, str], catalogue: Catalogue
) -> None:
    elsewhere = {**VENUE, "name": "Rathaus"}
    sent = {**EVENT, "sessions": [{**SESSION, "meeting_url": "https://meet.example.org/x", "venue": elsewhere}]}
    response = client.post(EVENTS, json=sent, headers=alice)
    assert response.status_code == 201
    answer = response.get_json()
    session = answer["sessions"][0]
    assert session.pop("id")
    assert (answer["state"], answer["version"], answer["has_pending_revision"]) == ("draft", 1, False)
    assert (answer["slug"], answer["motto"]) == ("vereinsrecht", {})
    item = {**EVENT["programme"][0], "ends_at": None}
    for name, value in {**sent, "programme": [item], "waitlist": a_waitlist()}.items():
        assert answer[name] == value, name
    assert client.get(f"{EVENTS}/{answer['id']}", headers=alice).get_json() == response.get_json()
    assert catalogue.found(UUID(answer["id"])).title == EVENT["title"]


def test_only_staff_see_the_codes_that_give_a_seat_or_a_better_place_in_line(
    client: FlaskClient, alice: dict[str, str], catalogue: Catalogue
) -> None:
    groups = {"priority_classes": [a_group("code", code="VORN")], "pools": [a_pool(2, "code", code="GAST")]}
    event = catalogue.published_event(waitlist=a_waitlist(**groups))
    url = f"{EVENTS}/{event.id}"
    for_staff = client.get(url, headers=alice).get_json()["waitlist"]
    for_all = client.get(url).get_json()["waitlist"]
    assert [for_staff[name][0]["code"] for name in groups] == ["VORN", "GAST"]
    assert [for_all[name][0]["code"] for name in groups] == [None, None]


def test_times_are_answered_with_the_offset_of_their_zone(client: FlaskClient, alice: dict[str, str]) -> None:
    session = {**SESSION, "starts_at": "2027-10-31T08:00:00Z", "ends_at": "2027-10-31T10:00:00Z"}
    sent = {**EVENT, "sessions": [session], "programme": [], "registration_opens_at": "2027-07-01T00:00:00Z"}
    answer = client.post(EVENTS, json=sent, headers=alice).get_json()
    assert answer["sessions"][0]["starts_at"] == "2027-10-31T09:00:00+01:00"
    assert answer["registration_opens_at"] == "2027-07-01T02:00:00+02:00"


def test_the_meeting_link_is_for_staff(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    url = "https://meet.example.org/geheim"
    event = catalogue.published_event(sessions=[{**SESSION, "meeting_url": url}])
    for path in (EVENTS, f"{EVENTS}/{event.id}"):
        assert "geheim" not in client.get(path).text
        assert url in client.get(path, headers=alice).text


def test_the_address_that_answers_go_to_is_for_staff(
    catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]
) -> None:
    event = catalogue.published_event(reply_to="team@verband.example")
    for path in (EVENTS, f"{EVENTS}/{event.id}"):
        assert "team@verband.example" not in client.get(path).text
        assert "team@verband.example" in client.get(path, headers=alice).text
    refused = client.patch(f"{EVENTS}/{event.id}", json={"reply_to": "team"}, headers={**alice, "If-Match": "*"})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["reply_to"])


def test_what_waits_is_shown_to_staff_on_request(
    catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]
) -> None:
    event = catalogue.published_event()
    path = f"{EVENTS}/{event.id}"
    changed = client.patch(path, json={"capacity": 30}, headers=alice).get_json()
    assert (changed["capacity"], changed["has_pending_revision"]) == (20, True)
    assert client.get(f"{path}?revision=pending", headers=alice).get_json()["capacity"] == 30
    assert client.get(path, headers=alice).get_json()["capacity"] == 20
    assert client.get(path).get_json()["has_pending_revision"] is False
    assert client.get(f"{path}?revision=pending").status_code == 401
    published = client.post(f"{path}/publish", headers=alice).get_json()
    assert (published["capacity"], published["has_pending_revision"]) == (30, False)
    assert client.get(path).get_json()["capacity"] == 30


def test_an_event_is_published_and_cancelled(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    path = f"{EVENTS}/{catalogue.event().id}"
    assert client.post(f"{path}/publish", headers=alice).get_json()["state"] == "published"
    assert client.post(f"{path}/publish", headers=alice).status_code == 200
    assert client.post(f"{path}/cancel", json={}, headers=alice).status_code == 422
    cancelled = client.post(f"{path}/cancel", json={"reason": REASON}, headers=alice).get_json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", REASON)
    assert cancelled["cancelled_at"] == "2027-01-11T10:00:00+01:00"
    for refused in (
        client.post(f"{path}/cancel", json={"reason": REASON}, headers=alice),
        client.post(f"{path}/publish", headers=alice),
        client.patch(path, json={"capacity": 1}, headers=alice),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (409, "event_cancelled")
    assert [row.topic for row in catalogue.sent("event.")] == ["event.published.v1", "event.cancelled.v1"]


def test_a_series_with_its_events(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    rule = SERIES_RULE
    sent = {"slug": "reihe", "title": {"de": "Grundlagen"}, "description": {}, "certificate_rule": rule}
    created = client.post(SERIES, json=sent, headers=alice)
    assert created.status_code == 201
    series = created.get_json()
    assert (series["state"], series["version"], series["events"]) == ("draft", 1, [])
    assert {name: series[name] for name in sent} == sent
    second = catalogue.published_event(series_id=series["id"], module_number=2)
    catalogue.event(series_id=series["id"], module_number=1)
    path = f"{SERIES}/{series['id']}"
    assert client.patch(path, json={"title": {"de": "Aufbau"}}, headers=alice).get_json()["title"] == {"de": "Aufbau"}
    assert client.post(f"{path}/publish", headers=alice).get_json()["state"] == "published"
    public = client.get(path).get_json()["events"]
    assert [event["id"] for event in public] == [str(second.id)]
    assert public[0]["starts_at"] == SESSION["starts_at"]
    assert [event["module_number"] for event in client.get(path, headers=alice).get_json()["events"]] == [1, 2]
    cancelled = client.post(f"{path}/cancel", json={"reason": REASON}, headers=alice).get_json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", REASON)
    assert [event["state"] for event in cancelled["events"]] == ["draft", "cancelled"]


def test_the_module_of_a_series_needs_the_series(client: FlaskClient, alice: dict[str, str]) -> None:
    answer = client.post(EVENTS, json={**EVENT, "series_id": str(uuid4())}, headers=alice)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["series_id"])


def test_who_i_am(client: FlaskClient, alice: dict[str, str]) -> None:
    answer = client.get("/api/catalogue/v1/me", headers=alice).get_json()
    assert answer.pop("id")
    assert answer == {"name": "Alice", "email": "alice@example.org", "roles": ["organiser"], "scopes": []}


def test_lists_are_paged_and_narrowed(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    for day in range(1, 4):
        catalogue.published_event(title={"de": f"Tag {day}"}, sessions=[at(f"2027-04-0{day}")], programme=[])
    catalogue.event(title={"de": "Entwurf"}, sessions=[at("2027-04-04")], programme=[])
    catalogue.cancel(catalogue.published_event(title={"de": "Abgesagt"}, sessions=[at("2027-04-05")], programme=[]).id)

    def titles(query: str, headers: dict[str, str] | None = None) -> list[str]:
        answer = client.get(f"{EVENTS}?{query}", headers=headers).get_json()
        return [item["title"]["de"] for item in answer["items"]]

    first = client.get(f"{EVENTS}?limit=2").get_json()
    assert titles(f"limit=2&cursor={first['next_cursor']}") == ["Tag 3"]
    assert titles("") == ["Tag 1", "Tag 2", "Tag 3"]
    assert titles("", alice) == ["Tag 1", "Tag 2", "Tag 3", "Entwurf", "Abgesagt"]
    assert titles("state=cancelled") == ["Abgesagt"]
    assert titles("state=draft") == []
    assert titles("state=draft", alice) == ["Entwurf"]
    assert titles("q=TAG%202") == ["Tag 2"]
    assert titles("from=2027-04-03T00:00:00%2B02:00") == ["Tag 3"]
    assert titles("until=2027-04-02T00:00:00%2B02:00") == ["Tag 1"]
    assert titles("kind=jubilee") == []


def test_a_key_makes_one_event_however_often_it_is_sent(
    catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]
) -> None:
    headers = {**alice, "Idempotency-Key": "k1"}
    answers = [client.post(path, json=EVENT, headers=headers) for path in (EVENTS, EVENTS)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    other = client.post(EVENTS, json={**EVENT, "capacity": 5}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    adam = {**catalogue.as_("adam"), "Idempotency-Key": "k1"}
    assert client.post(EVENTS, json=EVENT, headers=adam).get_json()["id"] != answers[0].get_json()["id"]
    series = client.post(SERIES, json={"title": {"de": "Reihe"}}, headers=headers)
    assert series.status_code == 201


def test_a_key_sent_twice_at_once_makes_one_event(both: Catalogue) -> None:
    both.employ()
    app = both.client().application
    headers = {**both.as_("alice"), "Idempotency-Key": "k1"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: app.test_client().post(EVENTS, json=EVENT, headers=headers).get_json()["id"], range(4))
        )
    assert len(set(answers)) == 1
    with both.database.read() as session:
        assert len(listing.events_page(session, Wanted()).items) == 1


def test_who_saw_an_older_version_is_told_so(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    event_path, series_path = f"{EVENTS}/{catalogue.event().id}", f"{SERIES}/{catalogue.series().id}"
    for path, change in ((event_path, {"capacity": 5}), (series_path, {"title": {"de": "Neu"}})):
        etag = client.get(path, headers=alice).headers["ETag"]
        first = client.patch(path, json=change, headers={**alice, "If-Match": etag})
        assert first.status_code == 200
        assert first.headers["ETag"] != etag
        for response in (
            client.patch(path, json=change, headers={**alice, "If-Match": etag}),
            client.post(f"{path}/publish", headers={**alice, "If-Match": etag}),
            client.post(f"{path}/cancel", json={"reason": REASON}, headers={**alice, "If-Match": etag}),
        ):
            assert (response.status_code, response.get_json()["code"]) == (412, "changed_meanwhile")
        assert client.patch(path, json={}, headers={**alice, "If-Match": "what?"}).status_code == 422


@pytest.mark.parametrize("tag", ["*", '"1"', "etag"])
def test_a_version_can_be_named_in_three_ways(
    catalogue: Catalogue, client: FlaskClient, alice: dict[str, str], tag: str
) -> None:
    path = f"{EVENTS}/{catalogue.event().id}"
    wanted = client.get(path, headers=alice).headers["ETag"] if tag == "etag" else tag
    assert client.patch(path, json={"capacity": 5}, headers={**alice, "If-Match": wanted}).status_code == 200


def test_what_the_reader_has_is_not_sent_again(catalogue: Catalogue, client: FlaskClient) -> None:
    series = catalogue.published_series()
    event = catalogue.published_event(series_id=str(series.id))
    for path in (f"{EVENTS}/{event.id}", f"{SERIES}/{series.id}"):
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    public = client.get(f"{EVENTS}/{event.id}").headers["ETag"]
    catalogue.change(event.id, sessions=[{**SESSION, "meeting_url": "https://meet.example.org/x"}])
    catalogue.publish(event.id)
    assert client.get(f"{EVENTS}/{event.id}", headers={"If-None-Match": public}).status_code == 200
    series_tag = client.get(f"{SERIES}/{series.id}").headers["ETag"]
    catalogue.cancel(event.id)
    assert client.get(f"{SERIES}/{series.id}", headers={"If-None-Match": series_tag}).status_code == 200


def test_a_venue_is_replaced_as_a_whole(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    path = f"{EVENTS}/{catalogue.event().id}"
    venue = client.patch(path, json={"venue": {"name": "Haus"}}, headers=alice).get_json()["venue"]
    assert venue == {**dict.fromkeys(VENUE, ""), "name": "Haus", "country": "DE", "accessibility": {}} | {
        "latitude": None,
        "longitude": None,
    }
