"""Certificates: how many one worker issues for an organiser's order, beside typst setting the same pages alone."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import typst

from benchmarks.mails import confirmations, environment, message
from benchmarks.registrations import new_database_name
from benchmarks.rows import Row
from benchmarks.statements import counted
from services.notifications import app as notifications
from services.notifications.certificates import jobs
from services.notifications.certificates.issuing import Issuer
from services.notifications.certificates.occasions import Occasion
from services.notifications.settings import NotificationsSettings
from shared.clock import system_clock
from shared.database import new_id
from shared.messages.base import Envelope as Message
from shared.staff import Staff
from shared.testing import postgresql_database
from tests.contracts import samples

CERTIFICATES = 300
ORGANISER = Staff(UUID(int=1), "Dora", "dora@verband.example", frozenset({"organiser"}))


def issued_and_stored(_folder: Path) -> Iterator[Row]:
    """An order for a whole event, unsigned, one certificate after the other in one process."""
    compiled: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    bare_compile = typst.compile

    def remembering(*args: Any, **options: Any) -> Any:
        compiled.append((args, options))
        return bare_compile(*args, **options)

    with postgresql_database(new_database_name()) as url:
        core = notifications.compose(NotificationsSettings.from_environment(environment(url)))
        notifications.migrate(core)
        issuer = Issuer(core.database, core.settings, core.clock)
        job_id = _ordered(core, confirmations(CERTIFICATES + 1))
        issuer.step()  # the fonts are read and the pages begun with
        with counted(core.database) as statements, patch("typst.compile", remembering):
            began = time.perf_counter()
            while issuer.step():
                pass
            ours = CERTIFICATES / (time.perf_counter() - began)
        with core.database.read() as session:
            issued = jobs.progress_of(session, job_id).issued
        core.close()
    bare = _bare(compiled)
    yield Row(
        "certificates, unsigned, issued by one worker",
        f"{ours:.0f} a second",
        "≥ 0.7",
        statements=f"{len(statements) / CERTIFICATES:.1f} for 1",
        limit=f"typst, the same pages: {bare:.0f}",
        ratio=f"**{ours / bare:.3f}**",
        unexpected={} if issued == CERTIFICATES + 1 else {"certificates": issued},
    )


def _ordered(core: notifications.NotificationsCore, told: list[Message]) -> UUID:
    """Everybody who was confirmed has earned a certificate, and an organiser orders them; the job's id."""
    event, *seats = told
    core.inbox.store(told)
    core.inbox.store([_earned(event, seat) for seat in seats])
    while core.inbox.step():
        pass
    with core.database.unit_of_work(system_clock()) as uow:
        job = jobs.order(uow, Occasion("event", event.aggregate_id), None, ORGANISER)
        uow.commit()
    return job.id


def _earned(event: Message, seat: Message) -> Message:
    sample = samples.sample("certificate.earned.v1")
    ids = {key: seat.body[key] for key in ("registration_id", "event_id", "person_id", "email")}
    [session] = event.body["sessions"]
    attended = [{"event_id": ids["event_id"], "session_id": session["session_id"], "minutes": 360}]
    verdict = {"earned_id": ids["registration_id"], "sessions": attended, "available_at": session["ends_at"]}
    return message(sample, new_id(), {**sample.body, **ids, **verdict})


def _bare(compiled: list[tuple[tuple[Any, ...], dict[str, Any]]]) -> float:
    """Documents a second."""
    began = time.perf_counter()
    for args, options in compiled:
        typst.compile(*args, **options)
    return len(compiled) / (time.perf_counter() - began)
