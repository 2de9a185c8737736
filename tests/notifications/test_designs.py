"""The design of certificates: what organisers choose stands on all issued from then on, and on a sample before."""

import io
import struct
import zlib
from typing import Any

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from services.notifications.certificates.designs import contrast_with_white
from shared.database import new_id
from shared.web import csrf
from tests.notifications.certificate_browser import csrf_token, page_of, signed_in, words
from tests.notifications.certificate_parts import (
    a_training,
    attend,
    certificates,
    issue_what_is_due,
    order,
    words_in,
)
from tests.notifications.parts import Office, Someone, alice, bob

PATH = "/organise/certificates"


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def dora(app: Flask, sqlite_office: Office) -> FlaskClient:
    client = signed_in(app, sqlite_office, "organiser")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def png(width: int = 8, height: int = 4, *, broken: bool = False) -> bytes:
    """Red, with as many pixels as it says unless it is broken."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"" if broken else zlib.compress((b"\0" + b"\xff\0\0" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 40, mode: str = "RGB", **options: Any) -> bytes:
    """Noise, so that its pixels take some bytes."""
    file = io.BytesIO()
    picture = Image.effect_noise((width, 20), 80).convert(mode)
    picture.save(file, "JPEG", **options)
    return file.getvalue()


def send(client: FlaskClient, rest: str = "", path: str = PATH, **typed: Any) -> TestResponse:
    files: dict[str, Any] = {
        name: (io.BytesIO(typed.pop(name)), f"{name}.png") for name in ("logo", "signature") if name in typed
    }
    fields = {csrf.FIELD: csrf_token(client, path), "accent": "#7a1f3d", **typed, **files}
    return client.post(path + rest, data=fields, content_type="multipart/form-data")


def issue_to_alice(office: Office) -> bytes:
    event = a_training()
    attend(office, event, alice())
    order(office, event)
    issue_what_is_due(office)
    return certificates(office)[-1].pdf


def alternative_texts(pdf: bytes) -> list[str]:
    """Of all figures, in no order."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = (one for one in document.objects if isinstance(one, pikepdf.Dictionary))
        return sorted(str(one.Alt) for one in found if one.get("/S") == "/Figure" and "/Alt" in one)


def test_what_was_chosen_stands_on_the_next_certificate_and_not_on_the_last(
    dora: FlaskClient, sqlite_office: Office
) -> None:
    before = issue_to_alice(sqlite_office)
    answer = send(
        dora,
        signatory="Rojda Kaya",
        signatory_role="Head of the advisory service",
        logo_line="Funded by the city of Bochum",
        **{"text.en": "Thank you for your part.", "text.de": "Danke."},
        logo=png(),
        signature=png(),
    )
    assert answer.status_code == 303, answer.text
    event = a_training()
    attend(sqlite_office, event, bob("en"))
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    first, second = certificates(sqlite_office)
    assert first.pdf == before
    said = words_in(second.pdf)
    who, funder, text = "Rojda Kaya Head of the advisory service", "Funded by the city of Bochum", "Thank you for"
    for chosen in (who, funder, text):
        assert chosen in said
        assert chosen not in words_in(before)
    assert "Danke." not in said
    logo, _qr, signature = alternative_texts(second.pdf)
    assert (logo[:7], signature) == ("Logo of", "Signature of Rojda Kaya")


def test_pictures_stay_until_they_are_replaced_or_taken_away(dora: FlaskClient, sqlite_office: Office) -> None:
    assert send(dora, logo=png(), signature=png()).status_code == 303
    assert send(dora, without_signature="yes").status_code == 303
    logo, _qr = alternative_texts(issue_to_alice(sqlite_office))
    assert logo.startswith("Logo of")


@pytest.mark.parametrize("progressive", [False, True])
def test_pictures_may_be_jpeg(dora: FlaskClient, sqlite_office: Office, *, progressive: bool) -> None:
    answer = send(dora, logo=jpeg(progressive=progressive), signature=jpeg(mode="L", progressive=progressive))
    assert answer.status_code == 303, answer.text
    logo, _qr, _signature = alternative_texts(issue_to_alice(sqlite_office))
    assert logo.startswith("Logo of")


def issue_in(office: Office, event: dict[str, Any]) -> str:
    attend(office, event, Someone("Olena", "Zahra", f"{new_id()}@verein.example", "en"))
    order(office, event)
    issue_what_is_due(office)
    return words_in(certificates(office)[-1].pdf)


def test_a_series_has_a_design_of_its_own_and_otherwise_that_of_the_house(
    dora: FlaskClient, sqlite_office: Office
) -> None:
    inside, outside = a_training(), a_training()
    attend(sqlite_office, inside, alice("en"))
    path = f"/organise/series/{inside['series']['series_id']}/certificates/design"
    in_house = {"signatory": "Rojda Kaya", "signatory_role": "Head", "logo_line": "Funded by the land"}
    assert send(dora, **in_house, **{"text.en": "Thank you."}, signature=png()).status_code == 303
    of_series = {"signatory": "Ada Yılmaz", "logo_line": "Funded by the city", "text.de": "Danke."}
    assert send(dora, path=path, **of_series).status_code == 303
    shown = issue_in(sqlite_office, inside)
    assert "Ada Yılmaz" in shown
    assert "Funded by the city" in shown
    assert "Thank you." in shown
    assert "Head" not in shown
    pdf = certificates(sqlite_office)[-1].pdf
    assert [one for one in alternative_texts(pdf) if one.startswith("Signature")] == []
    shown = issue_in(sqlite_office, outside)
    assert "Rojda Kaya Head" in shown
    assert "Funded by the land" in shown


def test_a_series_follows_the_colour_of_the_house_unless_it_has_one(dora: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    path = f"/organise/series/{event['series']['series_id']}/certificates/design"
    assert send(dora, accent="#7a1f3d").status_code == 303
    assert send(dora, path=path, accent="#7a1f3d").status_code == 303
    assert send(dora, accent="#114477").status_code == 303
    assert 'value="#114477"' in dora.get(path).text
    assert send(dora, path=path, accent="#553311").status_code == 303
    assert 'value="#553311"' in dora.get(path).text


def test_a_sample_of_a_series_shows_what_the_house_has_where_it_has_nothing(
    dora: FlaskClient, sqlite_office: Office
) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    path = f"/organise/series/{event['series']['series_id']}/certificates/design"
    assert send(dora, signatory="Rojda Kaya").status_code == 303
    answer = send(dora, "/preview", path=path, preview="en", logo_line="Funded by the city")
    shown = words_in(answer.data)
    assert "Rojda Kaya" in shown
    assert "Funded by the city" in shown


def test_a_series_that_nobody_knows_has_no_design(dora: FlaskClient) -> None:
    assert dora.get(f"/organise/series/{new_id()}/certificates/design").status_code == 404


@pytest.mark.parametrize("language", ["de", "en", "unknown"])
def test_a_sample_shows_what_is_typed_certifies_nothing_and_is_not_kept(
    dora: FlaskClient, sqlite_office: Office, language: str
) -> None:
    answer = send(dora, "/preview", preview=language, signatory="Rojda Kaya", logo=png())
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    said = words_in(answer.data)
    assert "Rojda Kaya" in said
    assert ("A sample, which certifies nothing" if language == "en" else "Ein Muster, das nichts bescheinigt") in said
    assert "Rojda Kaya" not in dora.get(PATH).text
    assert certificates(sqlite_office) == []


@pytest.mark.parametrize("rest", ["", "/preview"])
@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"accent": "#ffd500"}, "This colour is too light"),
        ({"accent": "red"}, "Please enter a colour such as"),
        ({"signatory": "王小明"}, "show 小 明 王"),
        ({"text.en": "x" * 601}, "at most 600 characters"),
        ({"logo": b"GIF89a" + b"x" * 40}, "This is neither a PNG nor a JPEG."),
        ({"logo": b"\x89PNG\r\n\x1a\n"}, "This is neither a PNG nor a JPEG."),
        ({"logo": b"\xff\xd8\xff\xe0" + b"\0" * 40}, "This is neither a PNG nor a JPEG."),
        ({"logo": jpeg(width=2_001)}, "too many pixels"),
        ({"logo": jpeg(mode="CMYK")}, "colours of a printing press"),
        ({"signature": jpeg()[:200]}, "This picture cannot be read."),
        ({"signature": png(2_001, 1)}, "too many pixels"),
        ({"signature": png(broken=True)}, "This picture cannot be read."),
        ({"logo": png() + b"x" * 102_400}, "at most 100 KB"),
    ],
)
def test_what_no_certificate_could_be_made_with_is_refused_beside_its_field(
    dora: FlaskClient, sqlite_office: Office, typed: dict[str, Any], refusal: str, rest: str
) -> None:
    answer = send(dora, rest, **typed)
    assert answer.status_code == 422
    assert refusal in answer.text
    assert 'aria-describedby="field-' in answer.text
    assert "Rojda" not in words(page_of(dora, PATH))


def test_only_organisers_choose(app: Flask, sqlite_office: Office) -> None:
    for role in ("auditor", "door"):
        client = signed_in(app, sqlite_office, role)
        assert client.get(PATH).status_code == 403
    assert app.test_client().get(PATH).status_code == 307


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
