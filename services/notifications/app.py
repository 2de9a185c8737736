"""The composition root of notifications."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from services.notifications import retention
from services.notifications.certificates import announcing
from services.notifications.certificates.issuing import Issuer
from services.notifications.circulars.writer import CircularWriter
from services.notifications.event_changes import Teller
from services.notifications.handlers import PREPARATIONS, handlers_with
from services.notifications.mailing import oldest_queued
from services.notifications.models import AUDIT, IDEMPOTENCY, INBOX, OUTBOX, STAFF, metadata
from services.notifications.reminders.writer import ReminderWriter
from services.notifications.replies.polling import Poller
from services.notifications.sending import Sender
from services.notifications.settings import NotificationsSettings
from services.notifications.transport import MailTransport
from services.notifications.transport.files import FileTransport
from services.notifications.transport.smtp import SmtpTransport
from services.notifications.web import (
    api,
    audit,
    calendars,
    certificate_room,
    certificate_template,
    certificates,
    circulars,
    designs,
    mail_room,
    mailbox,
    mails,
    my_mails,
    reminders,
    replies,
    unsubscribe,
    upcoming,
    wordings,
)
from shared import migrations
from shared.clock import Clock, system_clock
from shared.composition import Core, make_core
from shared.idempotency import forget
from shared.logs import get_logger
from shared.messaging.outbox import Transport
from shared.retention import DAY_SECONDS, daily_step
from shared.staff import ProjectedStaff
from shared.web.app import make_app
from shared.web.service import Service
from shared.worker import Loop, Worker

log = get_logger(__name__)

PACKAGE = Path(__file__).parent
MIGRATIONS = PACKAGE / "migrations"
MOST_TOGETHER = 32
"""Messages handled in one transaction: nobody waits for a page while they are."""

IDEMPOTENCY_KEYS_KEPT = timedelta(days=7)
FORGET_EVERY_SECONDS = 3600.0

_PAGES = (
    audit.bp,
    calendars.bp,
    mailbox.bp,
    mail_room.bp,
    mails.bp,
    my_mails.bp,
    replies.bp,
    upcoming.bp,
    circulars.bp,
    reminders.bp,
    unsubscribe.bp,
    wordings.bp,
    certificates.bp,
    certificate_room.bp,
    certificate_template.bp,
    designs.bp,
)

NotificationsCore = Core[NotificationsSettings]


def compose(settings: NotificationsSettings, *, clock: Clock = system_clock) -> NotificationsCore:
    return make_core(
        "notifications",
        settings,
        settings.database_url,
        outbox_table=OUTBOX,
        inbox_tables=INBOX,
        audit_log=AUDIT,
        handlers=handlers_with(settings),
        clock=clock,
        most_together=MOST_TOGETHER,
        preparations=PREPARATIONS,
    )


def create_app(core: NotificationsCore) -> Flask:
    app = make_app(
        Service(
            name=core.name,
            settings=core.settings,
            database=core.database,
            staff=ProjectedStaff(core.database, STAFF),
            clock=core.clock,
            package=PACKAGE,
            pulse=lambda: _pulse(core),
        )
    )
    api.register(app)
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    return app


def _pulse(core: NotificationsCore) -> dict[str, Any]:
    with core.database.read() as session:
        oldest = oldest_queued(session)
    age = round((core.clock() - oldest).total_seconds(), 1) if oldest else None
    return {**core.pulse(), "oldest_mail_seconds": age}


def create_worker(core: NotificationsCore, transport: Transport | None = None) -> Worker:
    """``transport`` is the in-process one for messages; None means RabbitMQ."""
    transport_of_mails = mail_transport(core.settings)
    sending = Loop("notifications-mails", Sender(core.database, transport_of_mails, core.settings, core.clock).step)
    core.wakeup.subscribe("mails", sending.wake)
    issuing = Loop("notifications-certificates", Issuer(core.database, core.settings, core.clock).step)
    core.wakeup.subscribe("certificates", issuing.wake)
    writing = Loop("notifications-circulars", CircularWriter(core.database, core.settings, core.clock).step)
    core.wakeup.subscribe("circulars", writing.wake)
    reminding = Loop("notifications-reminders", ReminderWriter(core.database, core.settings, core.clock).step)
    telling = Loop("notifications-changes", Teller(core.database, core.settings, core.clock).step)
    core.wakeup.subscribe("changes", telling.wake)
    forgetting = Loop("notifications-forget-keys", lambda: _forget(core), every=FORGET_EVERY_SECONDS)
    retain = daily_step(core.database, retention.rules(core.settings), core.settings, core.clock)
    retaining = Loop("notifications-retention", retain, every=DAY_SECONDS)
    loops = [
        sending,
        issuing,
        writing,
        reminding,
        telling,
        forgetting,
        retaining,
        *_forgetting_files(core),
        *_polling(core),
    ]
    return Worker([*core.messaging(transport), *loops], close=[transport_of_mails.close])


def _forgetting_files(core: NotificationsCore) -> list[Loop]:
    """Files of mails go soon after the mails themselves, where mails become files."""
    if core.settings.smtp is not None:
        return []

    def delete() -> bool:
        retention.delete_files(core.database, mail_folder(core.settings))
        return False

    deleting = Loop("notifications-mail-files", delete, every=DAY_SECONDS)
    core.wakeup.subscribe("mail_files", deleting.wake)
    return [deleting]


def _polling(core: NotificationsCore) -> list[Loop]:
    """A look into the mailbox now and then, where there is one."""
    settings = core.settings
    if settings.imap is None:
        return []
    poller = Poller(core.database, settings, settings.imap, core.clock)
    return [Loop("notifications-replies", poller.step, every=settings.imap_seconds)]


def _forget(core: NotificationsCore) -> bool:
    now = core.clock()
    with core.database.unit_of_work(now) as uow:
        forget(uow.session, IDEMPOTENCY, now - IDEMPOTENCY_KEYS_KEPT)
        uow.commit()
    return False


def mail_folder(settings: NotificationsSettings) -> Path:
    return settings.data_dir / "mail"


def mail_transport(settings: NotificationsSettings) -> MailTransport:
    """SMTP where a server is set, otherwise files in ``<data_dir>/mail``."""
    if settings.smtp is None:
        folder = mail_folder(settings)
        if not settings.is_development:
            log.warning("mails_become_files", folder=str(folder), because="REIHE_SMTP_URL is empty")
        return FileTransport(folder)
    own_name = urlsplit(settings.base_url).hostname or "localhost"
    return SmtpTransport(settings.smtp, timeout=settings.smtp_timeout, own_name=own_name)


def migrate(core: NotificationsCore) -> None:
    """Bring the database to the newest revision."""
    migrations.upgrade(core.database.engine, MIGRATIONS, metadata)


def republish(core: NotificationsCore) -> int:
    """Tell all certificates again; how many."""
    with core.database.unit_of_work(core.clock()) as uow:
        number = announcing.republish(uow)
        uow.commit()
    return number
