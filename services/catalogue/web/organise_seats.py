"""The part of an event's form that says how seats are given: the waitlist, who comes first, reserved seats."""

from collections.abc import Callable, Mapping
from typing import Any

from services.catalogue.models.base import Facts
from services.catalogue.web.answer_choices import chosen_answers
from services.catalogue.web.organise_typed import Values, all_texts, mapping, rows, texts, typed, typed_times
from services.catalogue.web.rule_schemas import WaitlistSchema

SINGLE = (
    "policy",
    "offer_hours",
    "cutoff_hours",
    "closes_hours_before_start",
    "quiet_from",
    "quiet_until",
    "weekends",
    "parties",
    "transfers",
)
GROUP = ("by", "code")
POOL = (*GROUP, "seats", "released_at", "released_at_turn")
ROWS = {"priority_classes": GROUP, "pools": POOL}
"""The fields of the rows, besides the name and the answers that are ticked."""

NO_WAITLIST = "none"
WEEKENDS = "yes"


def sent(tree: Any) -> Values:
    """The values of a form that was sent."""
    waitlist = mapping(tree)
    groups = {name: [_row(row, fields) for row in rows(waitlist.get(name))] for name, fields in ROWS.items()}
    return {**texts(waitlist, SINGLE), **groups}


def _row(row: Mapping[str, Any], fields: tuple[str, ...]) -> Values:
    return {**texts(row, fields), "name": all_texts(row.get("name")), "given": list(all_texts(row.get("given")))}


def new_row(name: str) -> Values:
    return {**dict.fromkeys(ROWS[name], ""), "by": _AT_FIRST[name], "name": {}, "given": []}


_AT_FIRST = {"priority_classes": "membership", "pools": "code"}


def as_usual() -> Values:
    """The values of an event whose organisers have not said anything yet."""
    return written(WaitlistSchema().load({}), "UTC")


def written(waitlist: Facts, time_zone: str) -> Values:
    """The values of the waitlist of an event that is there."""
    return {
        **{name: typed(waitlist[name]) for name in SINGLE},
        "policy": waitlist["policy"] if waitlist["enabled"] else NO_WAITLIST,
        "weekends": WEEKENDS if waitlist["weekends"] else "",
        "priority_classes": [_written_group(group) for group in waitlist["priority_classes"]],
        "pools": [_written_pool(pool, time_zone) for pool in waitlist["pools"]],
    }


def _written_group(group: Facts) -> Values:
    given = [f"{group['question']}={answer}" for answer in group["answers"]]
    return {**{name: typed(group[name]) for name in GROUP}, "given": given, "name": group["name"]}


def _written_pool(pool: Facts, time_zone: str) -> Values:
    return {**_written_group(pool), "seats": typed(pool["seats"]), **typed_times(pool, ("released_at",), time_zone)}


def without_blank_rows(waitlist: Values) -> Values:
    """Rows that were added and left empty are not meant."""
    return {**waitlist, **{name: [row for row in waitlist[name] if _is_meant(row)] for name in ROWS}}


def _is_meant(row: Values) -> bool:
    told = (row["given"], row["code"], row.get("seats"), row.get("released_at"))
    return any(row["name"].values()) or any(told)


Time = Callable[[Values, str], str | None]
"""The instant of a row's ``released_at``; the second argument is what the names of the row's fields begin with."""


def given(waitlist: Values, released_at: Time) -> Facts:
    """What the values mean, as :class:`WaitlistSchema` loads it."""
    meant = {name: waitlist[name] for name in SINGLE if waitlist[name]}
    meant["weekends"] = waitlist["weekends"] == WEEKENDS
    if waitlist["policy"] == NO_WAITLIST:
        meant |= {"enabled": False, "policy": "promote"}
    pools = enumerate(waitlist["pools"])
    return {
        **meant,
        "priority_classes": [_given_group(row) for row in waitlist["priority_classes"]],
        "pools": [_given_pool(row, released_at(row, f"waitlist.pools.{number}.")) for number, row in pools],
    }


def _given_group(row: Values) -> Facts:
    """Only what the kind of group needs: the other fields are there for somebody who changes their mind."""
    group: Facts = {"name": row["name"], "by": row["by"]}
    if row["by"] == "question":
        question, answers = chosen_answers(row["given"]) or (None, [])
        group |= {"question": question, "answers": answers}
    elif row["by"] == "code":
        group["code"] = row["code"] or None
    return group


def _given_pool(row: Values, released_at: str | None) -> Facts:
    seats = {"seats": row["seats"]} if row["seats"] else {}
    return {**_given_group(row), **seats, "released_at": released_at}
