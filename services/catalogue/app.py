"""The composition root of catalogue."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from services.catalogue import demo, publishing, second_factor, sign_ins
from services.catalogue.accounts import AccountDirectory
from services.catalogue.calendars import Calendars
from services.catalogue.first_account import ensure_first_account
from services.catalogue.handlers import HANDLERS
from services.catalogue.models import AUDIT, IDEMPOTENCY, INBOX, OUTBOX, metadata
from services.catalogue.settings import CatalogueSettings
from services.catalogue.web import (
    api,
    audit,
    embed,
    feeds,
    organise,
    organise_accounts,
    organise_calendar,
    organise_copying,
    organise_embed,
    organise_events,
    organise_questions,
    organise_series,
    organise_styleguide,
    organise_writing,
    own_account,
    pages,
    sign_in,
    subscribing,
)
from services.catalogue.web.kept_answers import KeptAnswers
from shared import migrations
from shared.clock import Clock, system_clock
from shared.composition import Core, make_core
from shared.idempotency import forget
from shared.messaging.outbox import Transport
from shared.retention import DAY_SECONDS, Rule, daily_step, rules_for_all
from shared.vault import Vault
from shared.web.app import make_app
from shared.web.service import Service
from shared.worker import Loop, Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PACKAGE = Path(__file__).parent
MIGRATIONS = PACKAGE / "migrations"

IDEMPOTENCY_KEYS_KEPT = timedelta(days=7)
FORGET_EVERY_SECONDS = 3600.0

PAGES = (
    pages,
    subscribing,
    embed,
    sign_in,
    audit,
    organise,
    organise_accounts,
    organise_calendar,
    organise_copying,
    organise_embed,
    organise_events,
    organise_questions,
    organise_series,
    organise_writing,
    own_account,
)

CatalogueCore = Core[CatalogueSettings]


def compose(settings: CatalogueSettings, *, clock: Clock = system_clock) -> CatalogueCore:
    return make_core(
        "catalogue",
        settings,
        settings.database_url,
        outbox_table=OUTBOX,
        inbox_tables=INBOX,
        audit_log=AUDIT,
        handlers=HANDLERS,
        clock=clock,
    )


def create_app(core: CatalogueCore) -> Flask:
    app = make_app(
        Service(
            name=core.name,
            settings=core.settings,
            database=core.database,
            staff=AccountDirectory(core.database),
            clock=core.clock,
            package=PACKAGE,
            pulse=core.pulse,
        ),
        front=partial(_kept_answers, core),
    )
    api.register(app)
    app.register_blueprint(feeds.make_feeds(Calendars(core.settings)))
    for module in PAGES:
        app.register_blueprint(module.bp)
    if core.settings.is_development:
        app.register_blueprint(organise_styleguide.bp)
    return app


def _kept_answers(core: CatalogueCore, app: "WSGIApplication") -> KeptAnswers:
    kept = KeptAnswers(app, core.clock)
    core.database.when_written(kept.forget)
    return kept


def create_worker(core: CatalogueCore, transport: Transport | None = None) -> Worker:
    """``transport`` is the in-process one; None means RabbitMQ."""
    forgetting = Loop("catalogue-forget-keys", lambda: _forget(core), every=FORGET_EVERY_SECONDS)
    retain = daily_step(core.database, retention_rules(core.settings), core.settings, core.clock)
    retaining = Loop("catalogue-retention", retain, every=DAY_SECONDS)
    return Worker([*core.messaging(transport), forgetting, retaining])


def retention_rules(settings: CatalogueSettings) -> list[Rule]:
    """Of participants catalogue knows nothing."""
    return rules_for_all(settings, INBOX.messages, OUTBOX, AUDIT.table)


def _forget(core: CatalogueCore) -> bool:
    now = core.clock()
    with core.database.unit_of_work(now) as uow:
        sign_ins.forget_old(uow)
        forget(uow.session, IDEMPOTENCY, now - IDEMPOTENCY_KEYS_KEPT)
        uow.commit()
    return False


def migrate(core: CatalogueCore) -> None:
    """Bring the database to the newest revision."""
    migrations.upgrade(core.database.engine, MIGRATIONS, metadata)


def prepare(core: CatalogueCore) -> list[str]:
    """Make the first account if there is none; lines that say how to sign in."""
    return ensure_first_account(core.database, core.settings, core.clock())


def load_demo(core: CatalogueCore) -> list[str]:
    """Load the demo programme into an empty catalogue; lines that say what was done."""
    return demo.load(core.database, core.settings.issuer, core.clock())


def renew_seals(core: CatalogueCore) -> int:
    """Encrypt second factors with the newest key; how many."""
    with core.database.unit_of_work(core.clock()) as uow:
        number = second_factor.renew_seals(uow, Vault(core.settings.second_factor_keys))
        uow.commit()
    return number


def republish(core: CatalogueCore) -> int:
    """Send all accounts and announced events again; how many."""
    with core.database.unit_of_work(core.clock()) as uow:
        number = publishing.republish(uow, core.settings.issuer)
        uow.commit()
    return number
