"""The words in which each service says what it keeps of people, and why (ADR 0037)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import JSON, LargeBinary, MetaData, String, Table

from shared.languages import Text
from shared.languages import text as _

PEOPLE: Mapping[str, Text] = {
    "participants": _("People who register"),
    "staff": _("Organisers and others with an account"),
    "named": _("Speakers, signatories, helpers and others who are named"),
}
"""Of whom something is kept."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What something is kept for; ``people`` is one of :data:`PEOPLE`."""

    words: Text
    people: str


PURPOSES: Mapping[str, Purpose] = {
    "place": Purpose(_("to give the person a place, and to reach them"), "participants"),
    "evidence": Purpose(_("to certify attendance, and to prove it to funders"), "participants"),
    "answer": Purpose(_("as the question's own purpose says"), "participants"),
    "need": Purpose(_("so that the person can take part; sealed with a key outside the database"), "participants"),
    "consent": Purpose(_("to know to what the person has consented, and to prove it"), "participants"),
    "request": Purpose(_("to do what the person asked for about their data, and to prove it"), "participants"),
    "mail": Purpose(_("to tell people of their places, and to answer for what they were told"), "participants"),
    "reply": Purpose(_("to read what calendars and mail servers answer"), "participants"),
    "verify": Purpose(_("to let anybody verify a certificate; the name stands masked"), "participants"),
    "note": Purpose(_("organisers' notes on a registration"), "participants"),
    "opinion": Purpose(_("to learn what people say of an event; never by person"), "participants"),
    "once": Purpose(_("to notice that the same request comes twice"), "participants"),
    "flood": Purpose(_("to limit what one network or address may send; a keyed digest"), "participants"),
    "delivery": Purpose(_("to tell systems that administrators have chosen"), "participants"),
    "message": Purpose(_("to carry what one service knows to the others"), "participants"),
    "audit": Purpose(_("to answer for who did what; names and addresses stand masked"), "participants"),
    "staff": Purpose(_("to let staff in, and to name who did something"), "staff"),
    "guess": Purpose(_("to slow down who guesses passwords"), "staff"),
    "helper": Purpose(_("to know who has which link to the door"), "named"),
    "speaker": Purpose(_("to announce who speaks"), "named"),
    "signing": Purpose(_("to name who signs certificates"), "named"),
    "typed": Purpose(_("organisers' own words, which may name somebody"), "named"),
}

CONTRACT, INTEREST, CONSENT, AGREEMENT = "contract", "interest", "consent", "agreement"
DUTY = "duty"
BASES: Mapping[str, Text] = {
    CONTRACT: _("contract, Art. 6 (1) b GDPR"),
    INTEREST: _("legitimate interest, Art. 6 (1) f GDPR"),
    DUTY: _("legal obligation, Art. 6 (1) c GDPR"),
    AGREEMENT: _("consent, Art. 6 (1) a GDPR"),
    CONSENT: _("explicit consent, Art. 9 (2) a GDPR"),
}
"""Why the law allows it."""

KEPT: Mapping[str, str] = {
    "contact": "`REIHE_KEEP_CONTACT_DAYS` after the event; who got no seat, `REIHE_KEEP_WAITLIST_DAYS`; whose address "
    "was never confirmed, `REIHE_KEEP_UNCONFIRMED_HOURS`",
    "needs": "`REIHE_KEEP_NEEDS_DAYS` after the event",
    "evidence": "`REIHE_KEEP_EVIDENCE_DAYS` after the event if the person was there, else as `contact`",
    "question": "as the question says: as long as `needs`, `contact` or `evidence`",
    "mail": "what it says, `REIHE_KEEP_MAIL_DAYS`; to whom, until the person is forgotten",
    "message": "until it is handled; in the outbox `REIHE_OUTBOX_KEEP_HOURS`; parked, `REIHE_KEEP_PARKED_DAYS`",
    "consent": "until the person is forgotten; where we write because of it, not before it is withdrawn",
    "request": "until the person is forgotten",
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
    """Why a column holds what belongs to a person: keys of :data:`PURPOSES`, :data:`BASES` and :data:`KEPT`.

    ``special`` is Art. 9 GDPR.
    """

    purpose: str
    basis: str
    kept: str
    special: bool = False


CONTACT = Personal("place", CONTRACT, "contact")
EVIDENCE = Personal("evidence", CONTRACT, "evidence")
STAFF = Personal("staff", INTEREST, "staff")
MESSAGE = Personal("message", CONTRACT, "message")
AUDIT = Personal("audit", INTEREST, "audit")

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
