"""What a certificate says of the event, the hours and the person, in the person's language."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pikepdf
import pytest

from services.notifications.certificates.content import masked
from services.notifications.models import Certificate
from tests.notifications.certificate_parts import (
    a_training,
    attend,
    issue_what_is_due,
    item,
    order,
    tell_earned,
    the_certificate,
    two_days,
    verdict,
    words_in,
)
from tests.notifications.parts import VENUE, Office, Someone, a_session, alice

ISSUER = {
    "name": "Fachberatung MSO",
    "association": "Der Paritätische NRW",
    "logo_line": "Gefördert vom Land Nordrhein-Westfalen",
    "signatory": "Sinan Kumru",
    "signatory_role": "Fachberatung",
}


def issued(office: Office, event: dict[str, Any], someone: Someone | None = None, **verdict_more: Any) -> Certificate:
    someone = someone or alice()
    office.publish(event)
    office.confirm(someone, event)
    tell_earned(office, someone, event, **verdict_more)
    order(office, event)
    issue_what_is_due(office)
    return the_certificate(office, someone)


def test_it_says_who_attended_what_where_and_who_signs(sqlite_office: Office) -> None:
    certificate = issued(sqlite_office, a_training(issuer=ISSUER))
    words = words_in(certificate.pdf)
    for said in (
        "Alice Öztürk Agisra e. V.",
        "Association law",
        "Training series: foundations",
        "Haus der Vielfalt, Bochum",
        "Fachberatung MSO, Der Paritätische NRW",
        "Sinan Kumru Fachberatung",
        "Gefördert vom Land Nordrhein-Westfalen",
        certificate.number,
        f"Code {certificate.code}",
    ):
        assert said in words, said
    assert f"https://reihe.example/certificates/verify/{certificate.code}" in words.replace(" ", "")


def test_it_is_in_the_persons_language(sqlite_office: Office) -> None:
    certificate = issued(sqlite_office, a_training(), alice("de"))
    words = words_in(certificate.pdf)
    for said in (
        "Teilnahmebescheinigung",
        "Vereinsrecht für Einsteiger*innen",
        "28. März 2027",
        "Unterrichtseinheiten",
    ):
        assert said in words, said
    assert certificate.locale == "de"
    with pikepdf.open(io.BytesIO(certificate.pdf)) as document:
        assert str(document.Root.Lang) == "de"


def test_a_language_that_the_installation_lacks_gets_its_first(sqlite_office: Office) -> None:
    assert issued(sqlite_office, a_training(), alice("sv")).locale == "de"


def test_sessions_are_listed_as_attended_with_dates_and_units(sqlite_office: Office) -> None:
    event = a_training(sessions=[a_session(28), a_session(29), a_session(30)])
    first, _second, third = (session["session_id"] for session in event["sessions"])
    certificate = issued(sqlite_office, event, minutes={first: 360, third: 360})
    words = words_in(certificate.pdf)
    assert "Session 1 of 3 6" in words
    assert "Session 3 of 3 6" in words
    assert "Session 2 of 3" not in words
    assert (certificate.first_day, certificate.last_day) == (date(2027, 3, 28), date(2027, 3, 30))
    assert (certificate.teaching_units, certificate.minutes) == (12, 540)


def test_the_only_session_bears_the_events_title(sqlite_office: Office) -> None:
    words = words_in(issued(sqlite_office, a_training()).pdf)
    assert words.count("Association law") == 2
    assert "Session 1 of" not in words


def test_who_was_there_for_a_part_gets_that_part(sqlite_office: Office) -> None:
    event = a_training()
    certificate = issued(sqlite_office, event, minutes={event["sessions"][0]["session_id"]: 300})
    assert certificate.teaching_units == 5
    assert "Total 5" in words_in(certificate.pdf)


def test_without_units_the_hours_attended_are_certified(sqlite_office: Office) -> None:
    session = {**a_session(), "teaching_units": None}
    certificate = issued(sqlite_office, a_training(sessions=[session]), minutes={session["session_id"]: 290})
    assert (certificate.teaching_units, certificate.minutes) == (None, 290)
    assert "Total 4 hrs 50 mins" in words_in(certificate.pdf)


def test_a_session_that_does_not_take_place_is_not_certified(sqlite_office: Office) -> None:
    held, dropped = two_days()
    event = a_training(sessions=[held, {**dropped, "cancelled": True}])
    certificate = issued(sqlite_office, event)
    assert certificate.teaching_units == 6
    assert certificate.last_day == date(2027, 3, 28)


def test_if_nothing_attended_takes_place_any_more_the_reason_is_recorded(sqlite_office: Office) -> None:
    event, olena = a_training(), alice()
    attend(sqlite_office, event, olena)
    sqlite_office.change(event, sessions=[{**event["sessions"][0], "cancelled": True}, a_session(29)])
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    failure = verdict(sqlite_office, olena).failure
    assert failure
    assert failure["code"] == "sessions_missing"


def test_contents_and_speakers_are_those_of_the_sessions_attended(sqlite_office: Office) -> None:
    first, second = two_days()
    programme = [
        item(first["starts_at"], "Vom Bedarf zum Antrag", "Behshid Najafi"),
        item(first["starts_at"] + timedelta(hours=2), "Kaffeepause", kind="break"),
        item(first["starts_at"] + timedelta(hours=3), "Fragen", "Behshid Najafi", "Mehmet Yılmaz"),
        item(second["starts_at"], "Der Finanzplan", "Sinan Kumru"),
    ]
    event = a_training(sessions=[first, second], programme=programme, issuer={**ISSUER, "signatory": "Deniz Greschner"})
    words = words_in(issued(sqlite_office, event, minutes={first["session_id"]: 360}).pdf)
    assert "Vom Bedarf zum Antrag" in words
    assert "Fragen" in words
    assert "Kaffeepause" not in words
    assert words.count("Behshid Najafi, Agisra e. V.") == 1
    assert "Mehmet Yılmaz, Agisra e. V." in words
    assert "Der Finanzplan" not in words
    assert "Sinan Kumru" not in words


@pytest.mark.parametrize(
    ("format_", "venue", "said"),
    [
        ("in_person", VENUE, "Where Haus der Vielfalt, Bochum"),
        ("online", None, "Where Online"),
        ("hybrid", VENUE, "Where Haus der Vielfalt, Bochum, and online"),
    ],
)
def test_the_place_is_where_it_was(
    sqlite_office: Office, format_: str, venue: dict[str, Any] | None, said: str
) -> None:
    assert said in words_in(issued(sqlite_office, a_training(format=format_, venue=venue)).pdf)


def test_without_a_signatory_the_organiser_signs(sqlite_office: Office) -> None:
    words = words_in(issued(sqlite_office, a_training(issuer={**ISSUER, "signatory": "", "signatory_role": ""})).pdf)
    assert words.count("Fachberatung MSO") == 2


def test_an_event_without_a_series_names_none(sqlite_office: Office) -> None:
    assert "series" not in words_in(issued(sqlite_office, a_training(series=None, module_number=None)).pdf)


@pytest.mark.parametrize(
    "name",
    [
        "#strong[x]",
        '"; #panic("no")',
        "$x^2$",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%(title)s",
        "{{ 7*7 }}",
    ],
)
def test_hostile_names_stay_names(sqlite_office: Office, name: str) -> None:
    hostile = replace(alice(), first_name=name, last_name="Ü" * 200)
    certificate = issued(sqlite_office, a_training(), hostile)
    assert name in words_in(certificate.pdf)
    html = sqlite_office.mails(hostile, "certificate")[0].html
    assert "<script>" not in html
    assert "Ü" * 200 in html


@pytest.mark.parametrize(
    ("first", "last", "mask"),
    [
        ("Olena", "Shevchenko", "O. S."),
        ("олена", "Шевченко", "О. Ш."),
        ("Anna-Lena", "van der Berg", "A. V."),
        ("'t", "", "T."),
        ("محمد", "عبد الله", "م. ع."),
        ("नीता", "क़", "नी. क़."),
        ("A\u0301na", "Z" + "\u0301" * 50, "A\u0301. Z\u0301\u0301\u0301."),
    ],
)
def test_a_masked_name_is_its_initials(first: str, last: str, mask: str) -> None:
    assert masked(first, last) == mask
