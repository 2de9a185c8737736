"""People and their registrations."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text, Uuid, column, literal_column, select
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.registration.models.base import Base
from services.registration.spelling import KEY_LENGTH, spelling_key
from services.registration.states import ActorKind, State, check_transition
from shared.audit import ENGINE, Author, by_account, by_person
from shared.text import search_key

SORT_KEY_LENGTH = 120
CODE_LENGTH = 80
CONFIRMED_FOR = timedelta(days=365)
"""So long is an address known to be somebody's once they have confirmed it."""
PLACES_BETWEEN = 1 << 32
"""So far apart are two neighbours in line, so that somebody can be moved between them."""


def place_of(seq: int) -> int:
    """Where in line the number alone puts a registration."""
    return seq * PLACES_BETWEEN


@dataclass(frozen=True, slots=True)
class Actor:
    """Who brings a change about. ``account_id`` is the member of staff's."""

    kind: ActorKind
    account_id: UUID | None = None

    def author(self, person_id: UUID) -> Author:
        """Who that is in the audit log; ``person_id`` is whose registration it is."""
        if self.account_id is not None:
            return by_account(self.account_id)
        return by_person(person_id) if self.kind is ActorKind.PERSON else ENGINE


THE_PERSON = Actor(ActorKind.PERSON)
THE_ENGINE = Actor(ActorKind.ENGINE)


def organiser(account_id: UUID) -> Actor:
    return Actor(ActorKind.ORGANISER, account_id)


class Person(Base):
    """Whoever stands behind one address. Raising ``link_generation`` ends all links to the person's page."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    link_generation: Mapped[int]
    locale: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    """When the page behind the link was first opened since the newest registration was sent."""
    confirmed_at: Mapped[datetime | None]
    """When somebody with the link in hand last said that the address is theirs."""

    def has_confirmed_lately(self, now: datetime) -> bool:
        return self.confirmed_at is not None and now < self.confirmed_at + CONFIRMED_FOR


_IS_LIVE = literal_column("state NOT IN ('cancelled', 'lapsed')", Boolean)
_IS_WAITING = literal_column("state = 'waitlisted'", Boolean)
_HAS_DEADLINE = literal_column("deadline IS NOT NULL", Boolean)
_WITHOUT_ENTRY = literal_column("organisation_id IS NULL AND organisation_key <> ''", Boolean)
_LACKS_ANSWERS = literal_column("answers_missing", Boolean)
_IS_ENROLLED = literal_column("enrolment_id IS NOT NULL", Boolean)
_IS_SEATED = literal_column("state IN ('confirmed', 'pending', 'offered')", Boolean)


_PARTIES = sql_table("parties", column("id", Uuid), column("contact_name", Text))


NOBODY = "…"
"""Stands for a name that was deleted."""


class Registration(Base):
    """One person's place, or wish for one, at one event.

    ``seq`` is the number in the order of arrival, given under the event's lock and kept; ``version`` rises with every
    change that is announced. The line goes by (``priority``, ``place``): by class, then by number, unless an organiser
    ``moved`` somebody.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index("uq_registrations_event_seq", "event_id", "seq", unique=True),
        Index(
            "uq_registrations_live_address",
            "email",
            "event_id",
            "address_number",
            unique=True,
            postgresql_where=_IS_LIVE,
            sqlite_where=_IS_LIVE,
        ),
        Index("uq_registrations_idempotency_key", "idempotency_key", "event_id", unique=True),
        Index(
            "ix_registrations_waiting",
            "event_id",
            "priority",
            "place",
            "organisation_key",
            postgresql_where=_IS_WAITING,
            sqlite_where=_IS_WAITING,
        ),
        Index(
            "ix_registrations_seated",
            "event_id",
            "organisation_key",
            "pool",
            postgresql_where=_IS_SEATED,
            sqlite_where=_IS_SEATED,
        ),
        Index("ix_registrations_by_name", "event_id", "sort_key", "id"),
        Index(
            "ix_registrations_answers_missing",
            "event_id",
            postgresql_where=_LACKS_ANSWERS,
            sqlite_where=_LACKS_ANSWERS,
        ),
        Index(
            "ix_registrations_spelling",
            "organisation_key",
            postgresql_where=_WITHOUT_ENTRY,
            sqlite_where=_WITHOUT_ENTRY,
        ),
        Index(
            "ix_registrations_enrolment",
            "enrolment_id",
            postgresql_where=_IS_ENROLLED,
            sqlite_where=_IS_ENROLLED,
        ),
        Index(
            "ix_registrations_deadline",
            "event_id",
            "deadline",
            postgresql_where=_HAS_DEADLINE,
            sqlite_where=_HAS_DEADLINE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    first_name: Mapped[str] = mapped_column(String(200))
    last_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(200))
    """As the person wrote it."""
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The directory's entry, if the spelling is known there."""
    organisation_key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    """What quotas count: the entry's id, or how the name is spelt."""
    locale: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    seq: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0)
    """The index of the rule's class that the person is in; a party's is that of its last member."""
    place: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[bool] = mapped_column(Boolean, default=False)
    set_aside: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether an organiser has it passed over until it, or the person, says otherwise; all of a party alike."""
    pool: Mapped[int | None]
    """The index of the rule's pool that the person counts for."""
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    member: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the organisation was a member when this was last looked at."""
    answers_missing: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether a question that must be answered is not (see :mod:`services.registration.missing_answers`)."""
    party_id: Mapped[UUID | None] = mapped_column(index=True)
    takes_fewer: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the party takes fewer seats than it has people."""
    enrolment_id: Mapped[UUID | None] = mapped_column()
    waits_for_series: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether it takes a seat only together with the other modules of its enrolment that wait so."""
    address_number: Mapped[int] = mapped_column(default=0)
    """Tells the people of one party apart who share an address; 0 for everybody else."""
    address_confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    deadline: Mapped[datetime | None]
    """Until when an offer can be accepted, or the address of a pending registration confirmed."""
    submitted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    body_digest: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int]
    notice_version: Mapped[int | None]
    """Which version of the event's privacy notice held when the person registered."""
    search_key: Mapped[str]
    sort_key: Mapped[str] = mapped_column(String(SORT_KEY_LENGTH))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    contact: Mapped[str | None] = column_property(
        select(_PARTIES.c.contact_name).where(_PARTIES.c.id == party_id).scalar_subquery(),
        deferred=True,
        raiseload=True,
    )
    """The name of whoever registered the party, where it was asked for."""

    def change_state(self, after: State, actor: Actor, now: datetime, *, deadline: datetime | None = None) -> State:
        """Go to the state and return the one before; raises ConflictError for what the transition table lacks.

        ``deadline`` belongs to an offer and to a pending registration.
        """
        before = State(self.state)
        check_transition(before, after, actor.kind)
        self.state = after
        self.set_aside = False
        self.deadline = deadline
        self.note_change(now)
        return before

    def note_change(self, now: datetime) -> None:
        self.version += 1
        self.changed_at = now

    def derive_keys(self) -> None:
        """Bring what is derived from name, address and organisation in step with them."""
        self.organisation_key = organisation_key(self.organisation, self.organisation_id)
        self.search_key = search_key(f"{self.last_name} {self.first_name} {self.email} {self.organisation}")
        self.sort_key = search_key(f"{self.last_name} {self.first_name}")[:SORT_KEY_LENGTH]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_nameless(self) -> bool:
        """Whether its name was deleted, for it was kept long enough."""
        return (self.first_name, self.last_name) == ("", NOBODY)


def organisation_key(spelling: str, organisation_id: UUID | None = None) -> str:
    """What quotas compare: the directory's entry if there is one, else the name as it is spelt."""
    return str(organisation_id) if organisation_id else spelling_key(spelling)
