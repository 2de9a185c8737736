"""A calendar file is imported once: it asks for no answer and refers to no subscription."""

import pytest

from shared.ical import calendar_file, entry_bytes
from tests.calendars.lines import unfolded
from tests.calendars.samples import session


def test_a_file_holds_its_entries_and_zones_and_nothing_of_a_subscription() -> None:
    lines = unfolded(calendar_file([entry_bytes(session()), entry_bytes(session(uid="2@x"))], ["Europe/Berlin"]))
    assert (lines.count("BEGIN:VEVENT"), lines.count("BEGIN:VTIMEZONE")) == (2, 1)
    names = {line.partition(":")[0].partition(";")[0] for line in lines}
    assert names.isdisjoint({"METHOD", "SOURCE", "REFRESH-INTERVAL", "NAME", "ATTENDEE", "ORGANIZER"})


def test_a_zone_that_is_not_named_is_missed() -> None:
    with pytest.raises(ValueError, match="Europe/Berlin"):
        calendar_file([entry_bytes(session())], [])
