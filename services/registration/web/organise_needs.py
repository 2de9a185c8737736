"""What the people of an event need: counted for whoever plans it, by name for the role ``needs`` alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.registration.acts import note_needs_read
from services.registration.kept_needs import people_with_needs, plan_of
from services.registration.models import Registration
from services.registration.needs import Needs, Plan
from services.registration.web.asking import DIET_NAMES, NEED_NAMES, language_name
from services.registration.web.organise_room import guard, known_event, may, room_of
from services.registration.web.settings import vault
from shared.languages import text as _
from shared.web.language import say
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

IN_DETAIL = frozenset({"interpretation", "diet", "childcare"})

bp = Blueprint("needs", __name__, url_prefix="/needs")
bp.before_request(guard(readers=("organiser", "auditor", "needs"), writers=()))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to plan for: how many with a seat need it, and how many who wait."""

    what: str
    seated: int
    waiting: int


@bp.get("")
def needs(event_id: UUID) -> ResponseReturnValue:
    by_name = may("needs")
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        seated, waiting = plan_of(session, vault(), event_id)
        people = people_with_needs(session, vault(), event_id) if by_name else []
    if people:
        with this_service().database.unit_of_work(now()) as uow:
            note_needs_read(uow, event_id, required_staff().account_id, len(people))
            uow.commit()
    return render_template(
        "registration/needs.html",
        room=room_of(event),
        asked=[say(NEED_NAMES[name]) for name in NEED_NAMES if name in event.needs],
        lines=_lines(seated, waiting),
        by_name=by_name,
        people=[_person(registration, said) for registration, said in people],
    )


def _lines(seated: Plan, waiting: Plan) -> list[Line]:
    columns = (_counted(seated), _counted(waiting))
    names = dict.fromkeys((*columns[0], *columns[1]))
    return [Line(name, columns[0].get(name, 0), columns[1].get(name, 0)) for name in names]


def _counted(plan: Plan) -> Mapping[str, int]:
    """By what it is called, in the order of the needs; what has details is counted by them."""
    counted: dict[str, int] = {}
    for code, number in sorted(plan.languages.items()):
        counted[say(_("Interpretation: %(language)s", language=language_name(code)))] = number
    for name in NEED_NAMES:
        if name not in IN_DETAIL and plan.counts[name]:
            counted[say(NEED_NAMES[name])] = plan.counts[name]
    for age, number in sorted(plan.ages.items()):
        counted[say(_("Childcare, aged %(age)d", age=age))] = number
    for diet in DIET_NAMES:
        if plan.diets[diet]:
            counted[say(_("Food: %(diet)s", diet=say(DIET_NAMES[diet])))] = plan.diets[diet]
    return counted


@dataclass(frozen=True, slots=True)
class Person:
    registration: Registration
    needs: list[str]


def _person(registration: Registration, needs: Needs) -> Person:
    lists: Mapping[str, Callable[[Any], str]] = {
        "interpretation": lambda codes: ", ".join(language_name(code) for code in codes),
        "diet": lambda diets: ", ".join(say(DIET_NAMES[diet]) for diet in diets),
        "childcare": lambda ages: ", ".join(str(age) for age in ages),
        "other": str,
    }
    said = [
        f"{say(NEED_NAMES[name])}: {lists[name](needs[name])}" if name in lists else say(NEED_NAMES[name])
        for name in NEED_NAMES
        if name in needs
    ]
    return Person(registration, said)
