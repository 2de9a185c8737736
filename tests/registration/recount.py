"""Counts the figures of a funder's pack anew, from the rows in it alone: what a funder's own script would do.

It knows nothing of the services; only the headings of the English tables.
"""

import csv
import io
import zipfile
from collections import Counter
from typing import IO

Row = dict[str, str]
STATES = {
    "confirmed": {"confirmed"},
    "waiting": {"waitlisted", "offered", "pending"},
    "cancelled": {"cancelled", "lapsed"},
}
FEW = 5


def tables(pack: IO[bytes]) -> dict[str, list[Row]]:
    with zipfile.ZipFile(pack) as archive:
        return {
            name.removeprefix("tables/").removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")), delimiter=";")
            )
            for name in archive.namelist()
            if name.startswith("tables/")
        }


def told(found: dict[str, list[Row]]) -> dict[tuple[str, str], int]:
    """(event, figure) → number, as the pack says; the event of the sum is empty."""
    return {(row["Event ID"], row["Figure"]): int(row["How many"]) for row in found["figures"]}


def recounted(found: dict[str, list[Row]]) -> dict[tuple[str, str], int]:
    """The same from the rows."""
    minutes: Counter[str] = Counter()
    for row in found["presence"]:
        minutes[row["Registration ID"]] += int(row["Minutes"])
    numbers: dict[tuple[str, str], int] = {}
    for event in found["events"]:
        event_id = event["Event ID"]
        numbers |= {(event_id, name): number for name, number in _of_event(found, event_id, minutes).items()}
    if len(found["events"]) > 1:
        sums: Counter[str] = Counter()
        for (_event, name), number in numbers.items():
            sums[name] += number
        numbers |= {("", name): number for name, number in sums.items()}
        numbers["", "reached"] = _reached([row for row in found["registrations"] if minutes[row["Registration ID"]]])
    return numbers


def _of_event(found: dict[str, list[Row]], event_id: str, minutes: Counter[str]) -> dict[str, int]:
    people = [row for row in found["registrations"] if row["Event ID"] == event_id]
    there = [row for row in people if minutes[row["Registration ID"]]]
    seated = [row for row in people if row["State"] == "confirmed"]
    took_place = [row for row in found["sessions"] if row["Event ID"] == event_id and row["Takes place"] == "yes"]
    return {
        "registered": len(people),
        **{name: sum(row["State"] in states for row in people) for name, states in STATES.items()},
        "attended": len(there),
        "no_show": len([row for row in seated if not minutes[row["Registration ID"]]]) if there else 0,
        "minutes_offered": sum(int(row["Minutes"]) for row in took_place),
        "minutes_attended": sum(minutes[row["Registration ID"]] for row in people),
        "reached": _reached(there),
    }


def _reached(there: list[Row]) -> int:
    """Organisations in the directory once, others once at each event."""
    listed = {row["Entry"] for row in there} - {""}
    others = {(row["Event ID"], row["Spelling"]) for row in there if row["Spelling"] and not row["Entry"]}
    return len(listed) + len(others)


def untrue_breakdowns(found: dict[str, list[Row]]) -> list[Row]:
    """Rows of the breakdowns that say another number than the rows, or one so small that it must not be named."""
    there = {row["Registration ID"] for row in found["presence"] if int(row["Minutes"])}
    wrong: list[Row] = []
    for row in found["breakdowns"]:
        kind = row["Kind"].title()
        people = [one for one in found["registrations"] if one["Event ID"] == row["Event ID"]]
        same = [one for one in people if one["Registration ID"] in there and one[kind] == row["Name"]]
        if row["Name"] and (len(same) != int(row["People"]) or len(same) < FEW):
            wrong.append(row)
    return wrong
