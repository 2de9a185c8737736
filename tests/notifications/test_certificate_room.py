"""The tab "Certificates" of an event's room: who has earned one, issuing with progress, revoking, and who may."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from services.notifications.models import Certificate, Job
from shared.database import new_id
from shared.messages.registration import CertificateEarnedV1
from shared.web import csrf
from tests.notifications.certificate_browser import csrf_token, page_of, signed_in, words
from tests.notifications.certificate_parts import (
    a_series,
    a_training,
    attend,
    certificates,
    count,
    issue_what_is_due,
    issuer,
    order,
    people,
    progress,
    revoke,
    tell_earned,
    tell_lost,
    the_certificate,
    whole_earned,
)
from tests.notifications.parts import Office, Someone, alice, bob

SignIn = Callable[..., FlaskClient]

UNPRINTABLE = Someone("王", "小明", "wang@verein.example")


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def dora(app: Flask, sqlite_office: Office) -> FlaskClient:
    return in_english(signed_in(app, sqlite_office, "organiser"))


def in_english(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def room(event: dict[str, Any], *rest: str) -> str:
    return "/".join(["/organise/events", str(event["event_id"]), "certificates", *rest])


def rows(client: FlaskClient, path: str) -> list[str]:
    return [words(row) for row in page_of(client, path).select("tbody tr")]


def send(client: FlaskClient, path: str, fields: dict[str, Any]) -> TestResponse:
    """A form of the page at the path, with its token."""
    return client.post(path, data={csrf.FIELD: csrf_token(client, path), **fields})


def test_who_has_earned_one_is_listed_by_name_with_how_far_it_is(dora: FlaskClient, sqlite_office: Office) -> None:
    event, olena, mehmet = a_training(), Someone("Olena", "Zahra", "o@verein.example"), bob()
    lost = Someone("Lena", "Lost", "l@verein.example")
    attend(sqlite_office, event, olena, mehmet, UNPRINTABLE, lost)
    attend(sqlite_office, a_training(), alice())
    tell_lost(sqlite_office, lost, event)
    order(sqlite_office, event, mehmet, UNPRINTABLE)
    issue_what_is_due(sqlite_office)
    listed = rows(dora, room(event))
    assert [row.split(" Agisra")[0] for row in listed] == ["Beispiel, Bob", "Zahra, Olena", "小明, 王"]
    assert "Issued 2027-0001" in listed[0]
    assert "Earned" in listed[1]
    assert "Could not be made Name: The document can't show 小 明 王." in listed[2]


def test_what_was_revoked_stays_listed_with_the_reason(dora: FlaskClient, sqlite_office: Office) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(sqlite_office, event, olena, mehmet)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    (of_olena,) = certificates(sqlite_office, olena)
    revoke(sqlite_office, of_olena.number, "Der Name war falsch.")
    tell_lost(sqlite_office, mehmet, event)
    listed = rows(dora, room(event))
    assert "No longer earned" in listed[0]
    assert "Revoked because the attendance was corrected." in listed[0]
    assert "Revoked by an organiser. Der Name war falsch." in listed[1]


def test_all_that_hold_come_as_one_archive_with_safe_names(dora: FlaskClient, sqlite_office: Office) -> None:
    event, olena = a_training(), alice()
    hostile = Someone("../../Layla\n", "O’Haddad: <b>/etc", "l@verein.example")
    revoked = bob()
    attend(sqlite_office, event, olena, hostile, revoked)
    attend(sqlite_office, a_training(), Someone("Somebody", "Else", "s@verein.example"))
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    revoke(sqlite_office, the_certificate(sqlite_office, revoked).number)
    assert "Download all 2 certificates as ZIP" in words(page_of(dora, room(event)))
    answer = dora.get(room(event, "all.zip"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content = answer.data
    answer.close()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        kept = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(name.partition(" ")[2] for name in kept) == ["OHaddad betc, ....Layla.pdf", "Öztürk, Alice.pdf"]
    mine = the_certificate(sqlite_office, olena)
    assert mine.pdf in kept.values()


def test_charlie_takes_no_archive(app: Flask, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    assert signed_in(app, sqlite_office, "door").get(room(event, "all.zip")).status_code == 403


def test_the_list_is_filtered_by_state_and_paged(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, *people(60), UNPRINTABLE)
    order(sqlite_office, event, UNPRINTABLE)
    issue_what_is_due(sqlite_office)
    assert len(rows(dora, room(event) + "?state=failed")) == 1
    first = page_of(dora, room(event))
    assert len(first.select("tbody tr")) == 50
    following = first.select_one('a[rel="next"]')
    assert following is not None
    second = rows(dora, str(following["href"]))
    assert len(second) == 11
    assert not {words(row) for row in first.select("tbody tr")} & set(second)
    assert "Nobody in this state" in words(page_of(dora, room(event) + "?state=revoked"))


def test_issuing_to_all_shows_progress_until_it_is_done(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice(), bob(), UNPRINTABLE)
    answer = send(dora, room(event), {"to": "all"})
    assert answer.status_code == 303
    issuer(sqlite_office, together=1).step()
    under_way = page_of(dora, answer.headers["Location"])
    assert "1 of 3 certificates are made." in words(under_way)
    region = under_way.select_one("#certificates")
    assert region is not None
    assert region["data-refresh"] == "2"
    assert "1 of 3 certificates are made." in words(page_of(dora, room(event)))

    issue_what_is_due(sqlite_office)
    done = page_of(dora, answer.headers["Location"])
    assert "2 certificates were issued" in words(done)
    assert "One certificate could not be made." in words(done)
    region = done.select_one("#certificates")
    assert region is not None
    assert not region.has_attr("data-refresh")
    assert "were issued" not in words(page_of(dora, room(event)))


def test_issuing_to_those_who_are_ticked(dora: FlaskClient, sqlite_office: Office) -> None:
    event, olena, mehmet = a_training(), alice(), bob()
    attend(sqlite_office, event, olena, mehmet)
    fields = {"to": "ticked", "registration_ids": [str(mehmet.registration_id)]}
    assert send(dora, room(event), fields).status_code == 303
    issue_what_is_due(sqlite_office)
    assert [one.registration_id for one in certificates(sqlite_office)] == [mehmet.registration_id]


@pytest.mark.parametrize(
    ("ticked", "said"),
    [
        ([], "Please choose at least one person."),
        (["not-an-id"], "This is not a valid id."),
        ([str(new_id())], "This person has not earned a certificate at this event."),
    ],
)
def test_ticks_that_make_no_sense_are_refused_on_the_page(
    dora: FlaskClient, sqlite_office: Office, ticked: list[str], said: str
) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    answer = send(dora, room(event), {"to": "ticked", "registration_ids": ticked})
    assert answer.status_code == 422
    assert said in answer.text
    assert count(sqlite_office, Job) == 0


def test_issuing_when_nothing_is_open_says_so(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    answer = send(dora, room(event), {"to": "all"})
    assert "There was nothing to issue" in words(page_of(dora, answer.headers["Location"]))


def test_only_where_somebody_can_be_ticked_the_page_offers_to_issue_to_the_ticked(
    dora: FlaskClient, sqlite_office: Office
) -> None:
    def offered() -> list[str]:
        return [words(button) for button in page_of(dora, room(event)).select("#issue button")]

    event = a_training()
    attend(sqlite_office, event, alice())
    assert offered() == ["Issue the one that is open", "Issue those that are ticked"]
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    assert offered() == []


def test_an_organiser_revokes_with_a_reason(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    path = room(event, "2027-0001", "revoke")
    assert "It was issued to Alice Öztürk" in words(page_of(dora, path))
    refused = send(dora, path, {"reason": "  "})
    assert refused.status_code == 422
    assert "Please fill this in." in refused.text
    assert certificates(sqlite_office)[0].state == "valid"
    assert send(dora, path, {"reason": "The name was misspelt."}).status_code == 303
    assert certificates(sqlite_office)[0].reason == "The name was misspelt."
    assert "This certificate is revoked already." in words(page_of(dora, path))


def test_an_organiser_opens_the_document(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    answer = dora.get(room(event, "2027-0001.pdf"))
    assert answer.data == certificates(sqlite_office)[0].pdf
    assert answer.headers["Cache-Control"] == "no-store"


def test_certificates_of_another_event_are_not_here(dora: FlaskClient, sqlite_office: Office) -> None:
    event, other = a_training(), a_training()
    attend(sqlite_office, event, alice())
    attend(sqlite_office, other, bob())
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    for rest in (["2027-0001.pdf"], ["2027-0001", "revoke"], ["2027-0002.pdf"]):
        assert dora.get(room(other, *rest)).status_code == 404
    fields = {csrf.FIELD: csrf_token(dora, room(event)), "reason": "x"}
    assert dora.post(room(other, "2027-0001", "revoke"), data=fields).status_code == 404
    assert certificates(sqlite_office)[0].state == "valid"


def test_before_anybody_has_earned_one_the_page_says_what_will_come(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    sqlite_office.publish(event)
    assert "Nobody has earned a certificate yet" in words(page_of(dora, room(event)))
    draft = a_training()
    assert "No certificates yet" in words(page_of(dora, room(draft), status=404))


def test_hostile_names_are_shown_as_they_are(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, Someone("<script>alert(1)</script>", '"><img src=x>', "x@verein.example"))
    text = dora.get(room(event)).text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_strangers_are_sent_to_sign_in_and_charlie_is_refused(app: Flask, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    charlie, stranger = in_english(signed_in(app, sqlite_office, "door")), app.test_client()
    for path in (room(event), room(event, "2027-0001.pdf"), room(event, "2027-0001", "revoke")):
        assert charlie.get(path).status_code == 403
        assert stranger.get(path).status_code == 307
        assert stranger.get(path).headers["Location"].startswith("/login/renew?next=")


def test_an_auditor_reads_and_changes_nothing(app: Flask, dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice(), bob())
    job = order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    eda = in_english(signed_in(app, sqlite_office, "auditor"))
    page = page_of(eda, room(event))
    assert "2027-0001" in words(page)
    assert page.select("#issue") == []
    assert "Revoke" not in words(page)
    assert eda.get(room(event, "2027-0001.pdf")).status_code == 200
    assert eda.get(room(event, "2027-0001", "revoke")).status_code == 403
    token = csrf_token(eda, room(event))
    for path, fields in ((room(event), {"to": "all"}), (room(event, "2027-0001", "revoke"), {"reason": "x"})):
        assert eda.post(path, data={csrf.FIELD: token, **fields}).status_code == 403
    assert progress(sqlite_office, job).issued == 2
    assert certificates(sqlite_office)[0].state == "valid"


class SeriesRoom:
    """The page of a series of two modules; Alice has earned its certificate, and one for the first module."""

    def __init__(self, office: Office) -> None:
        self.office, self.olena, self.earned_id = office, alice(), new_id()
        self.events = a_series(office, self.olena)
        body = whole_earned(office, self.olena, self.events, self.earned_id)
        assert office.complaint(office.hear(CertificateEarnedV1, self.earned_id, body)) is None
        tell_earned(office, self.olena, self.events[0])

    def path(self, *rest: str) -> str:
        return "/".join(["/organise/series", str(self.events[0]["series"]["series_id"]), "certificates", *rest])

    def issued(self) -> list[Certificate]:
        return [one for one in certificates(self.office) if one.series_id is not None]


@pytest.fixture
def whole(sqlite_office: Office) -> SeriesRoom:
    return SeriesRoom(sqlite_office)


def test_certificates_for_a_series_are_issued_on_its_own_page(dora: FlaskClient, whole: SeriesRoom) -> None:
    assert "Training series: foundations" in words(page_of(dora, whole.path()))
    (row,) = rows(dora, whole.path())
    assert "Earned" in row
    answer = send(dora, whole.path(), {"to": "all"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(whole.path())
    assert "0 of 1 certificates are made." in words(page_of(dora, answer.headers["Location"]))
    issue_what_is_due(whole.office)
    (certificate,) = whole.issued()
    assert len(certificates(whole.office)) == 1
    (row,) = rows(dora, whole.path())
    assert f"Issued {certificate.number}" in row
    assert "Earned" in rows(dora, room(whole.events[0]))[0]
    assert dora.get(whole.path(f"{certificate.number}.pdf")).data == certificate.pdf
    with dora.get(whole.path("all.zip")) as archive:
        assert len(zipfile.ZipFile(io.BytesIO(archive.data)).namelist()) == 1


def test_one_person_of_a_series_is_chosen_and_revoked(dora: FlaskClient, whole: SeriesRoom) -> None:
    ticked = page_of(dora, whole.path()).select_one('input[name="registration_ids"]')
    assert ticked is not None
    assert send(dora, whole.path(), {"to": "ticked", "registration_ids": ticked["value"]}).status_code == 303
    issue_what_is_due(whole.office)
    (certificate,) = whole.issued()
    revoked = whole.path(certificate.number, "revoke")
    assert send(dora, revoked, {"reason": "The name was wrong."}).headers["Location"] == whole.path()
    assert "Revoked by an organiser. The name was wrong." in rows(dora, whole.path())[0]
    assert [one.state for one in whole.issued()] == ["revoked"]


def test_who_has_not_earned_the_series_is_refused_on_its_page(dora: FlaskClient, whole: SeriesRoom) -> None:
    answer = send(dora, whole.path(), {"registration_ids": str(new_id())})
    assert answer.status_code == 422
    assert "This person has not earned the certificate for this series." in answer.text


def test_a_document_opens_only_where_it_belongs(dora: FlaskClient, whole: SeriesRoom) -> None:
    assert send(dora, whole.path(), {"to": "all"}).status_code == 303
    order(whole.office, whole.events[0])
    issue_what_is_due(whole.office)
    of_series, of_event = (
        whole.issued()[0].number,
        next(one.number for one in certificates(whole.office) if one.series_id is None),
    )
    event = whole.events[0]
    assert dora.get(room(event, f"{of_series}.pdf")).status_code == 404
    assert dora.get(whole.path(f"{of_event}.pdf")).status_code == 404
    assert dora.get(room(event, f"{of_event}.pdf")).status_code == 200


def test_a_series_of_which_nothing_was_published_has_no_certificates_yet(dora: FlaskClient) -> None:
    page = page_of(dora, f"/organise/series/{new_id()}/certificates", status=404)
    assert "They are here as soon as one of the modules is published." in words(page)
