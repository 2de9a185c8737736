"""Certificates as their tests use them: verdicts come in, documents come out."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from services.notifications.certificates import jobs, revoking
from services.notifications.certificates.issuing import TOGETHER, Issuer
from services.notifications.certificates.occasions import Occasion
from services.notifications.models import OUTBOX, Certificate, Earned
from shared.database import new_id
from shared.messages.registration import CertificateEarnedV1, CertificateLostV1
from shared.staff import Staff
from shared.testing import require
from tests.notifications.parts import Office, Someone, a_session, an_event

DORA = Staff(UUID(int=1), "Dora", "dora@verband.example", frozenset({"organiser"}))

AFTER = {"days": 100}
"""Turns the clock past the end of the events of these tests."""


def a_training(**changes: Any) -> dict[str, Any]:
    """An event whose hours earn a certificate, on 28 March 2027."""
    return an_event(certificate_rule={"share_of_hours": 0.8, "sessions": None}, **changes)


def two_days() -> list[dict[str, Any]]:
    return [a_session(28), a_session(29)]


def item(starts_at: datetime, title: str, *speakers: str, kind: str = "workshop") -> dict[str, Any]:
    """A programme item; speakers come from Agisra."""
    told = [{"name": name, "role": "", "organisation": "Agisra e. V."} for name in speakers]
    return {"starts_at": starts_at, "ends_at": None, "kind": kind, "title": {"de": title}, "speakers": told}


def earned_body(
    someone: Someone, event: dict[str, Any], *, revision: int = 1, minutes: dict[UUID, int] | None = None
) -> dict[str, Any]:
    """``minutes`` by session; all of every session unless it says otherwise."""
    whole = {
        session["session_id"]: int((session["ends_at"] - session["starts_at"]).total_seconds()) // 60
        for session in event["sessions"]
    }
    told = whole if minutes is None else minutes
    return {
        "earned_id": someone.registration_id,
        "series": None,
        "registration_id": someone.registration_id,
        "event_id": event["event_id"],
        "person_id": someone.person_id,
        "link_generation": someone.link_generation,
        "revision": revision,
        "first_name": someone.first_name,
        "last_name": someone.last_name,
        "email": someone.email,
        "organisation": "Agisra e. V.",
        "locale": someone.locale,
        "sessions": [
            {"event_id": event["event_id"], "session_id": session_id, "minutes": number}
            for session_id, number in told.items()
        ],
        "available_at": max(session["ends_at"] for session in event["sessions"]),
    }


def tell_earned(office: Office, someone: Someone, event: dict[str, Any], **more: Any) -> None:
    body = earned_body(someone, event, **more)
    complaint = office.complaint(office.hear(CertificateEarnedV1, someone.registration_id, body))
    assert complaint is None, complaint


def tell_lost(office: Office, someone: Someone, event: dict[str, Any], *, revision: int = 2) -> None:
    whose = {"earned_id": someone.registration_id, "series_id": None, "registration_id": someone.registration_id}
    body = {**whose, "event_id": event["event_id"], "revision": revision}
    complaint = office.complaint(office.hear(CertificateLostV1, someone.registration_id, body))
    assert complaint is None, complaint


def attend(office: Office, event: dict[str, Any], *people: Someone) -> None:
    """People who are confirmed at the event, which is published, and earn its certificate."""
    if event["event_id"] not in office.versions:
        office.publish(event)
    for someone in people:
        office.confirm(someone, event)
        tell_earned(office, someone, event)


def a_series(office: Office, someone: Someone, *, modules: int = 2) -> list[dict[str, Any]]:
    """Published modules of one series, in which the person has a seat; in March 2027, two days apart."""
    events: list[dict[str, Any]] = []
    for number in range(1, modules + 1):
        series = events[0]["series"] if events else an_event()["series"]
        event = an_event(series=series, module_number=number, sessions=[a_session(20 + 2 * number)])
        office.publish(event)
        office.confirm(replace(someone, registration_id=new_id()) if events else someone, event)
        events.append(event)
    return events


def whole_earned(
    office: Office, someone: Someone, events: Sequence[dict[str, Any]], earned_id: UUID, **changes: Any
) -> dict[str, Any]:
    """The body of a verdict on the whole series; the person is known by the registration for the first module."""
    ends = max(session["ends_at"] for event in events for session in event["sessions"])
    sessions = [part for event in events for part in earned_body(someone, event)["sessions"]]
    body = {**earned_body(someone, events[0]), "earned_id": earned_id, "series": events[0]["series"]}
    return {**body, "sessions": sessions, "available_at": ends, **changes}


def people(number: int) -> list[Someone]:
    return [Someone(f"Person{place:03}", "Muster", f"person{place}@verein.example") for place in range(number)]


def issuer(office: Office, lease: timedelta = timedelta(minutes=1), together: int = TOGETHER) -> Issuer:
    return Issuer(office.core.database, office.settings, office.clock, lease=lease, together=together)


def issue_what_is_due(office: Office) -> None:
    """What the worker does until nothing is left."""
    step = issuer(office).step
    while step():
        pass


def order(office: Office, event: dict[str, Any], *chosen: Someone) -> UUID:
    """An organiser's order, for all or for the chosen ones; the job's id."""
    ids = [someone.registration_id for someone in chosen] or None
    with office.core.database.unit_of_work(office.clock()) as uow:
        job = jobs.order(uow, Occasion("event", event["event_id"]), ids, DORA)
        uow.commit()
    return job.id


def progress(office: Office, job_id: UUID) -> jobs.Progress:
    with office.core.database.read() as session:
        return jobs.progress_of(session, job_id)


def revoke(office: Office, number: str, reason: str = "The name was wrong.") -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        revoking.revoke(uow, office.settings, number, reason, DORA)
        uow.commit()


def certificates(office: Office, of: Someone | None = None) -> list[Certificate]:
    """All that were ever issued, in the order of their numbers, with their documents."""
    query = select(Certificate).order_by(Certificate.year, Certificate.ordinal).options(undefer(Certificate.pdf))
    with office.core.database.read() as session:
        found = list(session.scalars(query))
    return [one for one in found if of is None or one.registration_id == of.registration_id]


def the_certificate(office: Office, of: Someone) -> Certificate:
    (found,) = certificates(office, of)
    return found


def verdict(office: Office, of: Someone) -> Earned:
    with office.core.database.read() as session:
        return session.get_one(Earned, of.registration_id)


def told(office: Office, topic: str = "") -> list[dict[str, Any]]:
    """The bodies of what was published about certificates, in order."""
    query = select(OUTBOX.c.topic, OUTBOX.c.body).order_by(OUTBOX.c.id)
    with office.core.database.read() as session:
        return [body for one, body in session.execute(query) if not topic or one == topic]


def count(office: Office, model: Any) -> int:
    with office.core.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def words_in(pdf: bytes) -> str:
    """The text of a document with each run of blanks as one."""
    require("poppler")
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    unseen = dict.fromkeys([0x200B, *range(0x2066, 0x206A)])
    return " ".join(run.stdout.decode().translate(unseen).split())
