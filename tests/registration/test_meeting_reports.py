"""Reading what Zoom, Teams and BigBlueButton write about who was in a meeting."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.meeting_reports import MOST_ROWS, Stretch, read_report
from services.registration.models import EventSession
from shared.errors import InvalidError

START = datetime(2027, 1, 13, 9, tzinfo=UTC)
"""10 o'clock in Berlin."""
HELD = EventSession(
    id=UUID(int=1), starts_at=START, ends_at=START + timedelta(hours=3), time_zone="Europe/Berlin", cancelled=False
)

ZOOM = (
    "\ufeffName (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    "Ana Novak,ana@example.org,01/13/2027 10:02:00 AM,01/13/2027 11:00:00 AM,58,Yes\n"
)
ZOOM_GERMAN = (
    "Name (Originalname),E-Mail-Adresse,Beitrittszeit,Verlassen,Dauer (Minuten)\n"
    "Ana Novak,ana@example.org,13.01.2027 10:02:00,13.01.2027 11:00:00,58\n"
)
TEAMS = (
    "1. Summary\nMeeting title\tLaw\nStart time\t1/13/27, 9:58:00 AM\n\n"
    "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tRole\n"
    "Ana Novak\t1/13/27, 10:02:00 AM\t1/13/27, 12:30:00 PM\t1h 40m 2s\tana@example.org\tPresenter\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
    "Ana Novak\t1/13/27, 10:02:00 AM\t1/13/27, 11:00:00 AM\t58m\tana@example.org\tPresenter\n"
)
TEAMS_GERMAN = (
    "3. Aktivitäten in der Besprechung\nName\tBeitrittszeit\tVerlassenszeit\tDauer\tE-Mail\tRolle\n"
    "Ana Novak\t13.1.2027, 10:02:00\t13.1.2027, 11:00:00\t58 Min.\tana@example.org\tReferent\n"
)
BIG_BLUE_BUTTON = (
    "Name,Moderator,Activity Score,Talk time,Join,Left,Duration\n"
    'Ana Novak,FALSE,3,00:01:00,"1/13/2027, 10:02:00 AM","1/13/2027, 11:00:00 AM",00:58:00\n'
)
AS_SEEN = (START + timedelta(minutes=2), START + timedelta(hours=1))


def seen(stretches: list[Stretch]) -> list[tuple[str, datetime | None, datetime | None]]:
    return [(one.name, one.from_at, one.until_at) for one in stretches]


@pytest.mark.parametrize(
    "content",
    [
        ZOOM.encode(),
        ZOOM_GERMAN.encode(),
        ZOOM_GERMAN.replace(",", ";").encode("cp1252"),
        TEAMS.encode("utf-16"),
        TEAMS_GERMAN.encode("utf-16"),
        BIG_BLUE_BUTTON.encode(),
    ],
    ids=["Zoom", "Zoom in German", "with semicolons", "Teams", "Teams in German", "BigBlueButton"],
)
def test_every_program_says_the_same(content: bytes) -> None:
    assert seen(read_report(content, HELD)) == [("Ana Novak", *AS_SEEN)]


@pytest.mark.parametrize("lasted", ["62", "1:02:03", "1h 2m 3s", "1 Std. 2 Min. 3 Sek."])
def test_where_there_is_only_a_duration_it_counts_from_the_beginning(lasted: str) -> None:
    (one,) = read_report(f"Name,Duration\nAna,{lasted}\n".encode(), HELD)
    assert one.from_at == START
    assert one.until_at is not None
    assert int((one.until_at - START).total_seconds()) // 60 == 62


@pytest.mark.parametrize("written", ["01/13/2027 10:02", "13/01/2027 10:02", "2027-01-13T09:02:00Z", "13.01.27 10:02"])
def test_of_what_a_date_may_mean_the_one_nearest_to_the_session_counts(written: str) -> None:
    (one,) = read_report(f"Name,Join Time,Leave Time\nAna,{written},\n".encode(), HELD)
    assert (one.from_at, one.until_at) == (AS_SEEN[0], None)


@pytest.mark.parametrize("written", ["soon", "99/99/2027 10:00", "01.01.0001 00:00", "31.12.9999 23:59"])
def test_times_that_cannot_be_read_are_left_open(written: str) -> None:
    (one,) = read_report(f"Name,Join Time,Leave Time\nAna,{written},{written}\n".encode(), HELD)
    assert (one.from_at, one.until_at) == (None, None)


@pytest.mark.parametrize(
    "content",
    [b"", b"Name,E-Mail\nAna,a@b.c\n", b"Name,Duration\n", b"\xff\xfe\x00", b"\x00\x01", ZOOM.encode() * MOST_ROWS],
)
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError) as refused:
        read_report(content, HELD)
    assert refused.value.code == "file_refused"


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: ZOOM.encode() + text.encode("utf-16")))
)
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    with suppress(InvalidError):
        assert read_report(content, HELD)
