"""The waitlist as organisers see it: the line, why each person stands where they do, and what happens next."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.parties import Contact
from tests.catalogue.browser import said
from tests.registration.browser import Browser, call_off
from tests.registration.front import Front
from tests.registration.series import a_series, enrol
from tests.rules import a_group, a_waitlist


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def waitlist(event_id: UUID, query: str = "") -> str:
    return f"/organise/events/{event_id}/waitlist{query}"


def fill(front: Front, event_id: UUID, *people: tuple[str, str]) -> None:
    for name, organisation in people:
        front.house.register(event_id, name, organisation=organisation)


def test_the_line_is_in_order_with_the_reason_for_each_place(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=1, max_per_organisation=1)
    fill(front, event, ("Ana Novak", "Agisra"), ("Zoe Adam", "Agisra"), ("Bo Berg", ""), ("Cem Kaya", "Verein"))
    page = alice.open(waitlist(event))
    assert page.all("tbody th") == ["Adam, Zoe", "Berg, Bo", "Kaya, Cem"]
    first, second, third = page.all("tbody tr")
    assert first.startswith("1 ")
    assert "The organisation has its one seat" in first
    assert "Gets the next free seat." in second
    assert "others are further ahead" in third
    assert "Bo Berg gets it at once" in page.one(".notice").get_text()


def test_the_page_says_who_gets_the_next_seat_and_they_do(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=1)
    first = front.house.register(event, "Ana Novak")
    bo = front.house.register(event, "Bo Berg")
    front.house.register(event, "Cem Kaya")
    assert "Bo Berg gets it at once" in alice.open(waitlist(event)).words
    front.house.cancel(first.registration_id)
    assert front.house.state(bo.registration_id) == "confirmed"
    assert "Cem Kaya gets it at once" in alice.open(waitlist(event)).words


def test_when_every_organisation_is_full_nobody_gets_it(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=3, max_per_organisation=1)
    fill(front, event, ("Ana Novak", "Agisra"), ("Zoe Adam", "Agisra"))
    page = alice.open(waitlist(event))
    assert "a quota or a reserved seat keeps everybody in line back" in page.words
    assert page.all("td.row-actions a") == ["Give a seat : Zoe Adam", "Move : Zoe Adam", "Set aside : Zoe Adam"]


def test_a_surplus_is_told(front: Front, alice: Browser) -> None:
    snapshot = front.house.snapshot(capacity=2)
    event = front.house.tell(snapshot)
    fill(front, event, ("Ana Novak", ""), ("Bo Berg", ""), ("Cem Kaya", ""))
    front.house.tell({**snapshot, "capacity": 1})
    assert "one person more has a seat than there are seats" in alice.open(waitlist(event)).words


def test_after_the_beginning_and_after_a_cancellation_the_line_stands_still(front: Front, alice: Browser) -> None:
    begun, snapshot = front.house.event(capacity=0), front.house.snapshot(capacity=0)
    front.house.tell(snapshot)
    for event in (begun, snapshot["event_id"]):
        fill(front, event, ("Ana Novak", ""))
    call_off(front, snapshot, {"en": "Flood."})
    assert "the waitlist is frozen" in alice.open(waitlist(snapshot["event_id"])).words
    front.house.clock.turn(days=31)
    later = Browser(front, "alice")
    assert "the waitlist is closed and no longer moves" in later.open(waitlist(begun)).words


@pytest.mark.parametrize(("enabled", "heading"), [(True, "Nobody is waiting"), (False, "This event has no waitlist")])
def test_an_empty_line_says_why_it_is_empty(front: Front, alice: Browser, enabled: bool, heading: str) -> None:
    rule: dict[str, Any] = a_waitlist(enabled=enabled)
    assert heading in alice.open(waitlist(front.house.event(waitlist=rule))).all("h2")


def test_a_long_line_goes_on_on_the_next_page(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=0)
    fill(front, event, *((f"Person {number:03}", "") for number in range(203)))
    first = alice.open(waitlist(event))
    second = alice.open(str(first.one("a[rel=next]")["href"]))
    assert (len(first.all("tbody tr")), len(second.all("tbody tr"))) == (200, 3)
    assert second.all("tbody tr")[0].startswith("201 ")
    assert alice.open(waitlist(event, "?cursor=x")).status == 422


def act(event_id: UUID, registration_id: UUID, what: str) -> str:
    return f"/organise/events/{event_id}/people/{registration_id}/{what}"


def test_somebody_is_moved_to_another_place_for_a_reason(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=0)
    fill(front, event, ("Ana Novak", ""), ("Bo Berg", ""))
    cem = front.house.register(event, "Cem Kaya").registration_id
    asked = alice.open(act(event, cem, "move"))
    assert "Now at place 3 of 3." in asked.words
    moved = alice.send(asked, position="1", reason="promised on the phone")
    line = alice.open(str(moved.response.headers["Location"]))
    assert line.all("tbody th") == ["Kaya, Cem", "Novak, Ana", "Berg, Bo"]
    assert "An organiser moved this person in line." in line.all("tbody tr")[0]
    [decision] = front.house.decisions(registration_id=cem, outcome="moved")
    assert (decision.note, decision.actor) == ("promised on the phone", "organiser")


def test_somebody_is_set_aside_for_a_reason_and_counted_again(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=0)
    fill(front, event, ("Ana Novak", ""))
    bo = front.house.register(event, "Bo Berg").registration_id
    front.house.set_aside(bo)
    front.house.resume(bo)
    cem = front.house.register(event, "Cem Kaya").registration_id
    refused = alice.send(alice.open(act(event, bo, "aside")), reason="")
    assert refused.status == 422
    alone = alice.send(alice.open(act(event, bo, "aside")), reason="rang three times")
    line = alice.open(str(alone.response.headers["Location"]))
    assert line.all("tbody th") == ["Novak, Ana", "Berg, Bo", "Kaya, Cem"]
    assert "Set aside: passed over until you or the person say otherwise." in line.all("tbody tr")[1]
    assert "Reason: rang three times" in line.all("tbody tr")[1]
    assert "set aside and passed over" not in line.one(".notice").get_text()
    front.house.move(cem, 2)
    front.house.move(front.house.decisions(event_id=event)[0].registration_id, 3)
    line = alice.open(waitlist(event))
    assert line.all("tbody th") == ["Kaya, Cem", "Berg, Bo", "Novak, Ana"]
    front.house.set_aside(cem)
    assert "Ana Novak gets it at once" in alice.open(waitlist(event)).words
    assert "2 people are set aside and passed over." in alice.open(waitlist(event)).words
    alice.send(alice.open(act(event, bo, "resume")), reason="she rang back")
    assert "Bo Berg gets it at once" in alice.open(waitlist(event)).words
    told = alice.open(f"/organise/events/{event}/people/{bo}").words
    assert "Counted again in line" in told
    assert "she rang back" in told


@pytest.mark.parametrize("position", ["", "0", "1000001", "first"])
def test_a_place_that_there_is_not_is_refused_and_what_was_typed_is_kept(
    front: Front, alice: Browser, position: str
) -> None:
    event = front.house.event(capacity=0)
    waiting = front.house.register(event, "Ana Novak").registration_id
    refused = alice.send(alice.open(act(event, waiting, "move")), position=position, reason="as promised")
    assert refused.status == 422
    assert refused.one("#field-position")["aria-invalid"] == "true"
    assert refused.one("#field-reason")["value"] == "as promised"


def test_a_seat_is_offered_out_of_order_for_a_reason(front: Front, alice: Browser) -> None:
    rule = a_waitlist(policy="offer", offer_hours=24)
    event = front.house.event(capacity=2, max_per_organisation=1, waitlist=rule)
    fill(front, event, ("Ana Novak", "Agisra"))
    zoe = front.house.register(event, "Zoe Adam", organisation="Agisra").registration_id
    assert alice.open(waitlist(event)).all("td.row-actions a") == [
        "Give a seat : Zoe Adam",
        "Offer a seat : Zoe Adam",
        "Move : Zoe Adam",
        "Set aside : Zoe Adam",
    ]
    alice.send(alice.open(act(event, zoe, "offer")), reason="she speaks")
    assert front.house.state(zoe) == "offered"
    again = alice.send(alice.open(act(event, zoe, "offer")), reason="she speaks")
    assert again.status == 409


def test_where_seats_are_given_at_once_no_offer_can_be_made(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=2, max_per_organisation=1)
    fill(front, event, ("Ana Novak", "Agisra"))
    zoe = front.house.register(event, "Zoe Adam", organisation="Agisra").registration_id
    assert not alice.open(waitlist(event)).all("td.row-actions a[href$='/offer']")
    refused = alice.send(alice.open(act(event, zoe, "offer")), reason="she speaks")
    assert "gives its seats at once" in refused.words


def test_auditors_look_at_the_line_and_move_nobody(front: Front) -> None:
    event = front.house.event(capacity=0)
    waiting = front.house.register(event, "Ana Novak").registration_id
    audrey = Browser(front, "audrey")
    assert not audrey.open(waitlist(event)).all("td.row-actions a")
    assert audrey.open(act(event, waiting, "move")).status == 403
    assert audrey.post(act(event, waiting, "move"), {"position": "1", "reason": "x"}).status == 403


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 200), ("adam", 200), ("audrey", 200), ("bob", 403), ("charlie", 403), ("", 307)]
)
def test_organisers_and_auditors_see_the_waitlist(front: Front, name: str, status: int) -> None:
    assert Browser(front, name).open(waitlist(front.house.event())).status == status


def test_a_group_is_seen_in_the_line_in_the_table_and_on_each_persons_page(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=2)
    contact = Contact("Mira", "Holm", "mira@example.org", "de")
    front.house.register(event, "Ana Novak")
    bo, cem = front.house.register_party(event, 2, contact=contact)
    for line in alice.open(f"/organise/events/{event}/waitlist").all("tbody tr"):
        assert "group of Mira Holm" in line
        assert "The group waits as one, for seats for all of it." in line
    assert "group of Mira Holm" in alice.open(f"/organise/events/{event}/people").all("tbody tr")[0]
    table = alice.open(f"/organise/events/{event}/people")
    party = table.soup.select("a[href*='party=']")[0]
    assert len(alice.open(str(party["href"])).all("tbody tr")) == 2
    page = alice.open(f"/organise/events/{event}/people/{bo}")
    group = page.part("The group")
    assert "Mira Holm , mira@example.org" in said(group)
    assert "They come together or not at all" in said(group)
    assert [str(link["href"]) for link in group.select("li a")] == [f"/organise/events/{event}/people/{cem}"]
    assert "No. 2 in line" in said(group)


def test_the_page_says_whether_groups_come_first(front: Front, alice: Browser) -> None:
    for classes, says in (
        ([a_group()], "within a group, whoever registered earlier"),
        ([], "Whoever registered earlier"),
    ):
        event = front.house.event(capacity=0, waitlist=a_waitlist(priority_classes=classes))
        fill(front, event, ("Ana Novak", ""))
        assert says in alice.open(waitlist(event)).words


def test_who_waits_by_a_registration_for_the_series_is_marked(front: Front) -> None:
    (event,) = a_series(front.house, {"capacity": 1})
    front.house.register(event)
    enrol(front, "Ana Novak")
    page = Browser(front, "alice").open(f"/organise/events/{event}/waitlist")
    mark = page.one("tbody th a[href$='enrolled=yes']")
    assert said(mark) == "series registration"
