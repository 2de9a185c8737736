"""What is known of people goes by itself when its time is over, and what proves something stays as long as it must."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.attendance import Entry, Recorder, record
from services.registration.consistency import findings
from services.registration.door_links import make_link
from services.registration.models import AUDIT, INBOX, Answer, AnswerFile, Event, Person, metadata
from services.registration.retention import rules
from services.registration.schedule import see_to_what_is_due
from shared.audit import VISITOR, Subject
from shared.database import new_id
from shared.retention import due, see_to_all
from shared.vault import Vault
from tests.registration.asking import a_question
from tests.registration.front import settings
from tests.registration.parts import ORGANISER, House

ADDRESS = "ana.novak@example.org"


def kept(house: House) -> str:
    """All that stands in the database, as text."""
    with house.database.read() as session:
        return "\n".join(str(tuple(row)) for one in metadata.sorted_tables for row in session.execute(select(one)))


def retain(house: House, **changes: Any) -> dict[str, int]:
    """What a day's run sees to, by rule; a second run finds nothing."""
    chosen = rules(settings(str(house.database.engine.url), **changes))
    planned, done = due(house.database, chosen, house.clock()), see_to_all(house.database, chosen, house.clock())
    # Whom nothing needs any more shows only when the rules before have been applied.
    assert planned | {"people": done["people"]} == done
    assert not any(see_to_all(house.database, chosen, house.clock()).values())
    return {name: number for name, number in done.items() if number}


def attend(house: House, event_id: UUID, registration_id: UUID) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        session_id = uow.session.scalars(select(metadata.tables["event_sessions"].c.id)).one()
        entry = Entry(new_id(), registration_id, "manual", present=True, at=uow.now, reason="seen")
        record(uow, session_id, [entry], Recorder(new_id()))
        uow.commit()


def told(house: House) -> list[bool]:
    """Whether evidence stays, of each registration that the others are to forget."""
    return [row.body["evidence"] for row in house.messages("registration.forgotten.v1") if row.body]


QUESTIONS = [
    {**a_question("meal"), "retention": "needs"},
    {**a_question("wish"), "retention": "contact"},
    {**a_question("role"), "retention": "evidence"},
]


def test_needs_go_first_then_address_and_answers_and_at_last_the_name(house: House) -> None:
    event = house.event(questions=QUESTIONS, needs=["other"])
    said = {"meal": "halal-meal", "wish": "front-row", "role": "treasurer"}
    sealed = Vault(("n" * 40,)).seal({"other": "quiet"})
    ana = house.register(
        event, "Ana Novak", organisation="Pont", answers=said, needs=("other",), sealed_needs=sealed
    ).registration_id
    house.clock.moment += timedelta(days=30, hours=7)
    attend(house, event, ana)
    assert retain(house) == {}
    house.clock.moment += timedelta(days=15)
    assert retain(house) == {"needs": 1, "needs_answers": 1}
    assert "halal-meal" not in kept(house)
    house.clock.moment += timedelta(days=76)
    assert retain(house) == {"contact": 1, "people": 1}
    assert told(house) == [True]
    left = kept(house)
    assert [word for word in (ADDRESS, "front-row", "treasurer", "Novak", "Pont") if word in left] == [
        "treasurer",
        "Novak",
        "Pont",
    ]
    house.clock.moment += timedelta(days=3650)
    assert {"evidence": 1}.items() <= retain(house).items()
    left = kept(house).lower()
    assert not [word for word in ("treasurer", "novak", "pont") if word in left]
    assert house.state(ana) == "confirmed"
    assert list(findings(house.database, house.clock())) == []
    assert told(house) == [False]


def test_of_whoever_was_not_there_no_name_stays(house: House) -> None:
    event = house.event(capacity=1)
    house.register(event, "Ana Novak")
    house.register(event, "Ben Weiss")
    house.clock.moment += timedelta(days=61, hours=7)
    assert retain(house) == {"waitlist": 1, "people": 1}
    assert ("Novak" in kept(house), "Weiss" in kept(house)) == (True, False)
    house.clock.moment += timedelta(days=60)
    assert retain(house) == {"contact": 1, "people": 1}
    assert "novak" not in kept(house).lower()


def test_who_never_confirmed_an_address_is_forgotten_after_two_days(house: House) -> None:
    event = house.event(confirm_address_minutes=60)
    lapsed = house.register(event, "Ana Novak").registration_id
    house.clock.moment += timedelta(hours=2)
    see_to_what_is_due(house.database, house.clock)
    assert (house.state(lapsed), retain(house)) == ("lapsed", {})
    house.clock.moment += timedelta(hours=49)
    assert retain(house) == {"unconfirmed": 1, "people": 1}
    assert "novak" not in kept(house).lower()
    assert house.register(event, "Ana Novak").registration_id != lapsed


def test_whoever_comes_again_keeps_their_page(house: House) -> None:
    house.register(house.event(), "Ana Novak")
    house.clock.moment += timedelta(days=100)
    later = house.event()
    house.register(later, "Ana Novak")
    house.clock.moment += timedelta(days=25)
    assert retain(house) == {"contact": 1}
    with house.database.read() as session:
        assert session.scalars(select(Person.email)).all() == [ADDRESS]


def test_a_legal_hold_stops_all_of_it_for_one_event(house: House) -> None:
    held, other = house.event(needs=["other"]), house.event()
    house.register(held, "Ana Novak", needs=("other",), sealed_needs=Vault(("n" * 40,)).seal({"other": "quiet"}))
    house.register(other, "Ben Weiss")
    house.clock.moment += timedelta(days=200)
    assert retain(house, legal_holds=(held,)) == {"contact": 1, "people": 1}
    assert (ADDRESS in kept(house), "weiss" in kept(house).lower()) == (True, False)


def test_parked_messages_and_the_log_go_too_and_nobody_else_may_shorten_the_log(house: House) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        uow.audit("registration.made", VISITOR, Subject("registration", new_id()))
        moments = dict.fromkeys(("sent_at", "received_at", "available_at", "parked_at"), uow.now)
        parked = {"id": new_id(), "topic": "x.v1", "aggregate_id": new_id(), "version": 1, "body": {"name": "Novak"}}
        uow.session.execute(INBOX.messages.insert().values(**parked, **moments, attempts=8, request_id="r"))
        uow.commit()
    house.clock.moment += timedelta(days=15)
    assert retain(house) == {"parked_received": 1}
    assert "Novak" not in kept(house)
    house.clock.moment += timedelta(days=1100)
    assert retain(house) == {"audit": 1}
    if house.database.engine.dialect.name == "postgresql":
        with house.database.unit_of_work(house.clock()) as uow, pytest.raises(Exception, match="append-only"):
            uow.session.execute(AUDIT.table.delete())


def test_a_file_goes_with_its_answer(house: House) -> None:
    event = house.event(questions=[a_question("cv", "file")])
    ana = house.register(event, "Ana Novak").registration_id
    with house.database.unit_of_work(house.clock()) as uow:
        file = AnswerFile(
            id=new_id(), registration_id=ana, name="cv.pdf", media_type="application/pdf", content=b"x", sent_at=uow.now
        )
        value = {"file_id": str(file.id), "name": "cv.pdf", "size": 1}
        answer = Answer(
            registration_id=ana, question="cv", event_id=event, value=value, search_key="", changed_at=uow.now
        )
        uow.session.add_all([file, answer])
        uow.commit()
    house.clock.moment += timedelta(days=200)
    retain(house)
    assert "cv.pdf" not in kept(house)


def test_what_was_written_beside_goes_as_well(house: House) -> None:
    event = house.event()
    ana = house.register(event, "Ana Novak").registration_id
    house.cancel(ana, ORGANISER, "her son rang up")
    with house.database.unit_of_work(house.clock()) as uow:
        make_link(uow, uow.session.get_one(Event, event), "Gundula", ORGANISER.account_id or new_id())
        uow.commit()
    assert all(word in kept(house) for word in ("her son rang up", "Gundula"))
    house.clock.moment += timedelta(days=200)
    assert retain(house) == {"contact": 1, "door_links": 1, "people": 1}
    assert not any(word in kept(house) for word in ("her son rang up", "Gundula"))
