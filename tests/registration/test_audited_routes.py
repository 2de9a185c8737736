"""Whatever registration's routes change, the audit log says; and who took personal data out."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.models import AUDIT, DataRequest
from services.registration.web.audit import WORDS
from shared.audit import Wanted, entries_page
from shared.database import new_id
from tests.audited import Write, changing_routes, check_written, file_routes, unlisted
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, form_of
from tests.registration.front import Front, wish
from tests.registration.scenes import AYLIN, BO, COLLEAGUE, SLUG, Scenes
from tests.registration.series import SERIES, a_series, enrol
from tests.registration.test_api_webhooks import WEBHOOK
from tests.registration.test_consents import ask
from tests.registration.test_pages_lists import FUNDERS, MINISTRY
from tests.registration.test_pages_privacy import HOSTER, PROCESSORS
from tests.registration.test_pages_scans import a_picture, kept_scan
from tests.registration.test_self_check_in import VENUE

API = "/api/registration/v1"
OWN = "/my/<token>/registrations/<uuid:registration_id>"
PEOPLE = "/organise/events/<uuid:event_id>/people"
PERSON = f"{PEOPLE}/<uuid:registration_id>"
DIRECTORY = "/organise/organisations"
CONSENTS = "/organise/privacy/consents"
BECAUSE = {"reason": "because"}

W = Write[Scenes]
Registration = Callable[[Scenes], UUID]


def by_api(act: str, action: str, registration: Registration, **body: Any) -> W:
    def call(s: Scenes) -> Any:
        return s.api("POST", f"/registrations/{registration(s)}/{act}", {**BECAUSE, **body}, by="alice")

    return W(f"POST {API}/registrations/<uuid:registration_id>/{act}", action, call)


def in_room(act: str, action: str, registration: Registration, **fields: Any) -> W:
    def call(s: Scenes) -> Page:
        return s.page(s.room(registration(s), f"/{act}"), **BECAUSE, **fields)

    return W(f"POST {PERSON}/<any(cancel, promote, offer, move, aside, resume):act>", action, call)


def own_by_api(act: str, action: str, registration: Registration, **body: Any) -> W:
    return W(f"POST {API}{OWN}/{act}", action, lambda s: s.api("POST", s.own(registration(s), act), body))


def on_own_page(act: str, rule: str, action: str, registration: Registration, **fields: Any) -> W:
    return W(f"POST {OWN}/{rule}", action, lambda s: s.page(s.own(registration(s), act), "", **fields))


def of_webhook(method: str, rest: str, action: str, path: Callable[[Scenes], str], body: Any = None) -> W:
    rule = f"{API}/webhooks/<uuid:webhook_id>{rest}"
    return W(f"{method} {rule}", action, lambda s: s.api(method, path(s), body, by="adam"))


def on_webhook(rule: str, action: str, path: Callable[[Scenes], str], **fields: Any) -> W:
    return W(f"POST /organise/webhooks{rule}", action, lambda s: s.page(f"/organise{path(s)}", "adam", **fields))


def _registered(s: Scenes) -> Page:
    s.event()
    return Browser(s.front).register(SLUG)


def _party_registered(s: Scenes) -> Page:
    return _party_registered_by(s, Browser(s.front))


def _party_registered_by(s: Scenes, browser: Browser) -> Page:
    s.event(largest_party=3)
    contact = {f"contact.{name}": value for name, value in AYLIN.items()}
    person = {f"people.0.{name}": value for name, value in BO.items()}
    typed: dict[str, Any] = {**contact, **person, "act": []}
    return browser.send_after_a_while(browser.open(f"{form_of(SLUG)}/party"), **typed)


def _party_cancelled(s: Scenes) -> Page:
    browser = Browser(s.front)
    return browser.send(browser.open(s.party()), "form[action*='/parties/']", people=s.everybody())


def _address_corrected(s: Scenes) -> Page:
    s.event()
    browser = Browser(s.front)
    browser.register(SLUG)
    return browser.send(browser.open(f"{form_of(SLUG)}/address"), email="ana@example.net")


def _address_of_party_corrected(s: Scenes) -> Page:
    browser = Browser(s.front)
    _party_registered_by(s, browser)
    return browser.send(browser.open(f"{form_of(SLUG)}/party/address"), whose="contact", email="ana@example.net")


def _address_of_enrolment_corrected(s: Scenes) -> Page:
    browser = Browser(s.front)
    _enrolled_by(s, browser)
    return browser.send(browser.open("/register/series/grundlagen/address"), email="ana@example.net")


def _link_requested(s: Scenes) -> Page:
    s.seated()
    return s.page("/my", "", email="ana.novak@example.org")


def _details_changed(s: Scenes) -> Page:
    browser, path = Browser(s.front), s.own(s.answered(), "details")
    typed: dict[str, Any] = {"last_name": "Nowak", "answers.meal": "vegan", "needs.wheelchair": []}
    return browser.send(browser.open(path), **typed)


def _corrected_by_organiser(s: Scenes) -> Page:
    browser, path = Browser(s.front, "alice"), s.room(s.answered(), "/details")
    typed: dict[str, Any] = {"last_name": "Nowak", "answers.meal": "vegan"}
    return browser.send(browser.open(path), **typed)


def _note_deleted(s: Scenes) -> Page:
    browser, path = Browser(s.front, "alice"), s.room(s.seated())
    browser.send(browser.open(path), "form[action$='/notes']", text="Rang up.")
    return browser.send(browser.open(path), "form[action$='/delete']")


def _imported(s: Scenes) -> Page:
    browser, trial = s.tried_out()
    return browser.send(trial)


def _asked(s: Scenes) -> tuple[str, Page, UUID]:
    """The person's page, the answer to their form, and what was made of it."""
    page = f"/my/{s.front.token_of(s.seated())}/data/requests"
    answer = s.page(page, "", kind="restriction", text="Wrong name.")
    with s.front.core.database.read() as session:
        return page, answer, session.scalars(select(DataRequest.id)).one()


def _taken_back(s: Scenes) -> Page:
    page, _answer, request_id = _asked(s)
    return s.page(f"{page}/{request_id}/take-back", "")


OF_SERIES = "/organise/series/<uuid:series_id>/attendance"


def _series(s: Scenes) -> str:
    a_series(s.front.house, {})
    return f"/organise/series/{SERIES['series_id']}/attendance"


SCANS = "/organise/events/<uuid:event_id>/attendance/scans"


def _scan_kept(s: Scenes) -> Page:
    browser = Browser(s.front, "alice")
    return browser.send(
        browser.open(f"/organise/events/{s.event()}/attendance/scans"), file=(io.BytesIO(a_picture()), "1.png")
    )


def _scan_deleted(s: Scenes) -> Page:
    browser, (path, scan_id) = Browser(s.front, "alice"), kept_scan(s.front, s.event())
    return browser.send(browser.open(path), form=f"form[action$='{scan_id}/delete']")


def _scan_attached(s: Scenes) -> Page:
    browser, (path, scan_id) = Browser(s.front, "alice"), kept_scan(s.front, s.event())
    page = browser.open(path)
    session_id = str(page.one("input[name=sessions]")["value"])
    return browser.send(page, form=f"form[action$='{scan_id}']", sessions=session_id)


def _scan_file(s: Scenes) -> str:
    path, scan_id = kept_scan(s.front, s.event())
    return f"{path}/files/{scan_id}"


WORDS_OF_CONSENT = {"title.de": "Fotos", "text.de": "Im Netz."}


def _consent_asked(s: Scenes) -> Page:
    return s.page(f"{CONSENTS}/new", **WORDS_OF_CONSENT, scope="all")


def _consent(s: Scenes) -> str:
    return f"{CONSENTS}/{ask(s.front.house)}"


def _consent_given(s: Scenes) -> Page:
    purpose, token = ask(s.front.house), s.front.token_of(s.seated())
    return s.page(f"/my/{token}/data/consents/{purpose}/give", "", version="1")


def _consent_withdrawn(s: Scenes) -> Page:
    given = _consent_given(s)
    return s.page(given.response.request.path.replace("/give", "/withdraw"), "")


def _funder(s: Scenes) -> str:
    s.page(f"{FUNDERS}/new", "adam", **MINISTRY)
    return str(Browser(s.front, "adam").open(FUNDERS).one("tbody a")["href"])


def _processor(s: Scenes) -> str:
    s.page(f"{PROCESSORS}/new", "adam", **HOSTER)
    return str(Browser(s.front, "adam").open(PROCESSORS).one("tbody a")["href"])


def _in_bulk(s: Scenes) -> Page:
    registration_id = s.seated()
    event_id = s.front.house.registration(registration_id).event_id
    return s.page(f"/organise/events/{event_id}/people/bulk/cancel", selected=str(registration_id), **BECAUSE)


def _ticked(s: Scenes) -> Page:
    path, _api, registration_id = s.session()
    browser = Browser(s.front, "bob")
    return browser.send(browser.open(path), ticked=[str(registration_id)])


def _attended(s: Scenes) -> Any:
    _page, path, registration_id = s.session()
    at = s.front.house.clock().isoformat()
    row = {"id": str(new_id()), "registration_id": str(registration_id), "kind": "door", "at": at, "present": True}
    return s.api("POST", path, [row], by="bob")


def _scanned(s: Scenes) -> Any:
    _page, _path, registration_id = s.session()
    scan = {"registration_id": registration_id, "kind": "scan"}
    return _at_the_door(s, registration_id, "rows", lambda row: [{**row, **scan}])


def _let_in(s: Scenes) -> Any:
    person = {"first_name": "Goran", "last_name": "Ilić", "email": "goran@example.org"}
    return _at_the_door(s, s.seated(), "walk-ins", lambda row: {**row, **person})


def _at_the_door(s: Scenes, registration_id: UUID, what: str, body: Callable[[dict[str, Any]], Any]) -> Any:
    event_id = s.front.house.registration(registration_id).event_id
    browser = Browser(s.front, "bob")
    session_id = browser.open(f"/check-in/{event_id}").one("#session option")["value"]
    token = browser.client.get(f"/check-in/{event_id}/people").get_json()["csrf"]
    row = {"id": new_id(), "session_id": session_id, "at": s.front.house.clock().isoformat()}
    return browser.client.post(f"/check-in/{event_id}/{what}", json=body(row), headers={"X-CSRF-Token": token})


def _joined(s: Scenes) -> Page:
    registration_id, session_id = s.meeting()
    return s.page(s.own(registration_id, f"join/{session_id}"), "")


def _in_the_room(s: Scenes) -> Page:
    registration_id, session_id = s.meeting(venue=VENUE)
    event_id = s.front.house.registration(registration_id).event_id
    screen = Browser(s.front, "bob").open(f"/organise/events/{event_id}/attendance/{session_id}/screen")
    return s.page(s.own(registration_id, f"here/{session_id}"), "", code=screen.all(".room-code")[0])


def _feedback_set_up(s: Scenes) -> Page:
    browser = Browser(s.front, "alice")
    return browser.send(browser.open(f"/organise/events/{s.event()}/feedback"), offered="yes", days="14")


def _feedback_asked_for(s: Scenes) -> str:
    path = _feedback_set_up(s).location.partition("?")[0]
    return f"{path}/export.csv"


def _reported(s: Scenes) -> Page:
    registration_id, session_id = s.meeting()
    person = s.front.house.registration(registration_id)
    browser = Browser(s.front, "alice")
    table = f"Name,Duration\n{person.name},60\n".encode()
    path = f"/organise/events/{person.event_id}/attendance/{session_id}/report"
    return browser.send(browser.send(browser.open(path), file=(io.BytesIO(table), "report.csv")))


def _door_link_made(s: Scenes) -> Page:
    browser = Browser(s.front, "alice")
    return browser.send(browser.open(f"/organise/events/{s.event()}/attendance/door"), name="North")


def _door_link_revoked(s: Scenes) -> Page:
    made = _door_link_made(s)
    browser = Browser(s.front, "alice")
    return browser.send(browser.open(made.location), "form[action$=revoke]")


def _organisations_imported(s: Scenes) -> Page:
    browser = Browser(s.front, "alice")
    table = (io.BytesIO("name,municipality\nBrücke,Bochum\n".encode()), "list.csv")
    return browser.send(browser.open(f"{DIRECTORY}/import"), "main form[enctype]", file=table)


def _enrolled(s: Scenes) -> Any:
    a_series(s.front.house, {}, {})
    return enrol(s.front, "Ana Novak")


def _enrolled_by_form(s: Scenes) -> Page:
    return _enrolled_by(s, Browser(s.front))


def _enrolled_by(s: Scenes, browser: Browser) -> Page:
    a_series(s.front.house, {}, {})
    return browser.send_after_a_while(browser.open(f"/register/series/{SERIES['slug']}"), **BO)


def _modules_chosen_on_own_page(s: Scenes) -> Page:
    made = _enrolled(s).get_json()
    token = s.front.token_of(UUID(made["modules"][0]["registration_id"]))
    browser = Browser(s.front)
    form = browser.open(f"/my/{token}/enrolments/{made['id']}/modules")
    return browser.send(form, modules=made["modules"][0]["event_id"])


def _modules_chosen(s: Scenes) -> Any:
    made = _enrolled(s).get_json()
    token = s.front.token_of(UUID(made["modules"][0]["registration_id"]))
    return s.api("PATCH", f"/my/{token}/enrolments/{made['id']}", {"modules": [made["modules"][0]["event_id"]]})


def _enrolment_cancelled_on_own_page(s: Scenes) -> Page:
    made = _enrolled(s).get_json()
    token = s.front.token_of(UUID(made["modules"][0]["registration_id"]))
    return s.page(f"/my/{token}/enrolments/{made['id']}/cancel", "")


def _enrolment_cancelled(s: Scenes) -> Any:
    made = _enrolled(s).get_json()
    token = s.front.token_of(UUID(made["modules"][0]["registration_id"]))
    return s.api("POST", f"/my/{token}/enrolments/{made['id']}/cancel")


def _language_chosen(s: Scenes) -> Any:
    return s.api("PATCH", f"/my/{s.front.token_of(s.seated())}", {"locale": "en"})


WRITES = [
    # Whoever registers, on the form or by another program.
    W(
        f"POST {API}/events/<uuid:event_id>/registrations",
        "registration.made",
        lambda s: s.front.register(s.event(), "Ana Novak"),
    ),
    W("POST /register/events/<slug>", "registration.made", _registered),
    W(
        f"POST {API}/events/<uuid:event_id>/parties",
        "registration.made",
        lambda s: s.api("POST", f"/events/{s.event(largest_party=3)}/parties", {"contact": AYLIN, "people": [BO]}),
    ),
    W("POST /register/events/<slug>/party", "registration.made", _party_registered),
    W(f"POST {API}/series/<uuid:series_id>/enrolments", "enrolment.made", _enrolled),
    W(f"POST {API}/my/<token>/enrolments/<uuid:enrolment_id>/cancel", "enrolment.cancelled", _enrolment_cancelled),
    W("POST /register/series/<slug>", "enrolment.made", _enrolled_by_form),
    W("POST /my/<token>/enrolments/<uuid:enrolment_id>/modules", "enrolment.changed", _modules_chosen_on_own_page),
    W(f"PATCH {API}/my/<token>/enrolments/<uuid:enrolment_id>", "enrolment.changed", _modules_chosen),
    W(
        "POST /my/<token>/enrolments/<uuid:enrolment_id>/cancel",
        "enrolment.cancelled",
        _enrolment_cancelled_on_own_page,
    ),
    W("POST /register/events/<slug>/address", "registration.address_corrected", _address_corrected),
    W("POST /register/events/<slug>/party/address", "party.address_corrected", _address_of_party_corrected),
    W("POST /register/series/<slug>/address", "registration.address_corrected", _address_of_enrolment_corrected),
    # People with their link.
    W("POST /my", "person.link_requested", _link_requested),
    W(f"PATCH {API}/my/<token>", "person.language_chosen", _language_chosen),
    W(
        "POST /my/<token>/language",
        "person.language_chosen",
        lambda s: s.page(f"/my/{s.front.token_of(s.seated())}/language", "", locale="en"),
    ),
    W(
        f"PATCH {API}{OWN}",
        "registration.corrected",
        lambda s: s.api("PATCH", s.own(s.seated(), "").rstrip("/"), {"last_name": "Nowak"}),
    ),
    W(f"POST {OWN}/details", "registration.corrected", _details_changed),
    W(f"POST {OWN}/details", "registration.answers_changed", _details_changed),
    W(f"POST {OWN}/details", "registration.needs_changed", _details_changed),
    own_by_api("cancel", "registration.cancelled", Scenes.seated),
    own_by_api("accept", "registration.accepted", Scenes.offered),
    own_by_api("resume", "registration.resumed", Scenes.set_aside),
    own_by_api("decline", "registration.declined", Scenes.offered),
    own_by_api("confirm", "registration.address_confirmed", Scenes.pending),
    own_by_api("transfer", "registration.transferred", Scenes.seated, **COLLEAGUE),
    on_own_page("cancel", "cancel", "registration.cancelled", Scenes.seated),
    on_own_page("transfer", "transfer", "registration.transferred", Scenes.seated, **COLLEAGUE),
    on_own_page("resume", "resume", "registration.resumed", Scenes.set_aside),
    on_own_page("accept", "<any(accept, confirm, decline):answer>", "registration.accepted", Scenes.offered),
    on_own_page("decline", "<any(accept, confirm, decline):answer>", "registration.declined", Scenes.offered),
    on_own_page("confirm", "<any(accept, confirm, decline):answer>", "registration.address_confirmed", Scenes.pending),
    W(
        "POST /my/<token>/erasure",
        "person.erased",
        lambda s: s.page(f"/my/{s.front.token_of(s.seated())}/erasure", ""),
    ),
    W("POST /my/<token>/parties/<uuid:party_id>/cancel", "registration.cancelled", _party_cancelled),
    # Organisers and their people.
    W(
        f"POST {API}/events/<uuid:event_id>/people",
        "registration.made",
        lambda s: s.api("POST", f"/events/{s.event()}/people", wish("Ana Novak"), by="alice"),
    ),
    W(
        f"POST {PEOPLE}/new",
        "registration.made",
        lambda s: s.page(f"/organise/events/{s.event()}/people/new", **COLLEAGUE, idempotency_key="1"),
    ),
    W(f"POST {PEOPLE}/import/carry-out", "registration.made", _imported),
    W(f"POST {PEOPLE}/bulk/<any(cancel, promote):act>", "registration.cancelled", _in_bulk),
    by_api("cancel", "registration.cancelled", Scenes.seated),
    by_api("promote", "registration.promoted", Scenes.waiting_beside_a_seat),
    by_api("offer", "registration.offered", Scenes.waiting_beside_a_seat),
    by_api("move", "registration.moved", Scenes.waiting, position=1),
    by_api("aside", "registration.set_aside", Scenes.waiting),
    by_api("resume", "registration.resumed", Scenes.set_aside),
    in_room("cancel", "registration.cancelled", Scenes.seated),
    in_room("promote", "registration.promoted", Scenes.waiting_beside_a_seat),
    in_room("offer", "registration.offered", Scenes.waiting_beside_a_seat),
    in_room("move", "registration.moved", Scenes.waiting, position="1"),
    in_room("aside", "registration.set_aside", Scenes.waiting),
    in_room("resume", "registration.resumed", Scenes.set_aside),
    W(f"POST {PERSON}/erasure", "person.erased", lambda s: s.page(s.room(s.seated(), "/erasure"))),
    W(f"POST {PERSON}/details", "registration.corrected", _corrected_by_organiser),
    W(f"POST {PERSON}/details", "registration.answers_changed", _corrected_by_organiser),
    W(f"POST {PERSON}/notes", "note.written", lambda s: s.page(s.room(s.seated(), "/notes"), text="Rang up.")),
    W(f"POST {PERSON}/notes/<uuid:note_id>/delete", "note.deleted", _note_deleted),
    W(f"POST {API}/sessions/<uuid:session_id>/attendance", "attendance.recorded", _attended),
    W("POST /organise/events/<uuid:event_id>/attendance/<uuid:session_id>", "attendance.recorded", _ticked),
    W("POST /organise/events/<uuid:event_id>/feedback", "feedback.set_up", _feedback_set_up),
    W("POST /organise/events/<uuid:event_id>/attendance/door", "door_link.made", _door_link_made),
    W(
        "POST /organise/events/<uuid:event_id>/attendance/door/<uuid:link_id>/revoke",
        "door_link.revoked",
        _door_link_revoked,
    ),
    W(f"POST {OWN}/join/<uuid:session_id>", "attendance.recorded", _joined),
    W(f"POST {OWN}/here/<uuid:session_id>", "attendance.recorded", _in_the_room),
    W(
        "POST /organise/events/<uuid:event_id>/attendance/<uuid:session_id>/report/carry-out",
        "attendance.recorded",
        _reported,
    ),
    W("POST /check-in/<uuid:event_id>/rows", "attendance.recorded", _scanned),
    W("POST /check-in/<uuid:event_id>/walk-ins", "registration.made", _let_in),
    W(f"POST {SCANS}", "scan.kept", _scan_kept),
    W(f"POST {SCANS}/<uuid:scan_id>", "scan.attached", _scan_attached),
    W(f"POST {SCANS}/<uuid:scan_id>/delete", "scan.deleted", _scan_deleted),
    # The directory.
    W(
        f"POST {API}/organisations",
        "organisation.added",
        lambda s: s.api("POST", "/organisations", {"name": "Brücke"}, by="alice"),
    ),
    W(
        f"PATCH {API}/organisations/<uuid:organisation_id>",
        "organisation.changed",
        lambda s: s.api("PATCH", f"/organisations/{s.organisation()}", {"municipality": "Köln"}, by="alice"),
    ),
    W(
        f"POST {API}/organisations/<uuid:organisation_id>/merge",
        "organisation.merged",
        lambda s: s.api(
            "POST", f"/organisations/{s.organisation('A')}/merge", {"into": str(s.organisation())}, by="alice"
        ),
    ),
    W(f"POST {DIRECTORY}/new", "organisation.added", lambda s: s.page(f"{DIRECTORY}/new", name="Brücke")),
    W(
        f"POST {DIRECTORY}/<uuid:organisation_id>",
        "organisation.changed",
        lambda s: s.page(f"{DIRECTORY}/{s.organisation()}", name="Brücken"),
    ),
    W(
        f"POST {DIRECTORY}/<uuid:organisation_id>/merge",
        "organisation.merged",
        lambda s: s.page(f"{DIRECTORY}/{s.organisation('A')}/merge", into=str(s.organisation())),
    ),
    W(
        f"POST {DIRECTORY}/spellings/assign",
        "organisation.changed",
        lambda s: s.page(f"{DIRECTORY}/spellings/assign", spelling="Brükce", organisation_id=str(s.organisation())),
    ),
    W(f"POST {DIRECTORY}/import", "organisation.added", _organisations_imported),
    # Privacy.
    W(f"POST {FUNDERS}/new", "funder_profile.added", lambda s: s.page(f"{FUNDERS}/new", "adam", **MINISTRY)),
    W(
        f"POST {FUNDERS}/<uuid:profile_id>",
        "funder_profile.changed",
        lambda s: s.page(_funder(s), "adam", **MINISTRY | {"name": "Bund"}),
    ),
    W(
        f"POST {FUNDERS}/<uuid:profile_id>/delete",
        "funder_profile.deleted",
        lambda s: s.page(f"{_funder(s)}/delete", "adam"),
    ),
    W(f"POST {PROCESSORS}/new", "processor.added", lambda s: s.page(f"{PROCESSORS}/new", "adam", **HOSTER)),
    W(
        f"POST {PROCESSORS}/<uuid:processor_id>",
        "processor.changed",
        lambda s: s.page(_processor(s), "adam", **HOSTER | {"place": "Bonn"}),
    ),
    W(
        f"POST {PROCESSORS}/<uuid:processor_id>/delete",
        "processor.deleted",
        lambda s: s.page(f"{_processor(s)}/delete", "adam"),
    ),
    W(f"POST {CONSENTS}/new", "consent.asked", _consent_asked),
    W(f"POST {CONSENTS}/<uuid:purpose_id>", "consent.reworded", lambda s: s.page(_consent(s), **WORDS_OF_CONSENT)),
    W(f"POST {CONSENTS}/<uuid:purpose_id>/retire", "consent.retired", lambda s: s.page(f"{_consent(s)}/retire")),
    W("POST /my/<token>/data/consents/<uuid:purpose_id>/give", "consent.given", _consent_given),
    W("POST /my/<token>/data/consents/<uuid:purpose_id>/withdraw", "consent.withdrawn", _consent_withdrawn),
    W("POST /my/<token>/data/requests", "request.made", lambda s: _asked(s)[1]),
    W("POST /my/<token>/data/requests/<uuid:request_id>/take-back", "request.taken_back", _taken_back),
    W(
        "POST /organise/privacy/requests/<uuid:request_id>",
        "request.settled",
        lambda s: s.page(f"/organise/privacy/requests/{_asked(s)[2]}", answer="Done."),
    ),
    # Webhooks.
    W(f"POST {API}/webhooks", "webhook.added", lambda s: s.api("POST", "/webhooks", WEBHOOK, by="adam")),
    of_webhook("PUT", "", "webhook.changed", Scenes.webhook, {**WEBHOOK, "active": False}),
    of_webhook("DELETE", "", "webhook.deleted", Scenes.webhook),
    of_webhook("POST", "/secret", "webhook.secret_renewed", lambda s: f"{s.webhook()}/secret"),
    of_webhook("POST", "/test", "webhook.tested", lambda s: f"{s.webhook()}/test"),
    of_webhook("POST", "/deliveries/<uuid:delivery_id>/replay", "webhook.replayed", lambda s: f"{s.delivery()}/replay"),
    on_webhook("/new", "webhook.added", lambda _s: "/webhooks/new", **WEBHOOK),
    on_webhook("/<uuid:webhook_id>", "webhook.changed", Scenes.webhook, **{**WEBHOOK, "url": "https://new.example"}),
    on_webhook("/<uuid:webhook_id>/secret", "webhook.secret_renewed", lambda s: f"{s.webhook()}/secret"),
    on_webhook("/<uuid:webhook_id>/pause", "webhook.changed", lambda s: f"{s.webhook()}/pause"),
    on_webhook("/<uuid:webhook_id>/resume", "webhook.changed", lambda s: f"{s.webhook()}/resume"),
    on_webhook("/<uuid:webhook_id>/test", "webhook.tested", lambda s: f"{s.webhook()}/test"),
    on_webhook("/<uuid:webhook_id>/delete", "webhook.deleted", lambda s: f"{s.webhook()}/delete"),
    on_webhook(
        "/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay",
        "webhook.replayed",
        lambda s: f"{s.delivery()}/replay",
    ),
]
WITHOUT_A_ROW = {
    "POST /my/<token>/registrations/<uuid:registration_id>/feedback": "an answer that nobody may find the author of",
    "POST /organise/events/<uuid:event_id>/attendance/<uuid:session_id>/report": "tries a file out and keeps nothing",
    f"POST {PEOPLE}/import": "tries a file out and keeps nothing",
}


def taken(rule: str, action: str, path: Callable[[Scenes], str], by: str = "alice") -> W:
    return W(f"GET {rule}", action, lambda s: Browser(s.front, by).open(path(s)))


def _answer_file(s: Scenes) -> str:
    path = s.room(s.answered())
    return str(Browser(s.front, "alice").open(path).one("a[href*='/files/']")["href"])


STATISTICS = "/organise/statistics/export"
AUDIT_PAGES = "/organise/audit/registrations"
TAKEN = [
    taken(f"{PEOPLE}/export.csv", "people.exported", lambda s: f"/organise/events/{s.event()}/people/export.csv"),
    taken(f"{PEOPLE}/export.xlsx", "people.exported", lambda s: f"/organise/events/{s.event()}/people/export.xlsx"),
    taken(
        "/organise/events/<uuid:event_id>/attendance/lists/attendance.pdf",
        "list.printed",
        lambda s: f"/organise/events/{s.event()}/attendance/lists/attendance.pdf",
    ),
    taken(
        "/organise/events/<uuid:event_id>/attendance/lists/pack.zip",
        "pack.taken",
        lambda s: f"/organise/events/{s.event()}/attendance/lists/pack.zip",
    ),
    taken(
        "/organise/events/<uuid:event_id>/attendance/lists/badges.pdf",
        "badges.printed",
        lambda s: f"/organise/events/{s.event()}/attendance/lists/badges.pdf",
    ),
    taken(f"{OF_SERIES}/lists.pdf", "list.printed", lambda s: f"{_series(s)}/lists.pdf"),
    taken(f"{OF_SERIES}/pack.zip", "pack.taken", lambda s: f"{_series(s)}/pack.zip"),
    taken(f"{SCANS}/files/<uuid:scan_id>", "scan.fetched", _scan_file),
    taken(f"{PERSON}/files/<uuid:file_id>", "answer_file.fetched", _answer_file),
    taken("/organise/events/<uuid:event_id>/feedback/export.csv", "feedback.exported", _feedback_asked_for),
    taken(f"{CONSENTS}/<uuid:purpose_id>/people.csv", "consents.exported", lambda s: f"{_consent(s)}/people.csv"),
    W(
        "GET /my/<token>/data/registration.zip",
        "person.data_taken",
        lambda s: s.front.flask.test_client().get(f"/my/{s.front.token_of(s.seated())}/data/registration.zip"),
    ),
    taken(f"{STATISTICS}.csv", "statistics.exported", lambda _s: f"{STATISTICS}.csv?year=2027"),
    taken(f"{STATISTICS}.xlsx", "statistics.exported", lambda _s: f"{STATISTICS}.xlsx"),
    taken(f"{DIRECTORY}/export.csv", "organisations.exported", lambda _s: f"{DIRECTORY}/export.csv"),
    taken(f"{AUDIT_PAGES}/export.csv", "log.exported", lambda _s: f"{AUDIT_PAGES}/export.csv"),
    taken(f"{AUDIT_PAGES}/export.xlsx", "log.exported", lambda _s: f"{AUDIT_PAGES}/export.xlsx"),
]
HOLD_NOBODY = {
    "GET /organise/privacy/record.csv": "what is kept at all, of nobody in particular",
    "GET /organise/events/<uuid:event_id>/attendance/lists/programme.pdf": "what the event's public page says",
    f"GET {PEOPLE}/import/template.xlsx": "the empty table that people are filled into",
}
DOOR = taken("/check-in/<uuid:event_id>", "attendance.door_opened", lambda s: f"/check-in/{s.event()}", by="bob")
NEEDS = taken(
    "/organise/events/<uuid:event_id>/needs",
    "needs.read",
    lambda s: s.room(s.answered()).partition("/people")[0] + "/needs",
    by="charlie",
)


def read(rest: str, action: str) -> W:
    """An event's list that a program reads."""

    def call(s: Scenes) -> Any:
        event_id = s.front.house.registration(s.seated()).event_id
        return s.front.get(f"/events/{event_id}/{rest}", by="audrey")

    return W(f"GET {API}/events/<uuid:event_id>/{rest}", action, call)


READ = [
    read("registrations", "people.read"),
    read("waitlist", "waitlist.read"),
    read("attendance", "attendance.read"),
    read("feedback", "feedback.read"),
]
NAME_NOBODY = {
    f"GET {API}/events/<uuid:event_id>": "numbers of seats",
    f"GET {API}/events/<uuid:event_id>/statistics": "numbers",
    f"GET {API}/statistics": "numbers",
    f"GET {API}/events/<uuid:event_id>/decisions": "ids and reasons",
    f"GET {API}/organisations": "the directory, of which forms suggest names",
    f"GET {API}/organisations/<uuid:organisation_id>": "one entry of it",
    f"GET {API}/directory": "all entries of it",
    f"GET {API}/webhooks": "addresses of programs",
    f"GET {API}/webhooks/<uuid:webhook_id>/deliveries": "ids of messages, and what became of them",
    f"GET {API}/audit": "masked",
    f"GET {API}/": "what the API can do",
    f"GET {API}/openapi.json": "the same for programs",
    f"GET {API}/my/<token>": "whoever's link it is, of themselves",
}


def _api_reads(front: Front) -> set[str]:
    rules = [rule for rule in front.flask.url_map.iter_rules() if rule.rule.startswith(f"{API}/")]
    return {f"GET {rule.rule}" for rule in rules if "GET" in (rule.methods or ())}


def _id(write: W) -> str:
    return f"{write.route} {write.act}"


@pytest.mark.parametrize("write", WRITES, ids=_id)
def test_what_changes_something_stands_in_the_log(front: Front, write: W) -> None:
    check_written(front.flask, front.core.database, WORDS, write, Scenes(front))


def test_every_changing_route_is_held_against_the_log(front: Front) -> None:
    assert unlisted(changing_routes(front.flask), WRITES, WITHOUT_A_ROW) == set()


@pytest.mark.parametrize("write", [*TAKEN, *READ, DOOR, NEEDS], ids=_id)
def test_who_took_personal_data_out_stands_in_the_log(front: Front, write: W) -> None:
    check_written(front.flask, front.core.database, WORDS, write, Scenes(front))


def test_every_file_is_held_against_the_log(front: Front) -> None:
    assert unlisted(file_routes(front.flask), TAKEN, HOLD_NOBODY) == set()


def test_what_programs_can_read_is_held_against_the_log(front: Front) -> None:
    assert unlisted(_api_reads(front), READ, NAME_NOBODY) == set()


def test_what_a_program_searched_for_does_not_stand_in_the_log(front: Front) -> None:
    event_id = front.house.registration(Scenes(front).seated()).event_id
    assert front.get(f"/events/{event_id}/registrations", by="audrey", q="novak", state="confirmed").status_code == 200
    with front.core.database.read() as session:
        [act] = entries_page(session, AUDIT, Wanted(action="people.read")).items
    said = {name: change["after"] for name, change in act.changes.items()}
    assert {name: said[name] for name in ("state", "searched", "people")} == {
        "state": "confirmed",
        "searched": True,
        "people": 1,
    }
    assert "novak" not in str(act.changes).casefold()


def test_the_plan_without_names_is_read_without_a_row(front: Front) -> None:
    needs = Scenes(front).room(Scenes(front).answered()).partition("/people")[0] + "/needs"
    assert Browser(front, "alice").open(needs).status == 200
    with front.core.database.read() as session:
        assert entries_page(session, AUDIT, Wanted(action="needs.read")).items == []
