"""The tables of notifications."""

import sqlalchemy as sa
from alembic import op

import shared.audit
import shared.database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("author_kind", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("changes", shared.database.JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_log_author",
            ["author_id", "id"],
            unique=False,
            postgresql_where=sa.text("author_kind = 'account'"),
            sqlite_where=sa.text("author_kind = 'account'"),
        )
        batch_op.create_index("ix_audit_log_event", ["event_id", "id"], unique=False)
        batch_op.create_index("ix_audit_log_subject", ["subject_id", "id"], unique=False)

    shared.audit.make_append_only(op.get_bind())

    op.create_table(
        "certificate_job_items",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("job_id", "registration_id", name=op.f("pk_certificate_job_items")),
    )
    with op.batch_alter_table("certificate_job_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_certificate_job_items_open",
            ["registration_id"],
            unique=False,
            postgresql_where=sa.text("outcome IS NULL"),
            sqlite_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "certificate_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_jobs")),
    )
    with op.batch_alter_table("certificate_jobs", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_jobs_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index("ix_certificate_jobs_series_id_id", ["series_id", "id"], unique=False)

    op.create_table(
        "certificate_numbers",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_certificate_numbers")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("earned_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("teaching_units", sa.Double(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("name_masked", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("year", "ordinal", name=op.f("uq_certificates_year_ordinal")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index("ix_certificates_digest", ["digest"], unique=False)
        batch_op.create_index("ix_certificates_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index("ix_certificates_earned_id_id", ["earned_id", "id"], unique=False)
        batch_op.create_index("ix_certificates_series_id_id", ["series_id", "id"], unique=False)
        batch_op.create_index("ix_certificates_registration_id_id", ["registration_id", "id"], unique=False)
        batch_op.create_index(
            "uq_certificates_valid",
            ["earned_id"],
            unique=True,
            postgresql_where=sa.text("state = 'valid'"),
            sqlite_where=sa.text("state = 'valid'"),
        )

    op.create_table(
        "certificate_designs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("signatory_role", sa.Text(), nullable=False),
        sa.Column("logo_line", sa.Text(), nullable=False),
        sa.Column("text", shared.database.JsonValue, nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_designs")),
    )
    op.create_table(
        "circular_recipients",
        sa.Column("circular_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("circular_id", "registration_id", name=op.f("pk_circular_recipients")),
    )
    with op.batch_alter_table("circular_recipients", schema=None) as batch_op:
        batch_op.create_index(
            "ix_circular_recipients_waiting",
            ["circular_id"],
            unique=False,
            postgresql_where=sa.text("outcome IS NULL"),
            sqlite_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "circulars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subject", shared.database.JsonValue, nullable=False),
        sa.Column("text", shared.database.JsonValue, nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("states", shared.database.JsonValue, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ordered_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulars")),
    )
    with op.batch_alter_table("circulars", schema=None) as batch_op:
        batch_op.create_index("ix_circulars_event_id_id", ["event_id", "id"], unique=False)

    op.create_table(
        "domain_paces",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("minute", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_paces")),
    )
    op.create_table(
        "earned_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("series_title", shared.database.JsonValue, nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sessions", shared.database.JsonValue, nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ordered_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sort_key", sa.String(length=120), nullable=False),
        sa.Column("failure", shared.database.JsonValue, nullable=True),
        sa.Column("claimed_until", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earned_certificates")),
    )
    with op.batch_alter_table("earned_certificates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_earned_certificates_series_id_sort_key_id", ["series_id", "sort_key", "id"], unique=False
        )
        batch_op.create_index(
            "ix_earned_certificates_event_id_sort_key_id", ["event_id", "sort_key", "id"], unique=False
        )
        batch_op.create_index(
            "ix_earned_certificates_to_be_issued",
            ["available_at"],
            unique=False,
            postgresql_where=sa.text("state = 'earned'"),
            sqlite_where=sa.text("state = 'earned'"),
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", shared.database.JsonValue, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("starts_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("city", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=True),
        sa.Column("snapshot", shared.database.JsonValue, nullable=False),
        sa.Column("reason", shared.database.JsonValue, nullable=True),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tell_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_series_id", ["series_id"], unique=False)
        batch_op.create_index(
            "ix_events_to_be_told",
            ["tell_at"],
            unique=False,
            postgresql_where=sa.text("tell_at IS NOT NULL"),
            sqlite_where=sa.text("tell_at IS NOT NULL"),
        )

    op.create_table(
        "forgotten",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten")),
    )
    op.create_table(
        "former_snapshots",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", shared.database.JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "version", name=op.f("pk_former_snapshots")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", shared.database.JsonValue, nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("sent_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handled_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("parked_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_handled_at", ["handled_at"], unique=False)
        batch_op.create_index(
            "ix_inbox_open",
            ["available_at", "id"],
            unique=False,
            postgresql_where=sa.text("handled_at IS NULL AND parked_at IS NULL"),
            sqlite_where=sa.text("handled_at IS NULL AND parked_at IS NULL"),
        )
        batch_op.create_index(
            "ix_inbox_parked",
            ["id"],
            unique=False,
            postgresql_where=sa.text("parked_at IS NOT NULL"),
            sqlite_where=sa.text("parked_at IS NOT NULL"),
        )

    op.create_table(
        "inbox_versions",
        sa.Column("aggregate", sa.String(length=40), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("aggregate", "aggregate_id", name=op.f("pk_inbox_versions")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("mailed_as", sa.String(length=12), nullable=False),
        sa.Column("facts", shared.database.JsonValue, nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("answered_sequence", sa.Integer(), nullable=True),
        sa.Column("answered_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("person_id", "session_id", name=op.f("uq_invitations_person_id_session_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_invitations_uid")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_event_id"), ["event_id"], unique=False)

    op.create_table(
        "mail_modules",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("mail_id", "event_id", name=op.f("pk_mail_modules")),
    )
    with op.batch_alter_table("mail_modules", schema=None) as batch_op:
        batch_op.create_index("ix_mail_modules_event_id_mail_id", ["event_id", "mail_id"], unique=False)
        batch_op.create_index("ix_mail_modules_registration_id_mail_id", ["registration_id", "mail_id"], unique=False)

    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("name", name=op.f("uq_mailboxes_name")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("circular_id", sa.Uuid(), nullable=True),
        sa.Column("reminder_id", sa.Uuid(), nullable=True),
        sa.Column("reminder_session_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("to_name", sa.String(length=401), nullable=False),
        sa.Column("to_email", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("calendars", shared.database.JsonValue, nullable=False),
        sa.Column("calendar_method", sa.String(length=10), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("queued_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("circular_id", "registration_id", name=op.f("uq_mails_circular_id_registration_id")),
        sa.UniqueConstraint(
            "reminder_id",
            "reminder_session_id",
            "registration_id",
            name=op.f("uq_mails_reminder_id_reminder_session_id_registration_id"),
        ),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index("ix_mails_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mails_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_mails_queued",
            ["priority", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index("ix_mails_registration_id_id", ["registration_id", "id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", shared.database.JsonValue, nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("parked_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_created_at", ["created_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_sent_at",
            ["sent_at"],
            unique=False,
            postgresql_where=sa.text("sent_at IS NOT NULL"),
            sqlite_where=sa.text("sent_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_unsent",
            ["id"],
            unique=False,
            postgresql_where=sa.text("sent_at IS NULL"),
            sqlite_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=401), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("refused_news_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("subscribed_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("told_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("submitted_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deadline", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index("ix_registrations_event_id_told_version", ["event_id", "told_version"], unique=False)
        batch_op.create_index(batch_op.f("ix_registrations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_presences")),
    )
    op.create_table(
        "reminder_dates",
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("reminder_id", "session_id", name=op.f("pk_reminder_dates")),
    )
    with op.batch_alter_table("reminder_dates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reminder_dates_waiting",
            ["available_at"],
            unique=False,
            postgresql_where=sa.text("outcome IS NULL"),
            sqlite_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("timing", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.SmallInteger(), nullable=False),
        sa.Column("unit", sa.String(length=5), nullable=False),
        sa.Column("each_session", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("subject", shared.database.JsonValue, nullable=False),
        sa.Column("text", shared.database.JsonValue, nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminders_event_id"), ["event_id"], unique=False)

    op.create_table(
        "replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("received_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("attendee", sa.String(length=254), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("delegate", sa.String(length=254), nullable=False),
        sa.Column("proposed_starts_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("proposed_ends_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("key", name=op.f("uq_replies_key")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index("ix_replies_event_id_id", ["event_id", "id"], unique=False)
        batch_op.create_index(
            "ix_replies_waiting",
            ["id"],
            unique=False,
            postgresql_where=sa.text("state = 'waiting'"),
            sqlite_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "staff_accounts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("roles", shared.database.JsonValue, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_staff_accounts")),
    )
    op.create_table(
        "staff_tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", shared.database.JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_tokens")),
    )
    with op.batch_alter_table("staff_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_tokens_account_id"), ["account_id"], unique=False)

    op.create_table(
        "undeliverable_addresses",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("since", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_undeliverable_addresses")),
    )
    op.create_table(
        "wordings",
        sa.Column("template", sa.String(length=30), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("parts", shared.database.JsonValue, nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("template", "event_id", name=op.f("pk_wordings")),
    )


def downgrade() -> None:
    op.drop_table("presences")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_event_id"))

    op.drop_table("reminders")
    with op.batch_alter_table("reminder_dates", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reminder_dates_waiting",
            postgresql_where=sa.text("outcome IS NULL"),
            sqlite_where=sa.text("outcome IS NULL"),
        )

    op.drop_table("reminder_dates")
    op.drop_table("wordings")
    op.drop_table("undeliverable_addresses")
    op.drop_table("domain_paces")
    with op.batch_alter_table("staff_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_tokens_account_id"))

    op.drop_table("staff_tokens")
    op.drop_table("staff_accounts")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_replies_waiting",
            postgresql_where=sa.text("state = 'waiting'"),
            sqlite_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_replies_event_id_id")

    op.drop_table("replies")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_person_id"))
        batch_op.drop_index("ix_registrations_event_id_told_version")

    op.drop_table("registrations")
    op.drop_table("people")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_unsent", postgresql_where=sa.text("sent_at IS NULL"), sqlite_where=sa.text("sent_at IS NULL")
        )
        batch_op.drop_index(
            "ix_outbox_sent_at",
            postgresql_where=sa.text("sent_at IS NOT NULL"),
            sqlite_where=sa.text("sent_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_outbox_created_at")

    op.drop_table("outbox")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("ix_mails_registration_id_id")
        batch_op.drop_index(
            "ix_mails_queued", postgresql_where=sa.text("state = 'queued'"), sqlite_where=sa.text("state = 'queued'")
        )
        batch_op.drop_index(batch_op.f("ix_mails_person_id"))
        batch_op.drop_index("ix_mails_event_id_id")

    op.drop_table("mails")
    with op.batch_alter_table("circulars", schema=None) as batch_op:
        batch_op.drop_index("ix_circulars_event_id_id")

    op.drop_table("circulars")
    with op.batch_alter_table("circular_recipients", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_circular_recipients_waiting",
            postgresql_where=sa.text("outcome IS NULL"),
            sqlite_where=sa.text("outcome IS NULL"),
        )

    op.drop_table("circular_recipients")
    op.drop_table("mailboxes")
    with op.batch_alter_table("mail_modules", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_modules_registration_id_mail_id")
        batch_op.drop_index("ix_mail_modules_event_id_mail_id")

    op.drop_table("mail_modules")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_event_id"))

    op.drop_table("invitations")
    op.drop_table("inbox_versions")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_parked",
            postgresql_where=sa.text("parked_at IS NOT NULL"),
            sqlite_where=sa.text("parked_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_inbox_open",
            postgresql_where=sa.text("handled_at IS NULL AND parked_at IS NULL"),
            sqlite_where=sa.text("handled_at IS NULL AND parked_at IS NULL"),
        )
        batch_op.drop_index("ix_inbox_handled_at")

    op.drop_table("inbox")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_created_at"))

    op.drop_table("idempotency_keys")
    op.drop_table("former_snapshots")
    op.drop_table("forgotten")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_series_id")
        batch_op.drop_index(
            "ix_events_to_be_told",
            postgresql_where=sa.text("tell_at IS NOT NULL"),
            sqlite_where=sa.text("tell_at IS NOT NULL"),
        )

    op.drop_table("events")
    with op.batch_alter_table("earned_certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_earned_certificates_to_be_issued",
            postgresql_where=sa.text("state = 'earned'"),
            sqlite_where=sa.text("state = 'earned'"),
        )
        batch_op.drop_index("ix_earned_certificates_event_id_sort_key_id")
        batch_op.drop_index("ix_earned_certificates_series_id_sort_key_id")

    op.drop_table("earned_certificates")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificates_valid",
            postgresql_where=sa.text("state = 'valid'"),
            sqlite_where=sa.text("state = 'valid'"),
        )
        batch_op.drop_index("ix_certificates_registration_id_id")
        batch_op.drop_index("ix_certificates_digest")
        batch_op.drop_index("ix_certificates_series_id_id")
        batch_op.drop_index("ix_certificates_earned_id_id")
        batch_op.drop_index("ix_certificates_event_id_id")

    op.drop_table("certificates")
    op.drop_table("certificate_designs")
    op.drop_table("certificate_numbers")
    with op.batch_alter_table("certificate_jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_jobs_series_id_id")
        batch_op.drop_index("ix_certificate_jobs_event_id_id")

    op.drop_table("certificate_jobs")
    with op.batch_alter_table("certificate_job_items", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_certificate_job_items_open",
            postgresql_where=sa.text("outcome IS NULL"),
            sqlite_where=sa.text("outcome IS NULL"),
        )

    op.drop_table("certificate_job_items")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_subject")
        batch_op.drop_index("ix_audit_log_event")
        batch_op.drop_index("ix_audit_log_author")

    op.drop_table("audit_log")
