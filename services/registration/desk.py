"""Desks: wishes that come at once are answered together, in the order in which they came.

Each event has a desk in each process. A request's thread lays its wish on it. Where nobody serves the desk, that thread
waits for the event's lock, takes what lies there by then and answers all of it; whatever comes meanwhile is the next
batch. Then it hands the desk to the first thread that still waits, so that nobody serves others for long while their
own client waits. There is no timer, and no delay where people come one by one.

Desks take turns, as the interpreter runs one thread at a time: whoever's turn it is serves, beside their own, the desks
of other events that wait for theirs.

This module knows threads and nothing of databases: ``Serve`` answers batches (:mod:`services.registration.serving`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from services.registration.booking import Registered, Wish
from shared.errors import BusyError
from shared.languages import text as _

LARGEST_BATCH = 64
PATIENCE_SECONDS = 10.0
MOST_TURNS = 2
"""Threads of a process that may be in the database for desks at once. More than one, lest an event whose lock does not
come hold up all others."""
MOST_TOGETHER = 16
"""Desks that one thread serves in one turn."""

Answer = Registered | Exception
"""An exception is for whoever made the wish, and raised in their thread."""

Take = Callable[[], Sequence[Wish]]
"""The wishes that lie there when it is first called, and the same ones ever after."""

Serve = Callable[[Mapping[UUID, Take]], Mapping[UUID, Sequence[Answer]]]
"""Answers the wishes for some events, which it takes as late as it can; the answers to those for one event stand in the
order of its wishes."""


@dataclass(eq=False, slots=True)
class _Slip:
    """A wish, or those of a party, on its way over the desk.

    ``called`` is set once there are answers, one for each wish, or when the slip's thread is to lead.
    """

    wishes: Sequence[Wish]
    called: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    answers: Sequence[Answer] = ()

    def lead(self) -> None:
        self.leads = True
        self.called.set()


@dataclass(eq=False, slots=True)
class _Desk:
    """``lying`` waits to be taken, in the order of arrival; ``taken`` is the batch that is being answered.

    ``awaits_turn``: its leader waits until it is served; ``in_turn``: some thread, not always the leader's, is at it.
    """

    event_id: UUID
    lying: list[_Slip] = field(default_factory=list)
    taken: list[_Slip] = field(default_factory=list)
    awaits_turn: bool = False
    in_turn: bool = False

    @property
    def is_answered(self) -> bool:
        return any(slip.answers for slip in self.taken)


class Desks:
    """The desks of one process. A desk is there while somebody serves it."""

    def __init__(self, serve: Serve, *, most_waiting: int, patience: float = PATIENCE_SECONDS) -> None:
        """``most_waiting`` threads may be at desks at once; ``patience`` is for a wish nobody takes, in seconds."""
        self._serve = serve
        self._most_waiting = most_waiting
        self._patience = patience
        self._lock = threading.Lock()
        self._turn_ended = threading.Condition(self._lock)
        self._turns = 0
        self._ready: list[_Desk] = []
        self._desks: dict[UUID, _Desk] = {}
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many threads are at desks now."""
        return self._waiting

    @property
    def events(self) -> list[UUID]:
        """Those whose desks are served now."""
        return list(self._desks)

    def register(self, event_id: UUID, wish: Wish) -> Registered:
        """Lay the wish down and wait for its answer.

        Raises what the answer says (see :func:`services.registration.booking.book`), and :class:`BusyError` if too many
        wait already or nobody takes the wish in time.
        """
        return self.register_party(event_id, [wish])[0]

    def register_party(self, event_id: UUID, wishes: Sequence[Wish]) -> list[Registered]:
        """The same for all people of a party, who are answered together; raises what is wrong with the first."""
        slip = _Slip(wishes)
        desk = self._lay_down(event_id, slip)
        try:
            self._wait(desk, slip)
            if slip.leads:
                self._lead(desk)
        finally:
            self._leave(desk, slip)
        for answer in slip.answers:
            if not isinstance(answer, Registered):
                raise answer
        if not slip.answers:
            raise busy()
        return [answer for answer in slip.answers if isinstance(answer, Registered)]

    def _lay_down(self, event_id: UUID, slip: _Slip) -> _Desk:
        with self._lock:
            if self._waiting >= self._most_waiting:
                raise busy()
            self._waiting += 1
            desk = self._desks.get(event_id)
            if desk is None:
                desk = self._desks[event_id] = _Desk(event_id)
                slip.lead()
            desk.lying.append(slip)
        return desk

    def _wait(self, desk: _Desk, slip: _Slip) -> None:
        """Until there is an answer or the desk is handed over. A wish that was taken is waited for to its end."""
        if not slip.called.wait(self._patience) and not self._withdraw(desk, slip):
            slip.called.wait()

    def _withdraw(self, desk: _Desk, slip: _Slip) -> bool:
        with self._lock:
            if slip.leads or slip not in desk.lying:
                return False
            desk.lying.remove(slip)
            return True

    def _lead(self, desk: _Desk) -> None:
        together = self._await_turn(desk)
        if not together:
            return
        try:
            found = self._serve({each.event_id: partial(self._take, each) for each in together})
            for each in together:
                answers = iter(found[each.event_id])
                for slip in each.taken:
                    slip.answers = [next(answers) for _wish in slip.wishes]
        finally:
            self._end_turn(desk, together)

    def _await_turn(self, desk: _Desk) -> list[_Desk]:
        """The desks to serve, this one first; none if another thread has served it meanwhile."""
        with self._turn_ended:
            desk.awaits_turn = True
            self._ready.append(desk)
            try:
                self._turn_ended.wait_for(lambda: not desk.in_turn and (desk.is_answered or self._turns < MOST_TURNS))
            finally:
                desk.awaits_turn = False
                if desk in self._ready:
                    self._ready.remove(desk)
            if desk.is_answered:
                return []
            together = [desk, *self._ready[: MOST_TOGETHER - 1]]
            del self._ready[: MOST_TOGETHER - 1]
            for each in together:
                each.in_turn = True
            self._turns += 1
        return together

    def _end_turn(self, desk: _Desk, together: Sequence[_Desk]) -> None:
        """Whoever leads a desk that was to be served with this one, and was not, waits for their own turn."""
        with self._turn_ended:
            self._turns -= 1
            for each in together:
                each.in_turn = False
            self._ready[:0] = [each for each in together if each.awaits_turn and not each.is_answered]
            self._turn_ended.notify_all()

    def _take(self, desk: _Desk) -> list[Wish]:
        with self._lock:
            if not desk.taken:
                desk.taken, desk.lying = desk.lying[:LARGEST_BATCH], desk.lying[LARGEST_BATCH:]
            return [wish for slip in desk.taken for wish in slip.wishes]

    def _leave(self, desk: _Desk, slip: _Slip) -> None:
        """Whatever has happened, nobody is left behind: of a batch, whoever has no answer lies on the desk again."""
        with self._lock:
            self._waiting -= 1
            if slip in desk.lying:
                desk.lying.remove(slip)
            if not slip.leads:
                return
            taken, desk.taken = desk.taken, []
            desk.lying[:0] = [other for other in taken if not other.answers and other is not slip]
            self._hand_over(desk)
        for other in taken:
            if other.answers:
                other.called.set()

    def _hand_over(self, desk: _Desk) -> None:
        if desk.lying:
            desk.lying[0].lead()
        else:
            del self._desks[desk.event_id]


def busy() -> BusyError:
    return BusyError("busy", _("Very many people are registering just now. Please send this again in a moment."))
