"""Suggestions of organisations, which everybody may ask for, and the directory over the API."""

from typing import Any

import pytest

from services.registration import directory
from services.registration.directory import Draft
from services.registration.models import Standing
from shared.audit import ENGINE
from shared.database import new_id
from tests.registration.front import Front


def _add(front: Front, draft: Draft, state: Standing = Standing.LISTED) -> None:
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        directory.add(uow, draft, ENGINE, state)
        uow.commit()


def test_suggestions_hold_id_name_and_municipality_and_nothing_else(front: Front) -> None:
    made = _post(front)
    answer = front.get("/organisations", q="pont")
    assert answer.json == {"items": [{"id": made["id"], "name": "Brücke e. V.", "municipality": "Bonn"}]}


def test_what_nobody_has_reviewed_is_not_told(front: Front) -> None:
    _add(front, Draft("Brücke"), Standing.PROPOSED)
    assert front.get("/organisations", q="Brücke").json == {"items": []}


def test_without_a_question_nothing_is_suggested(front: Front) -> None:
    _add(front, Draft("Brücke"))
    assert front.get("/organisations").json == {"items": []}


def test_a_question_that_is_too_long_is_refused(front: Front) -> None:
    assert front.get("/organisations", q="x" * 201).status_code == 422


BRUCKE = {"name": "Brücke e. V.", "municipality": "Bonn", "member": True, "aliases": ["Pont"]}


def _post(front: Front, **changes: Any) -> dict[str, Any]:
    answer = front.post("/organisations", {**BRUCKE, **changes}, by="alice")
    assert answer.status_code == 201, answer.json
    return dict(answer.get_json())


def test_an_organiser_makes_an_entry_and_reads_it(front: Front) -> None:
    made = _post(front)
    assert made == {"id": made["id"], **BRUCKE, "state": "listed", "merged_into": None, "revision": 1}
    assert front.get(f"/organisations/{made['id']}", by="audrey").json == made


def test_a_new_entry_takes_in_those_who_wrote_its_name(front: Front) -> None:
    event = front.house.event()
    registration = front.house.register(event, organisation="Pont").registration_id
    made = _post(front)
    assert str(front.house.registration(registration).organisation_id) == made["id"]


def test_only_what_is_sent_is_changed(front: Front) -> None:
    made = _post(front)
    answer = front.patch(f"/organisations/{made['id']}", {"municipality": "Köln"}, by="alice")
    assert answer.json == {**made, "municipality": "Köln", "revision": 2}


def test_a_change_of_an_old_revision_is_refused(front: Front) -> None:
    path = f"/organisations/{_post(front)['id']}"
    assert front.patch(path, {"member": False, "revision": 1}, by="alice").status_code == 200
    answer = front.patch(path, {"member": True, "revision": 1}, by="alice")
    assert (answer.status_code, answer.get_json()["code"]) == (412, "stale")


def test_a_merger_answers_with_the_entry_that_stays_and_brings_the_registrations_along(front: Front) -> None:
    event = front.house.event()
    one, other = _post(front), _post(front, name="Most", aliases=[])
    registration = front.house.register(event, organisation="Most").registration_id
    answer = front.post(f"/organisations/{other['id']}/merge", {"into": one["id"]}, by="alice")
    assert (answer.get_json()["id"], answer.get_json()["aliases"]) == (one["id"], ["Pont", "Most"])
    assert front.get(f"/organisations/{other['id']}", by="alice").get_json()["merged_into"] == one["id"]
    assert str(front.house.registration(registration).organisation_id) == one["id"]
    again = front.post(f"/organisations/{other['id']}/merge", {"into": one["id"]}, by="alice")
    assert (again.status_code, again.get_json()["code"]) == (409, "organisation_merged")


def test_the_directory_is_read_page_by_page_with_its_registrations(front_of_both: Front) -> None:
    front = front_of_both
    event = front.house.event()
    for name in ("Most", "Brücke", "Zeit"):
        _post(front, name=name, aliases=[])
    front.house.register(event, organisation="Most")
    first = front.get("/directory", by="audrey", limit=2).get_json()
    assert [(entry["name"], entry["registrations"]) for entry in first["items"]] == [("Brücke", 0), ("Most", 1)]
    rest = front.get("/directory", by="audrey", limit=2, cursor=first["next_cursor"]).get_json()
    assert ([entry["name"] for entry in rest["items"]], rest["next_cursor"]) == (["Zeit"], None)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "pont"}, ["Brücke e. V."]),
        ({"q": "Hauus der Kulturen"}, ["Haus der Kulturen"]),
        ({"state": "proposed"}, ["Haus der Kulturen"]),
        ({"member": "true"}, ["Brücke e. V."]),
        ({"q": "pont", "member": "false"}, []),
    ],
)
def test_the_directory_is_searched_and_filtered(front_of_both: Front, query: dict[str, str], names: list[str]) -> None:
    _post(front_of_both)
    _post(front_of_both, name="Haus der Kulturen", aliases=[], member=False, state="proposed")
    found = front_of_both.get("/directory", by="alice", **query).get_json()["items"]
    assert [entry["name"] for entry in found] == names


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"member": "yes"}, "member"),
        ({"aliases": ["x"] * 51}, "aliases"),
        ({"aliases": [""]}, "aliases.0"),
        ({"state": "merged"}, "state"),
        ({"merged_into": "x"}, "merged_into"),
    ],
)
def test_bad_input_is_refused_at_its_field(front: Front, changes: dict[str, Any], field: str) -> None:
    answer = front.post("/organisations", {**BRUCKE, **changes}, by="alice")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_unknown_entries_are_not_found(front: Front) -> None:
    path = f"/organisations/{new_id()}"
    assert front.get(path, by="alice").status_code == 404
    assert front.patch(path, {}, by="alice").status_code == 404
    assert front.post(f"{path}/merge", {"into": str(new_id())}, by="alice").status_code == 404
