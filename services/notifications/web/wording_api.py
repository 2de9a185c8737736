"""What mails say, in the JSON interface: for the whole house, and for one event."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications import wordings
from services.notifications.mailing import known_event
from services.notifications.samples import Preview, preview
from services.notifications.web.circular_schemas import PreviewAnswer
from services.notifications.web.parts import settings
from services.notifications.web.wording_schemas import WordingAnswer, WordingList, WordsSchema
from services.notifications.wordings import Place
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("wordings_api", __name__, url_prefix="/api/notifications/v1", description="What mails say")
bp.before_request(keep_private)

ONE, OF_EVENT = "/wordings/<string:template>", "/events/<uuid:event_id>/wordings/<string:template>"


@bp.route("/wordings", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, WordingList)
def list_wordings() -> dict[str, Any]:
    """Every kind of mail with the words that hold wherever an event has none of its own."""
    return _all(None)


@bp.route("/events/<uuid:event_id>/wordings", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, WordingList)
def list_wordings_of_event(event_id: UUID) -> dict[str, Any]:
    """Every kind of mail about an event, with the words that hold there."""
    return _all(event_id)


@bp.route(ONE, methods=["PUT"])
@bp.staff("organiser")
@bp.arguments(WordsSchema)
@bp.response(200, WordingAnswer)
def word(words: dict[str, Any], template: str) -> dict[str, Any]:
    """Use these words in the whole house."""
    return _save(template, None, words)


@bp.route(OF_EVENT, methods=["PUT"])
@bp.staff("organiser")
@bp.arguments(WordsSchema)
@bp.response(200, WordingAnswer)
def word_at_event(words: dict[str, Any], event_id: UUID, template: str) -> dict[str, Any]:
    """Use these words at an event."""
    return _save(template, event_id, words)


@bp.route(ONE, methods=["DELETE"])
@bp.staff("organiser")
@bp.response(204)
def reset(template: str) -> None:
    """Back to the built-in words."""
    _reset(template, None)


@bp.route(OF_EVENT, methods=["DELETE"])
@bp.staff("organiser")
@bp.response(204)
def reset_at_event(event_id: UUID, template: str) -> None:
    """Back to the house's words, or the built-in ones."""
    _reset(template, event_id)


@bp.route(f"{ONE}/preview/<string:locale>", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, PreviewAnswer)
def show(template: str, locale: str) -> Preview:
    """A mail as somebody of the newest event would get it, their name masked."""
    return _preview(template, None, locale)


@bp.route(f"{OF_EVENT}/preview/<string:locale>", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, PreviewAnswer)
def show_at_event(event_id: UUID, template: str, locale: str) -> Preview:
    """A mail as somebody of this event would get it, their name masked."""
    return _preview(template, event_id, locale)


def _all(event_id: UUID | None) -> dict[str, Any]:
    with this_service().database.read() as session:
        if event_id is not None:
            known_event(session, event_id)
        return {"items": [_answer(session, Place(one, event_id)) for one in wordings.templates_at(event_id)]}


def _save(template: str, event_id: UUID | None, words: dict[str, Any]) -> dict[str, Any]:
    with this_service().database.unit_of_work(now()) as uow:
        place = wordings.place_of(uow.session, template, event_id)
        wordings.save(uow, place, words, settings(), required_staff("organiser"))
        uow.session.flush()
        answer = _answer(uow.session, place)
        uow.commit()
    return answer


def _reset(template: str, event_id: UUID | None) -> None:
    with this_service().database.unit_of_work(now()) as uow:
        wordings.reset(uow, wordings.place_of(uow.session, template, event_id), required_staff("organiser"))
        uow.commit()


def _preview(template: str, event_id: UUID | None, locale: str) -> Preview:
    with this_service().database.read() as session:
        return preview(session, settings(), wordings.place_of(session, template, event_id), locale, now())


def _answer(session: Session, place: Place) -> dict[str, Any]:
    return {
        "template": place.template.key,
        "name": say(place.template.name),
        "placeholders": place.template.placeholders,
        "needed": place.template.needed,
        "entered": wordings.own_words(session, place),
        "words": wordings.words_at(session, place, settings()),
    }
