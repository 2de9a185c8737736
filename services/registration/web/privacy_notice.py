"""An event's privacy notice, as it reads now and as it read before."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.events import event_with_slug
from services.registration.privacy.notices import notice_of, versions_of
from shared.languages import best_language
from shared.web import language
from shared.web.service import this_service

bp = Blueprint("privacy_notice", __name__, url_prefix="/register/events/<slug>/privacy")


@bp.get("")
def notice(slug: str) -> ResponseReturnValue:
    asked = request.args.get("version", type=int)
    with this_service().database.read() as session:
        event = event_with_slug(session, slug)
        found = notice_of(session, event.id, asked)
        versions = versions_of(session, event.id)
    written = {locale: locale for locale in found.texts}
    return render_template(
        "registration/privacy_notice.html",
        event=event,
        notice=found,
        written_in=best_language(written, language.locale()),
        versions=versions,
    )
