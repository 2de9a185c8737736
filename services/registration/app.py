"""The composition root: puts registration together from its settings."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from flask import Flask

from services.registration import retention
from services.registration.alignment import follow
from services.registration.demo import organisations, participants
from services.registration.desk import Desks
from services.registration.erasure import erase, known_people
from services.registration.figures import close_what_is_due
from services.registration.handlers import handlers_with
from services.registration.holidays import keep_holidays
from services.registration.limits import forget
from services.registration.models import AUDIT, INBOX, OUTBOX, STAFF, THE_PERSON, metadata
from services.registration.outward import Outward
from services.registration.privacy.notices import keep_notices
from services.registration.schedule import LOOK_EVERY_SECONDS, see_to_what_is_due
from services.registration.serving import serve
from services.registration.settings import RegistrationSettings
from services.registration.web import (
    address,
    audit,
    check_in,
    my,
    my_answers,
    my_data,
    my_details,
    my_enrolment,
    my_erasure,
    my_feedback,
    my_here,
    my_joining,
    my_modules,
    my_party,
    my_transfer,
    organise,
    organise_consents,
    organise_funders,
    organise_organisations,
    organise_privacy,
    organise_processors,
    organise_requests,
    organise_series,
    organise_statistics,
    organise_upcoming,
    organise_webhooks,
    party,
    party_address,
    privacy_notice,
    register,
    register_series,
    series_address,
)
from services.registration.web.api import register_api
from services.registration.web.desks import set_up_desks
from services.registration.webhook_delivery import Courier
from services.registration.webhooks import forget_deliveries, lay_out
from shared import migrations
from shared.audit import by_command
from shared.clock import Clock, system_clock
from shared.composition import Core, make_core
from shared.messaging.outbox import Transport
from shared.retention import DAY_SECONDS, daily_step
from shared.staff import ProjectedStaff
from shared.vault import Vault
from shared.web.app import make_app
from shared.web.service import Service
from shared.worker import Loop, Worker

PACKAGE = Path(__file__).parent
FORGET_EVERY_SECONDS = 3600.0
FOLLOW_EVERY_SECONDS = 60.0
HOLIDAYS_EVERY_SECONDS = 86_400.0
CLOSE_EVERY_SECONDS = 3600.0

RegistrationCore = Core[RegistrationSettings]


def compose(settings: RegistrationSettings, *, clock: Clock = system_clock) -> RegistrationCore:
    return make_core(
        "registration",
        settings,
        settings.database_url,
        outbox_table=OUTBOX,
        inbox_tables=INBOX,
        audit_log=AUDIT,
        handlers=handlers_with(settings),
        clock=clock,
    )


def create_app(core: RegistrationCore) -> Flask:
    app = make_app(
        Service(
            name=core.name,
            settings=core.settings,
            database=core.database,
            staff=ProjectedStaff(core.database, STAFF),
            clock=core.clock,
            package=PACKAGE,
            pulse=core.pulse,
        )
    )
    set_up_desks(app, Desks(partial(serve, core.database, core.clock), most_waiting=core.settings.desk_waiting))
    register_api(app)
    registering = (register, party, party_address, address, register_series, series_address, privacy_notice)
    own = (
        my,
        my_answers,
        my_data,
        my_details,
        my_enrolment,
        my_erasure,
        my_feedback,
        my_here,
        my_joining,
        my_modules,
        my_party,
        my_transfer,
    )
    organising = (
        organise,
        organise_consents,
        organise_funders,
        organise_organisations,
        organise_privacy,
        organise_processors,
        organise_requests,
        organise_series,
        organise_statistics,
        organise_upcoming,
        organise_webhooks,
    )
    for pages in (*registering, *own, audit, check_in, *organising):
        app.register_blueprint(pages.bp)
    return app


def create_worker(core: RegistrationCore, transport: Transport | None = None) -> Worker:
    """``transport`` None means RabbitMQ."""

    def forget_what_is_old() -> bool:
        with core.database.unit_of_work(core.clock()) as uow:
            forget(uow)
            forget_deliveries(uow)
            uow.commit()
        return False

    def follow_directory() -> bool:
        follow(core.database, core.clock())
        return False

    def renew_holidays() -> bool:
        with core.database.unit_of_work(core.clock()) as uow:
            keep_holidays(uow, core.settings.holidays)
            uow.commit()
        return False

    def write_notices() -> bool:
        with core.database.unit_of_work(core.clock()) as uow:
            keep_notices(uow, core.settings)
            uow.commit()
        return False

    def see_to_seats() -> bool:
        return see_to_what_is_due(core.database, core.clock)

    retaining = daily_step(core.database, retention.rules(core.settings), core.settings, core.clock)

    def close_events() -> bool:
        with core.database.unit_of_work(core.clock()) as uow:
            is_more = close_what_is_due(uow)
            uow.commit()
        return is_more

    outward = Outward(core.settings.webhook_networks)
    courier = Courier(core.database, outward, Vault(core.settings.needs_keys), core.clock)
    delivering = Loop("registration-webhooks", courier.step)
    core.wakeup.subscribe("webhooks", delivering.wake)
    loops = [
        delivering,
        Loop("registration-forget-old", forget_what_is_old, every=FORGET_EVERY_SECONDS),
        Loop("registration-organisations", follow_directory, every=FOLLOW_EVERY_SECONDS),
        Loop("registration-holidays", renew_holidays, every=HOLIDAYS_EVERY_SECONDS),
        Loop("registration-notices", write_notices, every=DAY_SECONDS),
        Loop("registration-retention", retaining, every=DAY_SECONDS),
        Loop("registration-statistics", close_events, every=CLOSE_EVERY_SECONDS),
        Loop("registration-schedule", see_to_seats, every=LOOK_EVERY_SECONDS),
    ]
    return Worker([*core.messaging(transport, lay_out), *loops])


def migrate(core: RegistrationCore) -> None:
    migrations.upgrade(core.database.engine, PACKAGE / "migrations", metadata)


def reapply_erasures(core: RegistrationCore, ids: Sequence[UUID]) -> int:
    """Erase once more those of the people who are known; how many."""
    known = 0
    for person_id in ids:
        with core.database.unit_of_work(core.clock()) as uow:
            for person in known_people(uow.session, [person_id]):
                erase(uow, person, core.settings, THE_PERSON, by_command("reapply-erasures"))
                known += 1
            uow.commit()
    return known


def load_demo(core: RegistrationCore) -> list[str]:
    """Load the demo's organisations and people, each where there are none yet; lines that say what was done.

    The demo's programme must be known here already for its people to come to it.
    """
    return [*organisations.load(core.database, core.clock), *participants.load(core.database)]
