"""The whole story, told once over each way in which the system can run."""

import re
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from shared.testing import eventually
from tests.calendars import readers
from tests.system.acts import (
    AUTUMN_DAY,
    SPRING_DAY,
    event_on,
    issue_certificate,
    publish,
    publish_series,
    register,
    tick_attendance,
)
from tests.system.harness import TOKEN, RunningSystem
from tests.system.logs import lines_with
from tests.system.mails import invitation_of, link, text_of

SPRING = (datetime(2027, 3, 28, 8, 0, tzinfo=UTC), datetime(2027, 3, 28, 14, 0, tzinfo=UTC))
AUTUMN = (datetime(2027, 10, 31, 9, 0, tzinfo=UTC), datetime(2027, 10, 31, 15, 0, tzinfo=UTC))


def test_from_publishing_to_the_verified_certificate(system: RunningSystem) -> None:
    mark = uuid.uuid4().hex[:8]
    slug = f"vereinsrecht-{mark}"
    series = publish_series(system, slug=f"grundlagen-{mark}")
    event = publish(system, event_on(SPRING_DAY, AUTUMN_DAY, slug=slug, capacity=2) | {"series_id": series["id"]})

    people = {name: f"{name}-{mark}@verein.example" for name in ("olena", "mehmet", "fatima", "joao")}
    answers = {name: register(system, event["id"], address) for name, address in people.items()}
    assert [answer["state"] for answer in answers.values()] == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert answers["fatima"]["position"] == 1
    assert answers["joao"]["position"] == 2

    invited = [invitation_of(mail) for mail in system.mails.wait_for(people["olena"], 2)]
    requests = {
        str(entry["UID"]): int(entry["SEQUENCE"]) for method, entry in filter(None, invited) if method == "REQUEST"
    }
    assert len(requests) == 2
    starts = {entry["DTSTART"].dt.astimezone(UTC) for _, entry in filter(None, invited)}
    assert starts == {SPRING[0], AUTUMN[0]}
    (waiting,) = system.mails.wait_for(people["fatima"], 1)
    assert invitation_of(waiting) is None

    own_page = link(system.mails.to(people["olena"])[0], "/my/")
    cancel_own_place(system, own_page, answers["olena"]["id"])
    eventually(lambda: cancelled(system, people["olena"]) == {uid: number + 1 for uid, number in requests.items()})
    promoted = system.mails.wait_for(people["fatima"], 3)
    assert [method for method, _ in filter(None, map(invitation_of, promoted))] == ["REQUEST", "REQUEST"]
    assert state_of(system, event["id"], "fatima") == "confirmed"
    assert state_of(system, event["id"], "joao") == "waitlisted"

    check_feeds(system, slug)
    check_calendars_agree(system, slug, series["slug"], promoted)

    tick_attendance(system, event, answers["fatima"]["id"])
    certificate = issue_certificate(system, event["id"], answers["fatima"]["id"])
    mail = next(m for m in system.mails.wait_for(people["fatima"], 4) if "/certificates/" in text_of(m))
    pdf = system.get(link(mail, "/certificates/").removeprefix(system.base_url))
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    verified = system.get(f"/api/notifications/v1/certificates/verify/{certificate['code']}").json()
    assert verified["status"] == "valid"
    assert "Fatima" not in verified["name_masked"]
    page = system.get(f"/certificates/verify/{certificate['code']}?lang=de")
    assert page.status_code == 200
    assert "Diese Bescheinigung ist gültig" in page.text

    tokens = [TOKEN, *(address.rsplit("/", 1)[1] for address in (own_page, link(mail, "/certificates/")))]
    assert lines_with(system, [*people, *people.values(), "Beispiel", *tokens, "registration_id="]) == []


def cancel_own_place(system: RunningSystem, my_page: str, registration_id: str) -> None:
    token = my_page.rsplit("/my/", 1)[1]
    page = system.get(f"/my/{token}")
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    answer = system.post(f"/api/registration/v1/my/{token}/registrations/{registration_id}/cancel", {})
    assert answer.status_code == 200, answer.text


def cancelled(system: RunningSystem, address: str) -> dict[str, int]:
    """UID → SEQUENCE of the CANCELs that this person got."""
    found = filter(None, map(invitation_of, system.mails.to(address)))
    return {
        str(entry["UID"]): int(entry["SEQUENCE"])
        for method, entry in found
        if method == "CANCEL" and entry["STATUS"] == "CANCELLED"
    }


def state_of(system: RunningSystem, event_id: str, name: str) -> str:
    listed = system.get(f"/api/registration/v1/events/{event_id}/registrations?q={name}", staff=True).json()
    (item,) = listed["items"]
    return str(item["state"])


def check_feeds(system: RunningSystem, slug: str) -> None:
    feed = eventually(lambda: _found(system, f"/events/{slug}.ics"))
    with_icaljs, with_libical = readers.read_with_icaljs(feed.content), readers.read_with_libical(feed.content)
    for read in (with_icaljs, with_libical):
        assert sorted((entry.starts_at, entry.ends_at) for entry in read) == [SPRING, AUTUMN]
    again = system.get(f"/events/{slug}.ics", headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304


def check_calendars_agree(system: RunningSystem, slug: str, series: str, mails: list[EmailMessage]) -> None:
    """The person's own feed shows what the mails invited to, entry by entry; the public ones show the same times."""
    invited = {str(entry["UID"]): entry["DTSTART"].dt for _, entry in filter(None, map(invitation_of, mails))}
    my_page = system.get("/my/" + link(mails[0], "/my/").rsplit("/my/", 1)[1])
    address = re.search(r'href="[^"]+(/calendars/[^"]+\.ics)"', my_page.text)
    assert address, "the page leads to the personal calendar"
    own = readers.read_with_libical(system.get(address[1]).content)
    assert {entry.uid: entry.starts_at for entry in own} == invited
    assert {entry.status for entry in own} == {"CONFIRMED"}
    public = {entry.uid for entry in readers.read_with_libical(system.get(f"/events/{slug}.ics").content)}
    for path in (f"/series/{series}.ics", "/calendar.ics"):
        entries = {entry.uid: entry for entry in readers.read_with_libical(system.get(path).content)}
        assert sorted((entries[uid].starts_at, entries[uid].ends_at) for uid in public) == [SPRING, AUTUMN], path


def _found(system: RunningSystem, path: str) -> Any:
    answer = system.get(path)
    return answer if answer.status_code == 200 else None


def test_every_page_finds_its_stylesheets_whichever_service_answers(system: RunningSystem) -> None:
    for path in ("/", "/my", "/certificates/verify"):
        sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', system.get(path).text)
        assert sheets, path
        assert {system.get(sheet).status_code for sheet in sheets} == {200}
