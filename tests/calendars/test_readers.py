"""The readers refuse what clients would refuse or misread; otherwise the other tests would prove nothing."""

import pytest

from tests.calendars.conftest import Read
from tests.calendars.readers import UnreadableError
from tests.calendars.samples import feed_of, session

FAULTS = {
    "no definition of the zone": (b"TZID:Europe/Berlin", b"TZID:Europe/Paris"),
    "a floating time": (b"DTSTART;TZID=Europe/Berlin:", b"DTSTART:"),
    "a time in UTC and in a zone": (b"20260512T140000\r\n", b"20260512T140000Z\r\n"),
    "no end": (b"END:VCALENDAR\r\n", b""),
    "no time": (b"DTSTART;TZID=Europe/Berlin:20260512T140000", b"DTSTART;TZID=Europe/Berlin:soon"),
    "a line without a colon": (b"STATUS:CONFIRMED", b"STATUS"),
}


@pytest.mark.parametrize(("right", "wrong"), FAULTS.values(), ids=FAULTS)
def test_a_reader_refuses_a_faulty_calendar(read: Read, right: bytes, wrong: bytes) -> None:
    calendar = feed_of(session())
    assert right in calendar
    with pytest.raises(UnreadableError):
        read(calendar.replace(right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"STATUS:CONFIRMED\r\n", b"STATUS:CONFIRMED\n"),
        (b"STATUS:CONFIRMED", b"X-NOTE:" + b"x" * 69),
        (b"Protokolle", b"Protokolle \xc3\r\n \xa4"),
        (b"STATUS:CONFIRMED", b"STATUS:CONFIRMED\r\n"),
    ],
    ids=["a bare line feed", "a line too long", "a fold inside of a character", "an empty line"],
)
def test_a_reader_refuses_faulty_lines(read: Read, right: bytes, wrong: bytes) -> None:
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        read(feed_of(session()).replace(right, wrong))
