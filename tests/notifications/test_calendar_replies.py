"""What calendars answer is kept beside the registration if it can be believed; otherwise it waits for an organiser."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.notifications.models import OUTBOX, Invitation, Mail, Reply
from services.notifications.replies import deciding
from services.notifications.replies.intake import Outcome, take_in
from shared.database import new_id
from shared.errors import ConflictError
from shared.staff import Staff
from tests.notifications.parts import Office, a_session, alice, an_event, bob
from tests.notifications.reply_mails import PROGRAMS, STAMP, ReplyMail

OURS = "mx.verband.example"
DORA = Staff(new_id(), "Dora", "", frozenset({"organiser"}), epoch=1)


def invite(office: Office, **changes: Any) -> dict[str, Any]:
    """An event at which Alice has a seat."""
    event = an_event(**{"on_declined": "ask", **changes})
    office.publish(event)
    office.confirm(alice_herself, event)
    return event


alice_herself = alice()


def invitation(office: Office, number: int = 0) -> Invitation:
    with office.core.database.read() as session:
        return list(session.scalars(select(Invitation).order_by(Invitation.created_at, Invitation.id)))[number]


def hear(office: Office, mail: ReplyMail, **settings: Any) -> Outcome:
    """The mail comes in."""
    for name, value in settings.items():
        object.__setattr__(office.settings, name, value)
    with office.core.database.unit_of_work(office.clock()) as uow:
        outcome = take_in(uow, office.settings, bytes(mail))
        uow.commit()
    return outcome


def reply_to(office: Office, session: int = 0, /, **changes: Any) -> ReplyMail:
    row = invitation(office, session)
    return ReplyMail(uid=row.uid, sequence=row.sequence).but(**changes)


def replies(office: Office) -> list[Reply]:
    with office.core.database.read() as session:
        return list(session.scalars(select(Reply).order_by(Reply.id)))


def told(office: Office, topic: str) -> list[dict[str, Any]]:
    with office.core.database.read() as session:
        rows = session.execute(select(OUTBOX).where(OUTBOX.c.topic == topic).order_by(OUTBOX.c.created_at, OUTBOX.c.id))
        return [row.body for row in rows]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_is_kept_and_told(sqlite_office: Office, program: str) -> None:
    event = invite(sqlite_office)
    assert hear(sqlite_office, reply_to(sqlite_office, program=program)) is Outcome.TAKEN
    row = invitation(sqlite_office)
    assert (row.answer, row.answered_sequence, row.answered_at) == ("accepted", 0, STAMP)
    (body,) = told(sqlite_office, "invitation.answered.v1")
    assert body["answer"] == "accepted"
    assert body["registration_id"] == str(alice_herself.registration_id)
    assert body["session_id"] == str(event["sessions"][0]["session_id"])


def test_the_same_mail_twice_changes_nothing(office: Office) -> None:
    invite(office)
    mail = reply_to(office, partstat="DECLINED")
    hear(office, mail)
    assert hear(office, mail) is Outcome.KNOWN
    assert len(replies(office)) == len(told(office, "invitation.answered.v1")) == 1
    assert len(office.mails(kind="declined_in_calendar")) == 1


def test_the_newer_answer_holds_in_whichever_order_they_arrive(sqlite_office: Office) -> None:
    invite(sqlite_office)
    later: Any = {"stamp": STAMP + timedelta(minutes=1), "message_id": "<2@x.example>"}
    hear(sqlite_office, reply_to(sqlite_office, partstat="TENTATIVE", **later))
    assert hear(sqlite_office, reply_to(sqlite_office)) is Outcome.WAITING
    assert invitation(sqlite_office).answer == "tentative"
    assert replies(sqlite_office)[-1].reason == "older_answer"


def test_an_answer_to_an_earlier_version_waits(sqlite_office: Office) -> None:
    event = invite(sqlite_office)
    early = reply_to(sqlite_office)
    sqlite_office.change(event, sessions=[{**event["sessions"][0], **_moved(event)}])
    assert hear(sqlite_office, early) is Outcome.WAITING
    assert replies(sqlite_office)[0].reason == "older_invitation"
    assert invitation(sqlite_office).answer is None


def _moved(event: dict[str, Any]) -> dict[str, Any]:
    session = event["sessions"][0]
    return {"starts_at": session["starts_at"] + timedelta(days=7), "ends_at": session["ends_at"] + timedelta(days=7)}


def test_an_answer_is_forgotten_when_the_session_moves(office: Office) -> None:
    event = invite(office)
    hear(office, reply_to(office))
    office.change(event, sessions=[{**event["sessions"][0], **_moved(event)}])
    assert invitation(office).answer is None
    assert [body["answer"] for body in told(office, "invitation.answered.v1")] == ["accepted", None]
    assert hear(office, reply_to(office, message_id="<2@x.example>", partstat="DECLINED")) is Outcome.TAKEN
    assert invitation(office).answer == "declined"


def test_an_answer_stays_when_only_the_place_changes(sqlite_office: Office) -> None:
    event = invite(sqlite_office)
    hear(sqlite_office, reply_to(sqlite_office))
    sqlite_office.change(event, venue={**event["venue"], "room": "Saal 3"})
    assert invitation(sqlite_office).sequence == 1
    assert invitation(sqlite_office).answer == "accepted"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"address": "eve@verein.example"}, "other_attendee"),
        ({"sender": "eve@verein.example"}, "other_sender"),
        ({"method": "COUNTER"}, "counter"),
        ({"partstat": "DELEGATED", "more": ';DELEGATED-TO="mailto:bob@verein.example"'}, "delegation"),
        ({"uid": "r-00000000-0000-4000-8000-000000000000@reihe.example"}, "unknown_invitation"),
        ({"partstat": "NEEDS-ACTION"}, "unreadable"),
    ],
)
def test_what_is_not_plain_waits_for_an_organiser(sqlite_office: Office, changes: dict[str, str], reason: str) -> None:
    invite(sqlite_office)
    assert hear(sqlite_office, reply_to(sqlite_office, **changes)) is Outcome.WAITING
    assert invitation(sqlite_office).answer is None
    assert [(reply.state, reply.reason) for reply in replies(sqlite_office)] == [("waiting", reason)]
    assert told(sqlite_office, "invitation.answered.v1") == []


def test_what_is_answered_to_invitations_of_others_is_left_to_people(sqlite_office: Office) -> None:
    invite(sqlite_office)
    assert hear(sqlite_office, ReplyMail(uid="040000008200E00074C5B7101A82E008")) is Outcome.NOT_FOR_US
    assert hear(sqlite_office, ReplyMail(method="REQUEST")) is Outcome.NOT_FOR_US
    assert replies(sqlite_office) == []


@pytest.mark.parametrize(("domain", "outcome"), [("verein.example", Outcome.TAKEN), ("eve.example", Outcome.WAITING)])
def test_our_mail_server_has_a_say_where_it_is_named(sqlite_office: Office, domain: str, outcome: Outcome) -> None:
    invite(sqlite_office)
    results = {"Authentication-Results": f"{OURS}; dkim=pass header.d={domain}"}
    assert hear(sqlite_office, reply_to(sqlite_office, headers=results), imap_authserv_id=OURS) is outcome


def test_a_calendar_that_tidies_up_after_a_cancelled_place_bothers_nobody(sqlite_office: Office) -> None:
    event = invite(sqlite_office)
    sqlite_office.give_up(alice_herself, event)
    assert hear(sqlite_office, reply_to(sqlite_office, partstat="DECLINED")) is Outcome.TAKEN
    assert replies(sqlite_office)[0].reason == "withdrawn"
    assert invitation(sqlite_office).answer is None


def test_who_comes_again_is_asked_anew(sqlite_office: Office) -> None:
    event = invite(sqlite_office)
    hear(sqlite_office, reply_to(sqlite_office, partstat="DECLINED"))
    sqlite_office.give_up(alice_herself, event)
    sqlite_office.confirm(alice_herself.again(), event)
    assert invitation(sqlite_office).answer is None


# --- what a declined invitation leads to ----------------------------------------


def _asked(office: Office) -> list[Mail]:
    return office.mails(kind="declined_in_calendar")


def test_a_decline_is_only_noted_where_the_event_says_so(sqlite_office: Office) -> None:
    invite(sqlite_office, on_declined="note")
    hear(sqlite_office, reply_to(sqlite_office, partstat="DECLINED"))
    assert invitation(sqlite_office).answer == "declined"
    assert _asked(sqlite_office) == []
    assert told(sqlite_office, "place.declined.v1") == []


def test_whoever_declines_is_asked_with_a_link_to_cancel(sqlite_office: Office) -> None:
    invite(sqlite_office)
    hear(sqlite_office, reply_to(sqlite_office, partstat="DECLINED"))
    (mail,) = _asked(sqlite_office)
    assert mail.to_email == "alice@verein.example"
    assert f"/registrations/{alice_herself.registration_id}/cancel" in mail.text
    assert mail.calendars == []
    assert told(sqlite_office, "place.declined.v1") == []


def test_a_place_is_given_up_where_the_event_says_so(office: Office) -> None:
    event = invite(office, on_declined="cancel")
    hear(office, reply_to(office, partstat="DECLINED"))
    (body,) = told(office, "place.declined.v1")
    assert body["registration_id"] == str(alice_herself.registration_id)
    assert body["event_id"] == str(event["event_id"])
    assert _asked(office) == []


def test_who_declines_one_of_several_sessions_is_asked_and_the_place_goes_with_the_last(sqlite_office: Office) -> None:
    invite(sqlite_office, on_declined="cancel", sessions=[a_session(27), a_session(28)])
    hear(sqlite_office, reply_to(sqlite_office, 0, partstat="DECLINED"))
    assert len(_asked(sqlite_office)) == 1
    assert told(sqlite_office, "place.declined.v1") == []
    hear(sqlite_office, reply_to(sqlite_office, 1, partstat="DECLINED", message_id="<2@x.example>"))
    assert len(_asked(sqlite_office)) == 1
    assert len(told(sqlite_office, "place.declined.v1")) == 1


def test_nobody_is_asked_twice_about_the_sessions_of_one_event(sqlite_office: Office) -> None:
    invite(sqlite_office, sessions=[a_session(27), a_session(28)])
    hear(sqlite_office, reply_to(sqlite_office, 0, partstat="DECLINED"))
    hear(sqlite_office, reply_to(sqlite_office, 1, partstat="DECLINED", message_id="<2@x.example>"))
    assert len(_asked(sqlite_office)) == 1


def test_one_address_that_stands_for_two_people_cancels_nobodys_place_by_itself(sqlite_office: Office) -> None:
    event = invite(sqlite_office, on_declined="cancel")
    sqlite_office.confirm(alice_herself.again(), event)
    hear(sqlite_office, reply_to(sqlite_office, partstat="DECLINED"))
    assert told(sqlite_office, "place.declined.v1") == []
    assert len(_asked(sqlite_office)) == 1


def test_a_machine_that_answers_of_itself_gets_no_mail(sqlite_office: Office) -> None:
    invite(sqlite_office)
    automatic = {"Auto-Submitted": "auto-replied"}
    hear(sqlite_office, reply_to(sqlite_office, partstat="DECLINED", headers=automatic))
    assert invitation(sqlite_office).answer == "declined"
    assert _asked(sqlite_office) == []


# --- what organisers decide -------------------------------------------------------


def _decide(office: Office, what: Any, reply_id: UUID) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        if what is deciding.release:
            deciding.release(uow, office.settings, reply_id, DORA)
        else:
            deciding.discard(uow, reply_id, DORA)
        uow.commit()


def test_an_organiser_who_knows_better_lets_an_answer_count(office: Office) -> None:
    invite(office)
    hear(office, reply_to(office, partstat="DECLINED", sender="alice@private.example"))
    (reply,) = replies(office)
    _decide(office, deciding.release, reply.id)
    assert invitation(office).answer == "declined"
    assert len(_asked(office)) == 1
    assert replies(office)[0].state == "released"
    with pytest.raises(ConflictError, match="reply_decided"):
        _decide(office, deciding.discard, reply.id)


def test_what_is_set_aside_changes_nothing_and_is_blanked(sqlite_office: Office) -> None:
    invite(sqlite_office)
    hear(sqlite_office, reply_to(sqlite_office, program="exchange", sender="eve@private.example"))
    _decide(sqlite_office, deciding.discard, replies(sqlite_office)[0].id)
    (reply,) = replies(sqlite_office)
    assert (reply.state, reply.sender, reply.comment, reply.attendee) == ("discarded", "", "", "")
    assert invitation(sqlite_office).answer is None


@pytest.mark.parametrize(
    "changes", [{"method": "COUNTER"}, {"uid": "r-00000000-0000-4000-8000-000000000000@reihe.example"}]
)
def test_what_is_no_answer_to_a_known_invitation_cannot_count(sqlite_office: Office, changes: dict[str, str]) -> None:
    invite(sqlite_office)
    hear(sqlite_office, reply_to(sqlite_office, **changes))
    with pytest.raises(ConflictError, match="reply_cannot_count"):
        _decide(sqlite_office, deciding.release, replies(sqlite_office)[0].id)


def test_only_replies_about_one_event_are_listed_for_it(sqlite_office: Office) -> None:
    event = invite(sqlite_office)
    hear(sqlite_office, reply_to(sqlite_office, sender="eve@private.example"))
    other = an_event()
    sqlite_office.publish(other)
    sqlite_office.confirm(bob(), other)
    with sqlite_office.core.database.read() as session:
        assert deciding.count_waiting(session) == deciding.count_waiting(session, event["event_id"]) == 1
        assert deciding.count_waiting(session, other["event_id"]) == 0
        assert deciding.list_waiting(session, event_id=other["event_id"]).items == []
