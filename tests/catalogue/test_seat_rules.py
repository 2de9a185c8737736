"""The rule by which an event gives its seats: what is refused, and that each change is told with a new version."""

from typing import Any

import pytest

from shared.errors import InvalidError
from tests.catalogue.parts import Catalogue
from tests.catalogue.test_questions import MEAL, TABLE
from tests.rules import a_group, a_pool, a_waitlist

START = "2027-03-28T10:00:00+02:00"
BEFORE = "2027-03-01T00:00:00+01:00"


def by_code(code: str | None) -> dict[str, Any]:
    return a_group("code", code=code)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"max_per_organisation_until": BEFORE}, "max_per_organisation_until"),
        ({"max_per_organisation": 2, "max_per_organisation_until": START}, "max_per_organisation_until"),
        ({"largest_party": 21}, "largest_party"),
        ({"largest_party": 3, "max_per_organisation": 2}, "largest_party"),
        ({"largest_party": 0}, "largest_party"),
        ({"confirm_address_minutes": 0}, "confirm_address_minutes"),
        ({"waitlist": a_waitlist(pools=[a_pool(12), a_pool(9)])}, "waitlist.pools.1.seats"),
        ({"waitlist": a_waitlist(pools=[a_pool(0)])}, "waitlist.pools.0.seats"),
        ({"waitlist": a_waitlist(pools=[a_pool(1, released_at=START)])}, "waitlist.pools.0.released_at"),
        ({"waitlist": a_waitlist(pools=[a_pool(1)] * 11)}, "waitlist.pools"),
        ({"waitlist": a_waitlist(priority_classes=[a_group()] * 11)}, "waitlist.priority_classes"),
        ({"waitlist": a_waitlist(priority_classes=[a_group(name={})])}, "waitlist.priority_classes.0.name"),
        ({"waitlist": a_waitlist(priority_classes=[a_group("dice")])}, "waitlist.priority_classes.0.by"),
        ({"waitlist": a_waitlist(priority_classes=[by_code(None)])}, "waitlist.priority_classes.0.code"),
        (
            {"waitlist": a_waitlist(priority_classes=[by_code("Gast"), by_code("GAST")])},
            "waitlist.priority_classes.1.code",
        ),
        ({"waitlist": a_waitlist(offer_hours=0)}, "waitlist.offer_hours"),
        ({"waitlist": a_waitlist(offer_hours=337)}, "waitlist.offer_hours"),
        ({"waitlist": a_waitlist(quiet_from="24:00")}, "waitlist.quiet_from"),
        ({"waitlist": a_waitlist(quiet_until="8")}, "waitlist.quiet_until"),
        ({"waitlist": a_waitlist(parties="push")}, "waitlist.parties"),
        ({"waitlist": a_waitlist(transfers="never")}, "waitlist.transfers"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(catalogue: Catalogue, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidError) as refused:
        catalogue.event(**fields)
    assert list(refused.value.errors) == [wrong]


@pytest.mark.parametrize(
    ("group", "field", "says"),
    [
        ({}, "question", "Please choose the answers that count."),
        ({"question": "role", "answers": ["board"]}, "question", "“role”, which the event does not ask"),
        ({"question": "alt", "answers": ["ja"]}, "question", "“alt”, which the event does not ask"),
        ({"question": "wie-viele", "answers": ["3"]}, "question", "“wie-viele” has no answers to choose from"),
        ({"question": "was-essen-sie", "answers": []}, "answers", "Please choose at least one answer."),
        ({"question": "was-essen-sie", "answers": ["vegan", "fisch"]}, "answers", "“was-essen-sie” lacks: fisch."),
    ],
)
@pytest.mark.parametrize("name", ["priority_classes", "pools"])
def test_a_group_goes_by_answers_that_can_be_chosen(
    catalogue: Catalogue, name: str, group: dict[str, Any], field: str, says: str
) -> None:
    retired = {"key": "alt", "kind": "yes_no", "label": {"de": "Alt?"}, "retired": True}
    row = {**a_pool(1, "question"), **group} if name == "pools" else a_group("question", **group)
    with pytest.raises(InvalidError) as refused:
        catalogue.event(questions=[MEAL, TABLE, retired], waitlist=a_waitlist(**{name: [row]}))
    [(place, [sentence])] = refused.value.errors.items()
    assert place == f"waitlist.{name}.0.{field}"
    assert says in str(sentence)


def test_a_question_or_answer_that_a_group_goes_by_stays(catalogue: Catalogue) -> None:
    vegans = a_group("question", question="was-essen-sie", answers=["vegan"])
    event = catalogue.published_event(questions=[MEAL], waitlist=a_waitlist(priority_classes=[vegans]))
    for fewer in ([], [{**MEAL, "options": MEAL["options"][:1], "key": "was-essen-sie"}]):
        with pytest.raises(InvalidError):
            catalogue.change(event.id, questions=fewer)
    catalogue.change(event.id, questions=[], waitlist=a_waitlist())


def test_a_pool_and_a_class_may_share_a_code(catalogue: Catalogue) -> None:
    groups = {"priority_classes": [by_code("GAST")], "pools": [a_pool(20, "code", code="GAST")]}
    assert catalogue.event(waitlist=a_waitlist(**groups)).waitlist["pools"][0]["seats"] == 20


def test_a_full_rule_is_told_as_it_was_written(catalogue: Catalogue) -> None:
    rule = a_waitlist(
        offer_hours=24,
        cutoff_hours=6,
        closes_hours_before_start=12,
        quiet_from="21:00",
        quiet_until="09:30",
        weekends=True,
        parties="skip",
        transfers="queue",
        priority_classes=[a_group()],
        pools=[a_pool(5, "code", code="GAST", released_at="2027-03-20T12:00:00+01:00")],
    )
    seats = {
        "max_per_organisation": 2,
        "max_per_organisation_until": "2027-03-01T00:00:00+01:00",
        "largest_party": 2,
        "confirm_address_minutes": 90,
    }
    catalogue.published_event(waitlist=rule, **seats)
    (message,) = catalogue.sent("event.published.v1")
    assert message.body["waitlist"] == rule
    told = {**seats, "max_per_organisation_until": "2027-02-28T23:00:00+00:00"}
    assert {name: message.body[name] for name in seats} == told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("waitlist", a_waitlist(pools=[a_pool(2)])),
        ("waitlist", a_waitlist(quiet_from="22:00")),
        ("max_per_organisation", 3),
        ("largest_party", 2),
        ("confirm_address_minutes", 60),
    ],
)
def test_each_published_change_of_the_rule_has_a_higher_version(catalogue: Catalogue, field: str, value: Any) -> None:
    event = catalogue.published_event()
    catalogue.change(event.id, **{field: value})
    catalogue.publish(event.id)
    (before,), (after,) = catalogue.sent("event.published.v1"), catalogue.sent("event.changed.v1")
    assert after.version > before.version
    assert after.body["changes"] == [field]
    assert after.body[field] == value
