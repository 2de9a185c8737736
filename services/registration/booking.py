"""Booking: wishes become registrations, under the lock of the event's seats.

:func:`book` answers any number of wishes for one event in one transaction. Requests come to it over the desk
(:mod:`services.registration.desk`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Uuid, bindparam, cast, select, union_all
from sqlalchemy.orm import Session

from services.registration import seats as event_seats
from services.registration.acts import note_act
from services.registration.affiliation import Affiliation, Named, affiliations
from services.registration.announcements import announce_state
from services.registration.answers import as_traits, check_answers, write_answers
from services.registration.decide import Claim, Reason, Ruling, Unit
from services.registration.kept_needs import refuse_unasked, write_needs
from services.registration.line import IS_LIVE
from services.registration.links import request_link
from services.registration.manner import BY_THEMSELVES, Manner, decided_for
from services.registration.missing_answers import note_missing_answers
from services.registration.models import Event, Person, Registration, organisation_key, place_of, row, table, unkept
from services.registration.parties import Contact, check_party, refused_as_party, write_parties
from services.registration.places import positions_of
from services.registration.questions import Answers
from services.registration.refusals import (
    address_registered,
    already_registered,
    key_reused,
    refusal,
    registered_among_party,
)
from services.registration.rule import NO_TRAITS, Rule, Traits, pool_of, priority_of
from services.registration.seats import Seats
from services.registration.series_line import somebody_is_looked_at
from services.registration.states import ENDED, State
from services.registration.waitlist import is_kept_for_a_party, settle
from shared.audit import added
from shared.database import UnitOfWork, new_id
from shared.errors import InvalidError, ReiheError
from shared.logs import on_behalf_of, request_id
from shared.messages.registration import ADDED_SILENTLY
from shared.rows import each_text, insert_rows, rounded

REGISTRATIONS = table(Registration)
PEOPLE = table(Person)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who wants to come has sent, cleaned.

    ``registration_id`` is made before the wish is laid down. ``body_digest`` tells two requests with one key apart.
    ``request_id`` is that of the request that brought it, for the messages that follow from it. ``answers`` may be as
    they were sent: they are checked against the event's questions under its lock. ``needs`` names what
    ``sealed_needs`` speaks of. The wishes of a party have its id and come directly behind each other; ``takes_fewer``
    says whether it takes fewer seats than it wishes, and ``contact`` who made it.
    """

    first_name: str
    last_name: str
    email: str
    locale: str
    organisation: str = ""
    idempotency_key: str | None = None
    body_digest: str | None = None
    registration_id: UUID = field(default_factory=new_id)
    request_id: str = field(default_factory=request_id.get)
    traits: Traits = NO_TRAITS
    answers: Answers = field(default_factory=dict)
    needs: Sequence[str] = ()
    sealed_needs: bytes | None = None
    organisation_id: UUID | None = None
    """The directory's entry that they chose; :func:`book` puts in its place the one that they count for, if any."""
    address_confirmed: bool = False
    party_id: UUID | None = None
    takes_fewer: bool = False
    manner: Manner = BY_THEMSELVES
    """The same for all wishes that are answered at once."""
    contact: Contact | None = None
    enrolment_id: UUID | None = None
    """The enrolment that the wish is a part of, and that tells what became of it."""
    waits_for_series: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def claim(self, rule: Rule) -> Claim:
        key, pool = organisation_key(self.organisation, self.organisation_id), pool_of(rule, self.traits)
        return Claim(self.registration_id, key, pool, self.address_confirmed)


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a wish. ``position`` counts from 1 while waiting; ``repeated`` says that the wish came before."""

    registration_id: UUID
    event_id: UUID
    state: State
    position: int | None
    repeated: bool = False


Outcome = Registered | ReiheError
"""An error is a refusal of this wish; those beside it in the same transaction go on."""


def registered_with(session: Session, event_id: UUID, idempotency_key: str) -> Registration | None:
    """The registration that a wish with this key made."""
    query = select(Registration).where(
        Registration.event_id == event_id, Registration.idempotency_key == idempotency_key
    )
    return session.scalars(query).one_or_none()


def book(uow: UnitOfWork, event_id: UUID, wishes: Sequence[Wish]) -> list[Outcome]:
    """Answer the wishes in their order, under one lock; the outcomes stand in the same order.

    An outcome is a :class:`ConflictError` with the code ``event_full``, ``organisation_full``, ``not_open_yet``,
    ``closed``, ``event_cancelled`` or ``already_registered`` (then the link to the person's page goes by mail), or an
    :class:`InvalidError` for an idempotency key that came with another body. Of a party all are accepted or refused.
    Raises :class:`NotFoundError` for an unknown event.

    Whatever a constraint could refuse is read first: ids, keys and addresses that are registered already, in the
    database or earlier in the same row of wishes.
    """
    with event_seats.opened(uow, event_id) as seats:
        return book_under_lock(uow, seats, wishes)


def book_under_lock(uow: UnitOfWork, seats: Seats, wishes: Sequence[Wish]) -> list[Outcome]:
    """The same for whoever holds the lock already."""
    manner = wishes[0].manner if wishes else BY_THEMSELVES
    registrations = _which_may_be_repeated(uow.session, seats.event.id, wishes)
    earlier = _Earlier(registrations)
    fresh, wrong = _checked(seats.event, [people for people in together(wishes) if earlier.admit(people)])
    fresh = _with_known_addresses(uow, seats.rule, _affiliated(uow.session, fresh))
    if seats.is_due or (seats.series_waiting and somebody_is_looked_at(uow.session, seats.event.id)):
        # Nobody new may overtake whoever gets a seat by the clock, or with others of a series.
        settle(uow, seats)
    units = _units(seats.rule, fresh)
    decided = decided_for(uow, seats, units, manner)
    seats.withheld = decided.withheld
    present = _present_outcomes(uow.session, registrations)
    outcomes = wrong | present | _create(uow, seats, fresh, units, decided.rulings)
    if is_kept_for_a_party(seats) and any(isinstance(o, Registered) and o.position is None for o in outcomes.values()):
        # A newcomer on a reserved seat, or before the line, may have filled the party's organisation.
        settle(uow, seats)
    return [outcome for people in together(wishes) for outcome in _outcomes(uow, people, earlier, outcomes)]


def together(wishes: Sequence[Wish]) -> list[list[Wish]]:
    """Everybody alone, and the people of a party, who come directly behind each other, as one."""
    grouped = groupby(wishes, key=lambda wish: wish.party_id or wish.registration_id)
    return [list(people) for _one, people in grouped]


def _checked(event: Event, units: Sequence[Sequence[Wish]]) -> tuple[list[Wish], dict[UUID, Outcome]]:
    """The wishes with their answers as values, and what is wrong with the others."""
    right: list[Wish] = []
    wrong: dict[UUID, Outcome] = {}
    for people in units:
        try:
            right += _checked_party(event, people) if people[0].party_id else [_checked_wish(event, people[0])]
        except InvalidError as error:
            wrong |= {wish.registration_id: error for wish in people}
    return right, wrong


def _checked_party(event: Event, people: Sequence[Wish]) -> list[Wish]:
    check_party(event, [(wish.name, wish.email) for wish in people])
    checked: list[Wish] = []
    errors: dict[int, InvalidError] = {}
    for number, wish in enumerate(people):
        try:
            checked.append(_checked_wish(event, wish))
        except InvalidError as error:
            errors[number] = error
    if errors:
        raise refused_as_party(errors)
    return checked


def _checked_wish(event: Event, wish: Wish) -> Wish:
    answers = check_answers(event, wish.answers, insist=not wish.manner.by_hand)
    refuse_unasked(event, wish.needs)
    traits = replace(wish.traits, answers=as_traits(answers)) if answers else wish.traits
    return replace(wish, answers=answers, traits=traits)


def _with_known_addresses(uow: UnitOfWork, rule: Rule, wishes: Sequence[Wish]) -> list[Wish]:
    """The wishes; whoever has confirmed their address lately need not again. Asks nothing where nobody must."""
    if rule.confirm_address is None:
        return list(wishes)
    known = _people_by_address(uow.session, {wish.email for wish in wishes})
    confirmed = {email for email, person in known.items() if person.has_confirmed_lately(uow.now)}
    return [replace(wish, address_confirmed=True) if wish.email in confirmed else wish for wish in wishes]


def _affiliated(session: Session, wishes: Sequence[Wish]) -> list[Wish]:
    """The wishes with their organisations. Looked up under the lock, so that a merger of entries misses none."""
    named = [Named(wish.organisation, wish.organisation_id) for wish in wishes]
    known = affiliations(session, set(named))
    return [_of(wish, known[one]) for wish, one in zip(wishes, named, strict=True)]


def _of(wish: Wish, affiliation: Affiliation) -> Wish:
    if affiliation.organisation_id is None and wish.organisation_id is None:
        return wish
    traits = replace(wish.traits, member=affiliation.member)
    return replace(wish, organisation_id=affiliation.organisation_id, traits=traits)


def _units(rule: Rule, wishes: Sequence[Wish]) -> list[Unit]:
    return [_unit(rule, people) for people in together(wishes)]


def _unit(rule: Rule, people: Sequence[Wish]) -> Unit:
    claims = tuple(wish.claim(rule) for wish in people)
    # A party stands where the last of its people would.
    hindrance: Reason | None = "series_incomplete" if people[0].waits_for_series else None
    return Unit(claims, max(priority_of(rule, wish.traits) for wish in people), people[0].takes_fewer, hindrance)


class _Earlier:
    """What a wish may repeat: registrations, and the wishes before it."""

    def __init__(self, registrations: Sequence[Registration]) -> None:
        self._by_key: dict[UUID | str, UUID] = {}
        self._by_address: dict[str, UUID] = {}
        self._digests: dict[UUID, str | None] = {}
        for registration in registrations:
            self._note(registration.id, registration.idempotency_key, registration.body_digest)
            if registration.state not in ENDED:
                self._by_address[registration.email] = registration.id

    def admit(self, people: Sequence[Wish]) -> bool:
        """Whether all of these are new. If so, those behind them may repeat them."""
        if any(self.knows(wish) for wish in people):
            return False
        for wish in people:
            self._note(wish.registration_id, wish.idempotency_key, wish.body_digest)
            self._by_address[wish.email] = wish.registration_id
        return True

    def knows(self, wish: Wish) -> bool:
        return bool(self.same_request(wish) or self.same_address(wish))

    def same_request(self, wish: Wish) -> UUID | None:
        return self._by_key.get(wish.registration_id) or self._by_key.get(wish.idempotency_key or "")

    def same_address(self, wish: Wish) -> UUID | None:
        return self._by_address.get(wish.email)

    def same_body(self, registration_id: UUID, wish: Wish) -> bool:
        return self._digests[registration_id] == wish.body_digest

    def _note(self, registration_id: UUID, key: str | None, digest: str | None) -> None:
        self._by_key[registration_id] = registration_id
        self._digests[registration_id] = digest
        if key:
            self._by_key[key] = registration_id


def _which_may_be_repeated(session: Session, event_id: UUID, wishes: Sequence[Wish]) -> Sequence[Registration]:
    values = {
        "event": event_id,
        "ids": [wish.registration_id.hex for wish in wishes],
        "addresses": [wish.email for wish in wishes],
        "keys": [wish.idempotency_key for wish in wishes if wish.idempotency_key],
    }
    found = set(session.scalars(_KNOWN_ALREADY, values)) - {None}
    return session.scalars(select(Registration).where(Registration.id.in_(found))).all() if found else ()


def _known_already() -> CompoundSelect[Any]:
    """Ids of registrations, and nulls: one arm for each index, in which each value is looked for alone."""
    columns = REGISTRATIONS.c
    by_id, by_address, by_key = each_text("ids"), each_text("addresses"), each_text("keys")
    # Written so, the event is looked at behind the index and never chooses it: while PostgreSQL believes the table
    # to be small, any index that begins with the event would do, and then all of it is read for each value.
    of_event = select(columns.id).where(columns.event_id.is_not_distinct_from(bindparam("event")))
    arms = {
        by_id: select(columns.id).where(columns.id == cast(by_id.c.value, Uuid)),
        # The people of a party may share an address; any of them tells that it is known.
        by_address: of_event.where(columns.email == by_address.c.value, IS_LIVE).limit(1),
        by_key: of_event.where(columns.idempotency_key == by_key.c.value),
    }
    return union_all(*(select(arm.scalar_subquery()).select_from(each) for each, arm in arms.items()))


_KNOWN_ALREADY = _known_already()


def _present_outcomes(session: Session, registrations: Sequence[Registration]) -> dict[UUID, Outcome]:
    positions = positions_of(session, registrations)
    return {
        r.id: Registered(r.id, r.event_id, State(r.state), positions.get(r.id), repeated=True) for r in registrations
    }


def _create(
    uow: UnitOfWork, seats: Seats, wishes: Sequence[Wish], units: Sequence[Unit], rulings: Sequence[Ruling]
) -> dict[UUID, Outcome]:
    """Write what was decided about new wishes; a refused one leaves nothing behind.

    The registrations never become the session's: all of them are written with one statement, however many there are.
    """
    outcomes: dict[UUID, Outcome] = {r.registration_id: refusal(r.reason) for r in rulings if r.outcome == "refused"}
    priorities = [unit.priority for unit in units for _claim in unit.claims]
    accepted = [each for each in zip(wishes, priorities, rulings, strict=True) if each[2].outcome != "refused"]
    people = _people(uow, _locales([wish for wish, _priority, _ruling in accepted]))
    registrations = [_registration(uow, seats, *each, people[each[0].email]) for each in accepted]
    if registrations:
        _number_shared_addresses(registrations)
        insert_rows(uow.session, REGISTRATIONS, [row(registration) for registration in registrations])
        write_answers(
            uow, seats.event.id, {wish.registration_id: wish.answers for wish, _priority, _ruling in accepted}
        )
        sealed = {wish.registration_id: wish.sealed_needs for wish, _priority, _ruling in accepted if wish.sealed_needs}
        write_needs(uow, sealed)
        if wishes[0].manner.by_hand:
            note_missing_answers(uow, seats.event, [registration.id for registration in registrations])
    positions = _positions_behind(uow, seats, registrations)
    for registration, (wish, _priority, ruling) in zip(registrations, accepted, strict=True):
        with on_behalf_of(wish.request_id):
            outcomes[registration.id] = _welcome(
                uow, seats, registration, ruling, positions.get(registration.id), wish.manner
            )
    contacts = {wish.party_id: wish.contact for wish, *_ in accepted if wish.party_id and wish.contact}
    write_parties(uow, contacts, people, registrations, positions)
    return outcomes


def _number_shared_addresses(registrations: Sequence[Registration]) -> None:
    """An address stands for one registration; only inside a party may it stand for several."""
    seen: Counter[str] = Counter()
    for registration in registrations:
        registration.address_number = seen[registration.email]
        seen[registration.email] += 1


def _registration(
    uow: UnitOfWork, seats: Seats, wish: Wish, priority: int, ruling: Ruling, person: Person
) -> Registration:
    registration = unkept(
        Registration,
        id=wish.registration_id,
        event_id=seats.event.id,
        person_id=person.id,
        person=person,
        first_name=wish.first_name,
        last_name=wish.last_name,
        email=wish.email,
        organisation=wish.organisation,
        organisation_id=wish.organisation_id,
        locale=wish.locale,
        state=ruling.state,
        seq=ruling.seq,
        priority=priority,
        moved=False,
        set_aside=False,
        pool=pool_of(seats.rule, wish.traits),
        code=wish.traits.code,
        member=wish.traits.member,
        party_id=wish.party_id,
        takes_fewer=wish.takes_fewer,
        enrolment_id=wish.enrolment_id,
        waits_for_series=wish.waits_for_series,
        address_confirmed=wish.address_confirmed,
        deadline=ruling.deadline,
        submitted_at=uow.now,
        changed_at=uow.now,
        idempotency_key=wish.idempotency_key,
        body_digest=wish.body_digest,
        version=1,
        notice_version=seats.event.notice_version,
    )
    registration.place = place_of(registration.seq)
    registration.derive_keys()
    return registration


def _positions_behind(uow: UnitOfWork, seats: Seats, registrations: Sequence[Registration]) -> Mapping[UUID, int]:
    """Where those who wait now stand. Without classes every newcomer is the last, and nothing need be asked."""
    waiting = [registration for registration in registrations if registration.state == State.WAITLISTED]
    if seats.rule.classes:
        return positions_of(uow.session, waiting)
    return {registration.id: seats.waiting + number for number, registration in enumerate(waiting, start=1)}


def _welcome(
    uow: UnitOfWork,
    seats: Seats,
    registration: Registration,
    ruling: Ruling,
    position: int | None,
    manner: Manner,
) -> Registered:
    state = State(registration.state)
    seats.admit(state)
    seats.wait_for_series(registration)
    seats.expect(registration.deadline)
    seats.log_ruling(ruling, manner.actor, note=manner.reason)
    told = ruling.reason if manner.notify else ADDED_SILENTLY
    summarised = registration.enrolment_id is not None
    announce_state(uow, registration, None, manner.actor, told, position=position, summarised=summarised)
    note_act(uow, "registration.made", registration, manner.actor, added(state=str(state)))
    return Registered(registration.id, registration.event_id, state, position)


def _locales(wishes: Sequence[Wish]) -> dict[str, str]:
    """The addresses of all these people and of their contacts, each with its language."""
    contacts = {wish.contact.email: wish.contact.locale for wish in wishes if wish.contact}
    return {**contacts, **{wish.email: wish.locale for wish in wishes}}


def _people(uow: UnitOfWork, locales: Mapping[str, str]) -> Mapping[str, Person]:
    """The persons behind the addresses; those not known yet are made, and are written to in the language given.

    Written first, and read only if somebody is known already: newcomers, as at an opening, are the rule. Two events may
    meet the same new address at once, so the insert gives way, and in one order, lest they deadlock.
    """
    made = {
        email: unkept(Person, id=new_id(), email=email, link_generation=0, locale=locales[email], created_at=uow.now)
        for email in sorted(locales)
    }
    rows = [row(person) for person in made.values()]
    if not rows or insert_rows(uow.session, PEOPLE, rows, unless_taken="email") == len(made):
        return made
    return _people_by_address(uow.session, locales)


def _people_by_address(session: Session, addresses: Iterable[str]) -> dict[str, Person]:
    wanted = rounded(sorted(addresses))
    if not wanted:
        return {}
    query = select(Person).where(Person.email.in_(wanted))
    return {person.email: person for person in session.scalars(query)}


def _outcomes(
    uow: UnitOfWork, people: Sequence[Wish], earlier: _Earlier, outcomes: Mapping[UUID, Outcome]
) -> list[Outcome]:
    """What became of somebody alone, or of all people of a party."""
    found = {
        number: _outcome(uow, wish, earlier, outcomes) for number, wish in enumerate(people) if earlier.knows(wish)
    }
    refused = {number: outcome for number, outcome in found.items() if isinstance(outcome, ReiheError)}
    if people[0].party_id and (refused or len(found) < len(people)):
        return [_party_refused(refused)] * len(people)
    return list(found.values())


def _party_refused(refused: Mapping[int, ReiheError]) -> ReiheError:
    """What is said to a party of which somebody is refused, or whose key came before with fewer people."""
    first = next(iter(refused.values()), key_reused())
    return registered_among_party(refused) if first.code == "already_registered" else first


def _outcome(uow: UnitOfWork, wish: Wish, earlier: _Earlier, outcomes: Mapping[UUID, Outcome]) -> Outcome:
    same = earlier.same_request(wish)
    if same is not None:
        return _repeated(wish, outcomes[same]) if earlier.same_body(same, wish) else key_reused()
    first = outcomes[earlier.same_address(wish) or wish.registration_id]
    if isinstance(first, ReiheError):
        return first
    if wish.manner.by_hand:
        return address_registered()
    request_link(uow, wish.email)
    return already_registered()


def _repeated(wish: Wish, outcome: Outcome) -> Outcome:
    if isinstance(outcome, ReiheError) or outcome.registration_id == wish.registration_id:
        return outcome
    return replace(outcome, repeated=True)
