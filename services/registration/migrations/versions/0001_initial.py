"""The tables of registration."""

import sqlalchemy as sa
from alembic import op

import shared.audit
import shared.database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEARCH = {
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX ix_organisation_names_trigrams ON organisation_names USING gin (key gin_trgm_ops)",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE organisation_names_search USING fts5(key, tokenize = 'trigram')",
        """
        CREATE TRIGGER organisation_names_added AFTER INSERT ON organisation_names BEGIN
            INSERT INTO organisation_names_search(rowid, key) VALUES (new.id, new.key);
        END
        """,
        """
        CREATE TRIGGER organisation_names_removed AFTER DELETE ON organisation_names BEGIN
            DELETE FROM organisation_names_search WHERE rowid = old.id;
        END
        """,
        """
        CREATE TRIGGER organisation_names_changed AFTER UPDATE ON organisation_names BEGIN
            UPDATE organisation_names_search SET key = new.key WHERE rowid = old.id;
        END
        """,
    ),
}
"""Each database's own index of names that are spelt nearly alike."""


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
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("limit_name", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_at"), ["at"], unique=False)
        batch_op.create_index("ix_attempts_subject", ["limit_name", "subject", "at"], unique=False)

    op.create_table(
        "calendar_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("answered_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_answers")),
    )
    with op.batch_alter_table("calendar_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_answers_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index("ix_calendar_answers_session_id", ["session_id"], unique=False)

    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("earned_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("issued_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_earned_id"), ["earned_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("seats_version", sa.Integer(), nullable=False),
        sa.Column("inputs", shared.database.JsonValue, nullable=False),
        sa.Column("decided_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index("ix_decisions_event", ["event_id", "seats_version", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", shared.database.JsonValue, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("series", shared.database.JsonValue, nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("module_number", sa.Integer(), nullable=True),
        sa.Column("venue", shared.database.JsonValue, nullable=True),
        sa.Column("issuer", shared.database.JsonValue, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cancellation_reason", shared.database.JsonValue, nullable=True),
        sa.Column("starts_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("registration_opens_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("waitlist", shared.database.JsonValue, nullable=False),
        sa.Column("max_per_organisation", sa.Integer(), nullable=True),
        sa.Column("max_per_organisation_until", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("largest_party", sa.Integer(), nullable=False),
        sa.Column("confirm_address_minutes", sa.Integer(), nullable=True),
        sa.Column("certificate_rule", shared.database.JsonValue, nullable=True),
        sa.Column("questions", shared.database.JsonValue, nullable=False),
        sa.Column("needs", shared.database.JsonValue, nullable=False),
        sa.Column("programme", shared.database.JsonValue, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("notice_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("slug", name=op.f("uq_events_slug")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_series_id"), ["series_id"], unique=False)

    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
    )
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
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "seat_counters",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("series_waiting", sa.Integer(), nullable=False),
        sa.Column("next_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withheld", shared.database.JsonValue, nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_seat_counters")),
        postgresql_with={
            "fillfactor": 50,
            "autovacuum_vacuum_scale_factor": 0,
            "autovacuum_vacuum_threshold": 200,
            "autovacuum_vacuum_cost_delay": 0,
        },
    )
    with op.batch_alter_table("seat_counters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_seat_counters_due_at",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
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
        "event_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("teaching_units", sa.Double(), nullable=True),
        sa.Column("meeting_url", sa.Text(), nullable=True),
        sa.Column("venue", shared.database.JsonValue, nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_sessions_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_sessions")),
    )
    with op.batch_alter_table("event_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_sessions_event_id"), ["event_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("municipality", sa.String(length=200), nullable=False),
        sa.Column("member", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("followed", sa.Integer(), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["organisations.id"], name=op.f("fk_organisations_merged_into_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index("ix_organisations_by_name", ["sort_key", "id"], unique=False)

    op.create_table(
        "organisation_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_names_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_names")),
    )
    with op.batch_alter_table("organisation_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_names_key"), ["key"], unique=False)
        batch_op.create_index("uq_organisation_names_key", ["organisation_id", "key"], unique=True)
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)

    op.create_table(
        "parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("contact_name", sa.String(length=401), nullable=False),
        sa.Column("made_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["people.id"], name=op.f("fk_parties_contact_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_event_id"), ["event_id"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("series", shared.database.JsonValue, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("refused", shared.database.JsonValue, nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_enrolments_due_at",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_enrolments_person_id"), ["person_id"], unique=False)
        batch_op.create_index("uq_enrolments_idempotency_key", ["series_id", "idempotency_key"], unique=True)

    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_key", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("member", sa.Boolean(), nullable=False),
        sa.Column("answers_missing", sa.Boolean(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("takes_fewer", sa.Boolean(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("waits_for_series", sa.Boolean(), nullable=False),
        sa.Column("address_number", sa.Integer(), nullable=False),
        sa.Column("address_confirmed", sa.Boolean(), nullable=False),
        sa.Column("deadline", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("notice_version", sa.Integer(), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_registrations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_registrations_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_registrations_answers_missing",
            ["event_id"],
            unique=False,
            postgresql_where=sa.text("answers_missing"),
            sqlite_where=sa.text("answers_missing"),
        )
        batch_op.create_index("ix_registrations_by_name", ["event_id", "sort_key", "id"], unique=False)
        batch_op.create_index(
            "ix_registrations_deadline",
            ["event_id", "deadline"],
            unique=False,
            postgresql_where=sa.text("deadline IS NOT NULL"),
            sqlite_where=sa.text("deadline IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_registrations_enrolment",
            ["enrolment_id"],
            unique=False,
            postgresql_where=sa.text("enrolment_id IS NOT NULL"),
            sqlite_where=sa.text("enrolment_id IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_registrations_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registrations_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registrations_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_registrations_seated",
            ["event_id", "organisation_key", "pool"],
            unique=False,
            postgresql_where=sa.text("state IN ('confirmed', 'pending', 'offered')"),
            sqlite_where=sa.text("state IN ('confirmed', 'pending', 'offered')"),
        )
        batch_op.create_index(
            "ix_registrations_spelling",
            ["organisation_key"],
            unique=False,
            postgresql_where=sa.text("organisation_id IS NULL AND organisation_key <> ''"),
            sqlite_where=sa.text("organisation_id IS NULL AND organisation_key <> ''"),
        )
        batch_op.create_index(
            "ix_registrations_waiting",
            ["event_id", "priority", "place", "organisation_key"],
            unique=False,
            postgresql_where=sa.text("state = 'waitlisted'"),
            sqlite_where=sa.text("state = 'waitlisted'"),
        )
        batch_op.create_index("uq_registrations_event_seq", ["event_id", "seq"], unique=True)
        batch_op.create_index("uq_registrations_idempotency_key", ["idempotency_key", "event_id"], unique=True)
        batch_op.create_index(
            "uq_registrations_live_address",
            ["email", "event_id", "address_number"],
            unique=True,
            postgresql_where=sa.text("state NOT IN ('cancelled', 'lapsed')"),
            sqlite_where=sa.text("state NOT IN ('cancelled', 'lapsed')"),
        )

    op.create_table(
        "answer_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_answer_files_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_files")),
    )
    with op.batch_alter_table("answer_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_files_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "answers",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("value", shared.database.JsonValue, nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_answers_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("registration_id", "question", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index("ix_answers_question", ["event_id", "question"], unique=False)

    op.create_table(
        "needs",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_needs_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_needs")),
    )
    op.create_table(
        "door_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_door_links_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_links")),
    )
    with op.batch_alter_table("door_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_door_links_event_id"), ["event_id"], unique=False)

    op.create_table(
        "feedback_surveys",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("closes_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_feedback_surveys_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_feedback_surveys")),
    )
    op.create_table(
        "feedback_portions",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("ratings", shared.database.JsonValue, nullable=False),
        sa.Column("texts", shared.database.JsonValue, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["feedback_surveys.event_id"], name=op.f("fk_feedback_portions_event_id_feedback_surveys")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_feedback_portions")),
    )
    op.create_table(
        "event_statistics",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("figures", shared.database.JsonValue, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_statistics_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_statistics")),
    )
    op.create_table(
        "feedback_given",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_feedback_given_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_feedback_given")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("from_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("until_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("door_link_id", sa.Uuid(), nullable=True),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["door_link_id"], ["door_links.id"], name=op.f("fk_attendance_door_link_id_door_links")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_attendance_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_sessions.id"], name=op.f("fk_attendance_session_id_event_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index("ix_attendance_session", ["session_id", "registration_id"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_notes_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index("ix_notes_registration", ["registration_id", "written_at", "id"], unique=False)

    op.create_table(
        "verdicts",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("earned", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sessions", shared.database.JsonValue, nullable=False),
        sa.Column("decided_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_verdicts_registration_id_registrations")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_verdicts")),
    )
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdicts_event_id"), ["event_id"], unique=False)

    op.create_table(
        "privacy_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("texts", shared.database.JsonValue, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notices")),
        sa.UniqueConstraint("event_id", "version", name=op.f("uq_privacy_notices_event_id_version")),
    )
    op.create_table(
        "consent_purposes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("keeps_address", sa.Boolean(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_purposes")),
    )
    with op.batch_alter_table("consent_purposes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_purposes_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_purposes_series_id"), ["series_id"], unique=False)

    op.create_table(
        "consent_texts",
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", shared.database.JsonValue, nullable=False),
        sa.Column("text", shared.database.JsonValue, nullable=False),
        sa.Column("since", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["purpose_id"], ["consent_purposes.id"], name=op.f("fk_consent_texts_purpose_id_consent_purposes")
        ),
        sa.PrimaryKeyConstraint("purpose_id", "version", name=op.f("pk_consent_texts")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("given_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["purpose_id"], ["consent_purposes.id"], name=op.f("fk_consents_purpose_id_consent_purposes")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_consents_standing",
            ["purpose_id", "person_id"],
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
            sqlite_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "list_scans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("session_ids", shared.database.JsonValue, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_list_scans_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_scans")),
        sa.UniqueConstraint("event_id", "digest", name=op.f("uq_list_scans_event_id_digest")),
    )
    op.create_table(
        "funder_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("line", sa.String(length=300), nullable=False),
        sa.Column("columns", shared.database.JsonValue, nullable=False),
        sa.Column("per_session", sa.Boolean(), nullable=False),
        sa.Column("blank_lines", sa.Integer(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funder_profiles")),
    )
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_data_requests_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_requests_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_data_requests_open",
            ["person_id", "kind"],
            unique=True,
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "processors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processors")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("topics", shared.database.JsonValue, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("failing_since", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("body", shared.database.JsonValue, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=40), nullable=True),
        sa.Column("queued_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id_webhooks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("webhook_id", "message_id", name=op.f("uq_webhook_deliveries_webhook_id_message_id")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_deliveries_queued",
            ["available_at"],
            unique=False,
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index("ix_webhook_deliveries_queued_at", ["queued_at"], unique=False)
        batch_op.create_index("ix_webhook_deliveries_webhook", ["webhook_id", "id"], unique=False)

    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", shared.database.JsonValue, nullable=False),
        sa.Column("certificate_rule", shared.database.JsonValue, nullable=True),
        sa.Column("event_ids", shared.database.JsonValue, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_table(
        "series_verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sort_key", sa.String(length=120), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("earned", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("standing", shared.database.JsonValue, nullable=False),
        sa.Column("sessions", shared.database.JsonValue, nullable=False),
        sa.Column("available_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_series_verdicts_person_id_people")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_series_verdicts_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_verdicts")),
    )
    with op.batch_alter_table("series_verdicts", schema=None) as batch_op:
        batch_op.create_index("ix_series_verdicts_by_name", ["series_id", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_series_verdicts_person_id"), ["person_id"], unique=False)
        batch_op.create_index("uq_series_verdicts_person", ["series_id", "person_id", "sort_key"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("series_verdicts", schema=None) as batch_op:
        batch_op.drop_index("uq_series_verdicts_person")
        batch_op.drop_index(batch_op.f("ix_series_verdicts_person_id"))
        batch_op.drop_index("ix_series_verdicts_by_name")

    op.drop_table("series_verdicts")
    op.drop_table("series")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_deliveries_webhook")
        batch_op.drop_index("ix_webhook_deliveries_queued_at")
        batch_op.drop_index(
            "ix_webhook_deliveries_queued",
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )

    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_table("processors")
    op.drop_table("data_requests")
    op.drop_table("consents")
    op.drop_table("consent_texts")
    op.drop_table("consent_purposes")
    op.drop_table("funder_profiles")
    op.drop_table("list_scans")
    op.drop_table("privacy_notices")
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdicts_event_id"))

    op.drop_table("verdicts")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index("ix_notes_registration")

    op.drop_table("notes")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_session")
        batch_op.drop_index(batch_op.f("ix_attendance_registration_id"))
        batch_op.drop_index(batch_op.f("ix_attendance_event_id"))

    op.drop_table("attendance")
    op.drop_table("feedback_given")
    op.drop_table("event_statistics")
    op.drop_table("feedback_portions")
    op.drop_table("feedback_surveys")
    with op.batch_alter_table("door_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_door_links_event_id"))

    op.drop_table("door_links")
    op.drop_table("needs")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index("ix_answers_question")

    op.drop_table("answers")
    with op.batch_alter_table("answer_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_files_registration_id"))

    op.drop_table("answer_files")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_registrations_live_address",
            postgresql_where=sa.text("state NOT IN ('cancelled', 'lapsed')"),
            sqlite_where=sa.text("state NOT IN ('cancelled', 'lapsed')"),
        )
        batch_op.drop_index("uq_registrations_idempotency_key")
        batch_op.drop_index("uq_registrations_event_seq")
        batch_op.drop_index(
            "ix_registrations_waiting",
            postgresql_where=sa.text("state = 'waitlisted'"),
            sqlite_where=sa.text("state = 'waitlisted'"),
        )
        batch_op.drop_index(
            "ix_registrations_seated",
            postgresql_where=sa.text("state IN ('confirmed', 'pending', 'offered')"),
            sqlite_where=sa.text("state IN ('confirmed', 'pending', 'offered')"),
        )
        batch_op.drop_index(batch_op.f("ix_registrations_person_id"))
        batch_op.drop_index(batch_op.f("ix_registrations_party_id"))
        batch_op.drop_index(batch_op.f("ix_registrations_organisation_id"))
        batch_op.drop_index(
            "ix_registrations_enrolment",
            postgresql_where=sa.text("enrolment_id IS NOT NULL"),
            sqlite_where=sa.text("enrolment_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_registrations_spelling",
            postgresql_where=sa.text("organisation_id IS NULL AND organisation_key <> ''"),
            sqlite_where=sa.text("organisation_id IS NULL AND organisation_key <> ''"),
        )
        batch_op.drop_index(
            "ix_registrations_deadline",
            postgresql_where=sa.text("deadline IS NOT NULL"),
            sqlite_where=sa.text("deadline IS NOT NULL"),
        )
        batch_op.drop_index("ix_registrations_by_name")
        batch_op.drop_index(
            "ix_registrations_answers_missing",
            postgresql_where=sa.text("answers_missing"),
            sqlite_where=sa.text("answers_missing"),
        )

    op.drop_table("registrations")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index("uq_enrolments_idempotency_key")
        batch_op.drop_index(batch_op.f("ix_enrolments_person_id"))
        batch_op.drop_index(
            "ix_enrolments_due_at",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )

    op.drop_table("enrolments")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parties_event_id"))
        batch_op.drop_index(batch_op.f("ix_parties_contact_id"))

    op.drop_table("parties")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE organisation_names_search")
    op.drop_table("organisation_names")
    op.drop_table("organisations")
    with op.batch_alter_table("event_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_sessions_event_id"))

    op.drop_table("event_sessions")
    with op.batch_alter_table("staff_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_tokens_account_id"))

    op.drop_table("staff_tokens")
    op.drop_table("staff_accounts")
    with op.batch_alter_table("seat_counters", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_seat_counters_due_at",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )

    op.drop_table("seat_counters")
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
    op.drop_table("holidays")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_series_id"))

    op.drop_table("events")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_registration_id"))
        batch_op.drop_index("ix_decisions_event")

    op.drop_table("decisions")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_earned_id"))
        batch_op.drop_index(batch_op.f("ix_certificates_event_id"))

    op.drop_table("certificates")
    with op.batch_alter_table("calendar_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_answers_session_id")
        batch_op.drop_index(batch_op.f("ix_calendar_answers_registration_id"))

    op.drop_table("calendar_answers")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_attempts_subject")
        batch_op.drop_index(batch_op.f("ix_attempts_at"))

    op.drop_table("attempts")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_subject")
        batch_op.drop_index("ix_audit_log_event")
        batch_op.drop_index("ix_audit_log_author")

    op.drop_table("audit_log")
