"""Whatever notifications' routes change, the audit log says; and who took mails and certificates away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.notifications import wordings
from services.notifications.app import create_app
from services.notifications.circulars import drafts, orders
from services.notifications.documents.certificate import TEMPLATE
from services.notifications.models import Invitation, Registration, Reply
from services.notifications.reminders import rules
from services.notifications.replies.intake import take_in
from services.notifications.undeliverable import mark_undeliverable
from services.notifications.web.audit import WORDS
from shared.links import Link, Purpose, make_token
from shared.web import csrf
from tests.audited import Write, changing_routes, check_written, file_routes, unlisted
from tests.notifications.certificate_browser import csrf_token, signed_in
from tests.notifications.certificate_parts import a_training, attend, certificates, issue_what_is_due, order
from tests.notifications.parts import KEY, ORGANISER, Office, a_draft, alice
from tests.notifications.reply_mails import ReplyMail

API = "/api/notifications/v1"
ROOM = "/organise/events/<uuid:event_id>"
TOKEN = "a-token"


@dataclass
class Desk:
    """An office where one certificate was issued and a mail about it written."""

    app: Flask
    office: Office
    event_id: UUID
    series_id: UUID

    def api(self, method: str, path: str, body: Any = None) -> TestResponse:
        self.office.employ("Olaf", "organiser", token=TOKEN)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self.app.test_client().open(API + path, method=method, json=body, headers=headers)

    def page(self, path: str, form_on: str = "", **fields: str) -> TestResponse:
        """A GET, or, with the page that holds the form, a POST."""
        client = signed_in(self.app, self.office, "organiser")
        if not form_on:
            return client.get(self.room(path))
        return client.post(self.room(path), data={csrf.FIELD: csrf_token(client, self.room(form_on)), **fields})

    def room(self, path: str) -> str:
        return f"/organise/events/{self.event_id}{path}"

    def mail(self) -> UUID:
        return self.office.mails()[0].id

    def mail_page(self, order: str = "") -> TestResponse:
        """An order from the page of a mail among all mails, or the mail as a file."""
        client, path = signed_in(self.app, self.office, "organiser"), f"/organise/mails/{self.mail()}"
        if not order:
            return client.get(f"{path}.eml")
        return client.post(f"{path}/{order}", data={csrf.FIELD: csrf_token(client, path)})

    def circular(self, *, ordered: bool = False) -> UUID:
        """One that is a draft, or on its way to those who have a seat."""
        with self.office.core.database.unit_of_work(self.office.clock()) as uow:
            circular = drafts.write(uow, self.event_id, a_draft(), ORGANISER)
            circular_id = circular.id
            uow.session.flush()
            if ordered:
                orders.order(uow, circular_id, circular.version, ORGANISER)
            uow.commit()
        return circular_id

    def reminder(self) -> UUID:
        with self.office.core.database.unit_of_work(self.office.clock()) as uow:
            reminder_id = rules.add(uow, self.event_id, rules.THE_DAY_BEFORE, ORGANISER).id
            uow.commit()
        return reminder_id

    def reminder_path(self) -> str:
        return f"/events/{self.event_id}/reminders/{self.reminder()}"

    def reminder_page(self, action: str, **fields: str) -> TestResponse:
        """The forms stand on the reminder's own page, and on that of the rule."""
        path = f"/mail/reminders/{self.reminder()}"
        return self.page(f"{path}/{action}", path, **fields)

    def unsubscribe(self) -> TestResponse:
        token = make_token(KEY, Purpose.UNSUBSCRIBE, Link(self.office.mails()[0].person_id, 1))
        return self.app.test_client().post(f"/unsubscribe/{token}")

    def choose(self) -> TestResponse:
        """That no more invitations come, on the page on which people subscribe."""
        token = make_token(KEY, Purpose.CALENDAR, Link(self.office.mails()[0].person_id, 1))
        client = self.app.test_client()
        return client.post(f"/calendars/{token}", data={csrf.FIELD: csrf_token(client, f"/calendars/{token}")})

    def worded(self, action: str = "", *, in_house: bool = False) -> TestResponse:
        """Words of the confirmation, entered on their page, or removed after that."""
        client = signed_in(self.app, self.office, "organiser")
        path = "/organise/mails/texts/confirmed" if in_house else self.room("/mail/texts/confirmed")
        typed = {csrf.FIELD: csrf_token(client, path), "subject.en": "Hello"}
        answer = client.post(path, data=typed)
        return client.post(path + action, data=typed) if action else answer

    def designed(self) -> TestResponse:
        client, path = signed_in(self.app, self.office, "organiser"), "/organise/certificates"
        return client.post(path, data={csrf.FIELD: csrf_token(client, path), "logo_line": "Funded by the city"})

    def laid_out(self, rest: str = "") -> TestResponse:
        client, path = signed_in(self.app, self.office, "admin"), "/organise/certificates/template"
        fields = {csrf.FIELD: csrf_token(client, path), "template": f"// Ours.\n{TEMPLATE.read_text()}"}
        answer = client.post(path, data=fields)
        return client.post(path + rest, data=fields) if rest else answer

    def designed_series(self) -> TestResponse:
        path = f"/organise/series/{self.series_id}/certificates/design"
        client = signed_in(self.app, self.office, "organiser")
        return client.post(path, data={csrf.FIELD: csrf_token(client, path), "logo_line": "Funded by the city"})

    def revoked(self) -> TestResponse:
        path = f"/certificates/{self.number()}/revoke"
        return self.page(path, path, reason="Name.")

    def reset_by_api(self, *, in_house: bool) -> TestResponse:
        event_id = None if in_house else self.event_id
        with self.office.core.database.unit_of_work(self.office.clock()) as uow:
            place = wordings.place_of(uow.session, "confirmed", event_id)
            wordings.save(uow, place, HELLO, self.office.settings, ORGANISER)
            uow.commit()
        return self.api("DELETE", f"/events/{event_id}/wordings/confirmed" if event_id else "/wordings/confirmed")

    def reply(self) -> UUID:
        """A calendar reply that waits: it was sent from another address than the one that was invited."""
        with self.office.core.database.unit_of_work(self.office.clock()) as uow:
            uid = uow.session.scalars(select(Invitation.uid)).first() or ""
            mail = ReplyMail(uid=uid, sender="alice@private.example")
            take_in(uow, self.office.settings, bytes(mail))
            uow.commit()
            return uow.session.scalars(select(Reply.id)).one()

    def reply_page(self, action: str) -> TestResponse:
        client, path = signed_in(self.app, self.office, "organiser"), f"/organise/replies/{self.reply()}/{action}"
        return client.post(path, data={csrf.FIELD: csrf_token(client, "/organise/replies")})

    def address(self) -> TestResponse:
        """The mail room says that mails to Alice do not arrive."""
        with self.office.core.database.unit_of_work(self.office.clock()) as uow:
            registration = uow.session.scalars(select(Registration)).one()
            mark_undeliverable(uow, registration.email, "550 5.1.1 Nobody")
            registration_id = registration.id
            uow.commit()
        return self.page(f"/mail/addresses/{registration_id}/works", "/mail")

    def number(self) -> str:
        return certificates(self.office)[0].number


W = Write[Desk]
Path = Callable[[Desk], str]


def by_api(method: str, rule: str, action: str, path: Path, body: Any = None) -> W:
    return W(f"{method} {API}{rule}", action, lambda d: d.api(method, path(d), body))


def in_room(method: str, rule: str, action: str, path: Path, form_on: Path | None = None, **fields: str) -> W:
    """``form_on`` is the page with the form; the path's own unless it is given."""
    on = (form_on or path) if method == "POST" else None
    return W(f"{method} {ROOM}{rule}", action, lambda d: d.page(path(d), on(d) if on else "", **fields))


def exported(path: str) -> W:
    return W(f"GET {path}", "log.exported", lambda d: signed_in(d.app, d.office, "auditor").get(path))


def of_mail(rest: str = "") -> Path:
    return lambda d: f"/mail/{d.mail()}{rest}"


def of_certificate(rest: str) -> Path:
    return lambda d: f"/certificates/{d.number()}{rest}"


def of_circular(rest: str = "", *, before: str = "/mail", ordered: bool = False) -> Path:
    return lambda d: f"{before}/circulars/{d.circular(ordered=ordered)}{rest}"


def at_event(rest: str) -> Path:
    return lambda d: f"/events/{d.event_id}{rest}"


def sent_from_its_page(action: str, act: str, **fields: str) -> W:
    """The form stands on the circular's own page."""
    rule = f"/mail/circulars/<uuid:circular_id>/{action}"

    def call(d: Desk) -> TestResponse:
        page = f"/mail/circulars/{d.circular(ordered=action == 'stop')}"
        return d.page(f"{page}/{action}", page, **fields)

    return W(f"POST {ROOM}{rule}", act, call)


def ordered(d: Desk) -> str:
    return f"/events/{d.event_id}/certificates"


def of_series(d: Desk) -> str:
    return f"/series/{d.series_id}/certificates"


CERTIFICATES = "/organise/<any(events, series):kind>/<uuid:of_id>/certificates"
BECAUSE = {"reason": "Name."}
LETTER = {"subject": {"en": "Laptop"}, "text": {"en": "Bring one."}, "states": ["confirmed"]}
TYPED = {"subject.en": "Laptop", "text.en": "Bring one.", "states": "confirmed"}
WORDING, HELLO = "/wordings/<string:template>", {"subject": {"en": "Hello"}}
REPLY = "/replies/<uuid:reply_id>"
REMINDER = "/mail/reminders/<uuid:reminder_id>"
RULE = {"timing": "after_end", "amount": "2", "unit": "hours", "each_session": "yes", "audience": "present"}
OF_EVENT = "/events/<uuid:event_id>"
REMINDER_API = f"{OF_EVENT}/reminders/<uuid:reminder_id>"
REMINDED = {"timing": "after_end", "amount": 2, "unit": "hours", "each_session": True, "audience": "present"}
CIRCULAR = "/circulars/<uuid:circular_id>"
MAIL, CERTIFICATE = "/mails/<uuid:mail_id>", "/certificates/<string:number>"
WRITES = [
    by_api("POST", f"{MAIL}/resend", "mail.resent", lambda d: f"/mails/{d.mail()}/resend"),
    by_api("POST", f"{MAIL}/stop", "mail.stopped", lambda d: f"/mails/{d.mail()}/stop"),
    by_api(
        "POST",
        "/events/<uuid:event_id>/circulars",
        "circular.drafted",
        lambda d: f"/events/{d.event_id}/circulars",
        LETTER,
    ),
    by_api("PUT", CIRCULAR, "circular.changed", of_circular(before=""), {**LETTER, "text": {"en": "Two."}}),
    by_api("DELETE", CIRCULAR, "circular.discarded", of_circular(before="")),
    by_api("POST", f"{CIRCULAR}/test", "circular.tried_out", of_circular("/test", before=""), {"locale": "en"}),
    by_api("POST", f"{CIRCULAR}/send", "circular.ordered", of_circular("/send", before=""), {"version": 1}),
    by_api("POST", f"{CIRCULAR}/stop", "circular.stopped", of_circular("/stop", before="", ordered=True)),
    in_room(
        "POST",
        "/mail/circulars",
        "circular.drafted",
        lambda _d: "/mail/circulars",
        lambda _d: "/mail/circulars/new",
        **TYPED,
    ),
    in_room(
        "POST", f"/mail{CIRCULAR}/edit", "circular.changed", of_circular("/edit"), None, **{**TYPED, "text.en": "Two."}
    ),
    sent_from_its_page("test", "circular.tried_out", language="en"),
    sent_from_its_page("send", "circular.ordered", version="1"),
    sent_from_its_page("stop", "circular.stopped"),
    sent_from_its_page("discard", "circular.discarded"),
    in_room(
        "POST",
        "/mail/reminders",
        "reminder.added",
        lambda _d: "/mail/reminders",
        lambda _d: "/mail/reminders/new",
        suggested="yes",
    ),
    W(f"POST {ROOM}{REMINDER}/edit", "reminder.changed", lambda d: d.reminder_page("edit", **RULE)),
    W(f"POST {ROOM}{REMINDER}/remove", "reminder.removed", lambda d: d.reminder_page("remove")),
    by_api("POST", f"{OF_EVENT}/reminders", "reminder.added", at_event("/reminders"), REMINDED),
    by_api("PUT", REMINDER_API, "reminder.changed", lambda d: d.reminder_path(), {**REMINDED, "amount": 3}),
    by_api("DELETE", REMINDER_API, "reminder.removed", lambda d: d.reminder_path()),
    by_api("PUT", WORDING, "wording.changed", lambda _d: "/wordings/link", HELLO),
    by_api("PUT", f"/events/<uuid:event_id>{WORDING}", "wording.changed", at_event("/wordings/pending_lapsed"), HELLO),
    W(f"DELETE {API}{WORDING}", "wording.reset", lambda d: d.reset_by_api(in_house=True)),
    W(
        f"DELETE {API}/events/<uuid:event_id>{WORDING}",
        "wording.reset",
        lambda d: d.reset_by_api(in_house=False),
    ),
    W("POST /organise/mails/texts/<key>", "wording.changed", lambda d: d.worded(in_house=True)),
    W(f"POST {ROOM}/mail/texts/<key>", "wording.changed", lambda d: d.worded()),
    W("POST /organise/mails/texts/<key>/reset", "wording.reset", lambda d: d.worded("/reset", in_house=True)),
    W(f"POST {ROOM}/mail/texts/<key>/reset", "wording.reset", lambda d: d.worded("/reset")),
    W("POST /calendars/<token>", "person.stopped_invitations", lambda d: d.choose()),
    W("POST /unsubscribe/<token>", "person.refused_news", lambda d: d.unsubscribe()),
    by_api("POST", "/events/<uuid:event_id>/certificates", "certificates.ordered", ordered, {}),
    by_api("POST", f"{CERTIFICATE}/revoke", "certificate.revoked", of_certificate("/revoke"), BECAUSE),
    in_room("POST", "/mail/<uuid:mail_id>/resend", "mail.resent", of_mail("/resend"), of_mail()),
    in_room("POST", "/mail/<uuid:mail_id>/stop", "mail.stopped", of_mail("/stop"), of_mail()),
    W(f"POST /organise{MAIL}/resend", "mail.resent", lambda d: d.mail_page("resend")),
    W(f"POST /organise{MAIL}/stop", "mail.stopped", lambda d: d.mail_page("stop")),
    by_api("POST", f"{REPLY}/release", "reply.released", lambda d: f"/replies/{d.reply()}/release"),
    by_api("POST", f"{REPLY}/discard", "reply.discarded", lambda d: f"/replies/{d.reply()}/discard"),
    W("POST /organise/replies/<uuid:reply_id>/release", "reply.released", lambda d: d.reply_page("release")),
    W("POST /organise/replies/<uuid:reply_id>/discard", "reply.discarded", lambda d: d.reply_page("discard")),
    W(f"POST {ROOM}/mail/addresses/<uuid:registration_id>/works", "address.cleared", lambda d: d.address()),
    W("POST /organise/certificates", "design.changed", lambda d: d.designed()),
    W("POST /organise/certificates/template", "design.changed", lambda d: d.laid_out()),
    W("POST /organise/certificates/template/reset", "design.changed", lambda d: d.laid_out("/reset")),
    W("POST /organise/series/<uuid:series_id>/certificates/design", "design.changed", lambda d: d.designed_series()),
    W(f"POST {CERTIFICATES}", "certificates.ordered", lambda d: d.page("/certificates", "/certificates", to="all")),
    W(f"POST {CERTIFICATES}/<number>/revoke", "certificate.revoked", lambda d: d.revoked()),
    by_api("POST", "/series/<uuid:series_id>/certificates", "certificates.ordered", of_series, {}),
]
WITHOUT_A_ROW = {
    "POST /organise/certificates/template/preview": "makes a sample of what was typed and keeps nothing",
    "POST /organise/certificates/preview": "makes a sample of what was typed and keeps nothing",
    "POST /organise/mails/texts/<key>/preview": "shows what was typed and keeps nothing",
    "POST /organise/series/<uuid:series_id>/certificates/design/preview": "the same for a series",
    f"POST {ROOM}/mail/texts/<key>/preview": "the same for an event",
    f"POST {ROOM}/mail/circulars/new": "shows the form for those who were chosen elsewhere and keeps nothing",
    "POST /certificates/verify": "finds a file among those that were issued and keeps nothing",
    "POST /certificates/verify/<code>": "compares a file with the one that was issued and keeps nothing",
}


def _own_data(desk: Desk) -> TestResponse:
    person = desk.office.mails()[0].person_id
    assert person is not None
    return desk.app.test_client().get(f"/my/{make_token(KEY, Purpose.MY_PAGE, Link(person, 1))}/mails/data.zip")


TAKEN = [
    W("GET /my/<token>/mails/data.zip", "person.data_taken", _own_data),
    by_api("GET", f"{MAIL}.eml", "mail.fetched", lambda d: f"/mails/{d.mail()}.eml"),
    by_api("GET", f"{CERTIFICATE}.pdf", "certificate.fetched", of_certificate(".pdf")),
    W(f"GET /organise{MAIL}.eml", "mail.fetched", lambda d: d.mail_page()),
    in_room("GET", "/mail/<uuid:mail_id>.eml", "mail.fetched", of_mail(".eml")),
    W(f"GET {CERTIFICATES}/all.zip", "certificates.fetched", lambda d: d.page("/certificates/all.zip")),
    W(f"GET {CERTIFICATES}/<number>.pdf", "certificate.fetched", lambda d: d.page(f"/certificates/{d.number()}.pdf")),
    exported("/organise/audit/mail/export.csv"),
    exported("/organise/audit/mail/export.xlsx"),
]
OWN = {
    "GET /certificates/<token>.pdf": "a person's own, by the link in their mail",
    "GET /mailbox/<uuid:mail_id>.eml": "for development alone, where nobody signs in",
}


def _id(write: W) -> str:
    return f"{write.route} {write.act}"


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    event = a_training()
    attend(sqlite_office, event, alice())
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    return Desk(create_app(sqlite_office.core), sqlite_office, event["event_id"], event["series"]["series_id"])


@pytest.mark.parametrize("write", [*WRITES, *TAKEN], ids=_id)
def test_what_changes_something_or_is_taken_away_stands_in_the_log(desk: Desk, write: W) -> None:
    check_written(desk.app, desk.office.core.database, WORDS, write, desk)


def test_every_changing_route_is_held_against_the_log(desk: Desk) -> None:
    assert unlisted(changing_routes(desk.app), WRITES, WITHOUT_A_ROW) == set()


def test_every_file_is_held_against_the_log(desk: Desk) -> None:
    assert unlisted(file_routes(desk.app), TAKEN, OWN) == set()
