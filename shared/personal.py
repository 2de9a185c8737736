"""The words in which each service says what it keeps of people, and why (ADR 0037)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import JSON, LargeBinary, MetaData, String, Table

CONTRACT = "contract, Art. 6 (1) b GDPR"
INTEREST = "legitimate interest, Art. 6 (1) f GDPR"
CONSENT = "explicit consent, Art. 9 (2) a GDPR"

KEPT: Mapping[str, str] = {
    "contact": "`REIHE_KEEP_CONTACT_DAYS` after the event; who got no seat, `REIHE_KEEP_WAITLIST_DAYS`; whose address "
    "was never confirmed, `REIHE_KEEP_UNCONFIRMED_HOURS`",
    "needs": "`REIHE_KEEP_NEEDS_DAYS` after the event",
    "evidence": "`REIHE_KEEP_EVIDENCE_DAYS` after the event if the person was there, else as `contact`",
    "question": "as the question says: as long as `needs`, `contact` or `evidence`",
    "mail": "what it says, `REIHE_KEEP_MAIL_DAYS`; to whom, until the person is forgotten",
    "message": "until it is handled; in the outbox `REIHE_OUTBOX_KEEP_HOURS`; parked, `REIHE_KEEP_PARKED_DAYS`",
    "delivery": "7 days",
    "limit": "as long as the limit looks back",
    "audit": "`REIHE_KEEP_AUDIT_DAYS`",
    "staff": "as long as the account",
    "programme": "as long as the programme, or the organiser's words, stand",
    "verifying": "as long as the certificate can be verified",
}
"""Retention classes, and how long each is."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Why a column holds what belongs to a person. ``kept`` is one of :data:`KEPT`; ``special`` is Art. 9 GDPR."""

    purpose: str
    basis: str
    kept: str
    special: bool = False


CONTACT = Personal("to give the person a place, and to reach them", CONTRACT, "contact")
EVIDENCE = Personal("to certify attendance, and to prove it to funders", CONTRACT, "evidence")
STAFF = Personal("to let staff in, and to name who did something", INTEREST, "staff")
MESSAGE = Personal("to carry what one service knows to the others", CONTRACT, "message")
AUDIT = Personal("to answer for who did what; names and addresses stand masked", INTEREST, "audit")

Fields = Mapping[str, Mapping[str, Personal]]
"""Table → column → why."""
Plain = Mapping[str, str]
"""Table → the columns, separated by spaces, whose words belong to nobody."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What one service keeps. Numbers, moments and ids need no entry: they belong to the row that they stand in."""

    personal: Fields
    plain: Plain


def of_all(personal: Fields, plain: Plain) -> Registry:
    """A service's entries, with those of the tables that every service has."""
    return Registry(dict(_SHARED.personal) | dict(personal), dict(_SHARED.plain) | dict(plain))


_SHARED = Registry(
    {
        "inbox": {"body": MESSAGE, "error": MESSAGE},
        "outbox": {"body": MESSAGE},
        "audit_log": {"author_name": AUDIT, "changes": AUDIT},
    },
    {
        "inbox": "topic request_id",
        "outbox": "topic request_id error",
        "inbox_versions": "aggregate",
        "audit_log": "action author_kind subject_kind request_id",
    },
)
STAFF_ACCOUNTS: Fields = {"staff_accounts": {"name": STAFF, "email": STAFF}}
"""Where accounts are a projection."""
STAFF_PLAIN: Plain = {"staff_accounts": "roles", "staff_tokens": "digest scopes"}


def undeclared(metadata: MetaData, registry: Registry) -> Iterator[str]:
    """Columns that hold words or files and are declared neither personal nor plain, or both; and entries of none."""
    found = {(table.name, name) for table in metadata.sorted_tables for name in _wordy(table)}
    personal = {(table, column) for table, columns in registry.personal.items() for column in columns}
    plain = {(table, column) for table, columns in registry.plain.items() for column in columns.split()}
    for table, column in sorted(found ^ (personal | plain)):
        yield f"{table}.{column}: {'is not declared' if (table, column) in found else 'does not exist'}"
    yield from (f"{table}.{column}: is declared twice" for table, column in sorted(personal & plain))


def _wordy(table: Table) -> Iterator[str]:
    return (column.name for column in table.columns if isinstance(column.type, String | JSON | LargeBinary))
