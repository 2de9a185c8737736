"""Certificates as documents: what they say, who can read them, and what hostile text does to them."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
import typst
from babel.messages.extract import extract_from_file

from services.notifications.documents import certificate
from services.notifications.documents.certificate import AttendedSession, CertificateContent, compile_certificate
from shared.errors import InvalidError
from shared.testing import ROOT, require

START_OF_LINE = 70.87
END_OF_LINE = 595.28 - START_OF_LINE
"""The margins, in points from the page's left edge."""

FIRST = AttendedSession(
    datetime(2027, 1, 14, 9, tzinfo=UTC), datetime(2027, 1, 14, 15, tzinfo=UTC), "Europe/Berlin", "The statutes", 6
)
SECOND = AttendedSession(
    datetime(2027, 3, 31, 15, tzinfo=UTC),
    datetime(2027, 3, 31, 18, tzinfo=UTC),
    "Europe/Berlin",
    "Our rights",
    4.5,
)
LAYLAS = CertificateContent(
    number="MSO-2027-0042",
    code="7K3M-Q9XP",
    verify_url="https://reihe.example.org/certificates/verify/7K3M-Q9XP",
    name="Layla Haddad",
    organisation="Haus der Begegnung e. V.",
    title="Foundations",
    series_title="Training for associations",
    sessions=(FIRST, SECOND),
    contents=("Liability of the board", "Raising funds"),
    speakers=("Sinan Kumru", "Behshid Najafi"),
    place="Bochum",
    issuer="Fachberatung MSO",
    signatory="Deniz Greschner",
    signatory_role="Head of training",
    logo_line="Funded by the ministry",
    issued_at=datetime(2027, 4, 1, 9, 30, tzinfo=UTC),
    locale="en",
)


def as_written(msgid: str) -> str:
    return msgid


def pdf_of(content: CertificateContent = LAYLAS, **changes: Any) -> bytes:
    return compile_certificate(replace(content, **changes), as_written)


_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text_of(pdf: bytes) -> str:
    """The text with each run of blanks and line breaks as one blank, without marks of direction."""
    require("poppler")
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(_UNSEEN.sub("", run.stdout.decode()).split())


def words_of(pdf: bytes) -> list[tuple[float, float, float, float, str]]:
    """Each word with its box in points (left, top, right, bottom)."""
    require("poppler")
    run = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    boxes = re.findall(
        r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', _UNSEEN.sub("", run.stdout.decode())
    )
    return [(float(left), float(top), float(right), float(bottom), word) for left, top, right, bottom, word in boxes]


def box_of(word: str, pdf: bytes) -> tuple[float, float]:
    """Left and right edge of the first such word (pdftotext spells Arabic as it stands, from left to right)."""
    spellings = (word, word[::-1])
    return next((left, right) for left, _top, right, _bottom, found in words_of(pdf) if found in spellings)


def elements(pdf: bytes) -> list[dict[str, str]]:
    """The structure tree's elements in reading order: their tag (``S``) and alternative text (``Alt``)."""

    def walk(node: Any) -> Iterator[dict[str, str]]:
        for child in node if isinstance(node, pikepdf.Array) else [node]:
            if isinstance(child, pikepdf.Dictionary) and "/S" in child:
                yield {key: str(child[f"/{key}"]) for key in ("S", "Alt") if f"/{key}" in child}
            if isinstance(child, pikepdf.Dictionary) and "/K" in child:
                yield from walk(child["/K"])

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return list(walk(document.Root.StructTreeRoot.K))


def png() -> bytes:
    image = io.BytesIO()
    segno.make("signature").save(image, kind="png")
    return image.getvalue()


def test_it_says_who_attended_what_and_when() -> None:
    said = text_of(pdf_of())
    for part in (
        "Certificate of attendance",
        "We confirm the attendance of Layla Haddad Haus der Begegnung e. V. at the event Foundations",
        "Part of the series: Training for associations",
        "Thu, 14 Jan 2027 10:00–16:00 The statutes 6",
        "Wed, 31 Mar 2027 17:00–20:00 Our rights 4.5",
        "Total 10.5",
        "14 Jan – 31 Mar 2027",
        "Liability of the board",
        "Behshid Najafi",
        "Issued on 1 April 2027",
        "Deniz Greschner Head of training",
        "Certificate no. MSO-2027-0042 Code 7K3M-Q9XP",
        "Funded by the ministry",
        "Page 1 of 1",
    ):
        assert part in said


def test_a_certificate_for_a_whole_series_names_it_once() -> None:
    said = text_of(pdf_of(title="Training for associations"))
    assert "in the series Training for associations" in said
    assert "Part of the series" not in said


def test_what_does_not_apply_leaves_no_trace() -> None:
    said = text_of(pdf_of(organisation="", series_title="", contents=(), speakers=(), place="", logo_line=""))
    assert "Layla Haddad at the event Foundations" in said
    assert not {"Contents", "Speakers", "Where", "series"} & set(said.split())


def test_german_has_german_dates_numbers_and_words() -> None:
    german = {"Certificate of attendance": "Teilnahmebescheinigung", "Total": "Summe"}
    said = text_of(compile_certificate(replace(LAYLAS, locale="de"), lambda msgid: german.get(msgid, msgid)))
    assert "Teilnahmebescheinigung" in said
    assert "Do., 14. Jan. 2027 10:00–16:00 The statutes 6" in said
    assert "Summe 10,5" in said
    assert "1. April 2027" in said


def test_leichte_sprache_is_german() -> None:
    assert "1. April 2027" in text_of(pdf_of(locale="de-leicht"))


def test_without_teaching_units_hours_are_derived_from_the_times() -> None:
    half_past = replace(FIRST, ends_at=FIRST.ends_at + timedelta(minutes=30), teaching_units=None)
    said = text_of(pdf_of(sessions=(half_past, replace(SECOND, teaching_units=None))))
    assert "The statutes 6 hrs 30 mins" in said
    assert "Total 9 hrs 30 mins" in said
    assert "Teaching" not in said


def test_who_was_there_for_a_part_is_certified_that_part() -> None:
    sessions = (replace(FIRST, teaching_units=None, attended=timedelta(hours=4, minutes=30)),)
    assert "Total 4 hrs 30 mins" in text_of(pdf_of(sessions=sessions))


def test_a_teaching_unit_counts_45_minutes_beside_sessions_that_state_none() -> None:
    said = text_of(pdf_of(sessions=(FIRST, replace(SECOND, teaching_units=None))))
    assert "The statutes 4 hrs 30 mins" in said
    assert "Total 7 hrs 30 mins" in said


def test_an_hour_lost_to_summer_time_is_not_certified() -> None:
    night = AttendedSession(
        datetime(2027, 3, 28, 0, tzinfo=UTC), datetime(2027, 3, 28, 4, tzinfo=UTC), "Europe/Berlin", "Night", None
    )
    said = text_of(pdf_of(sessions=(night,)))
    assert "01:00–06:00 Night 4 hrs" in said


def test_a_session_over_midnight_names_both_days() -> None:
    late = replace(FIRST, ends_at=FIRST.starts_at + timedelta(hours=16))
    assert "Thu, 14 Jan – Fri, 15 Jan 2027 10:00–02:00" in text_of(pdf_of(sessions=(late,)))


def test_days_are_those_of_the_sessions_place() -> None:
    late_evening = datetime(2027, 4, 1, 23, 30, tzinfo=UTC)
    assert "Issued on 2 April 2027" in text_of(pdf_of(issued_at=late_evening))


def test_every_word_comes_from_the_catalogue() -> None:
    asked: list[str] = []

    def remembered(msgid: str) -> str:
        asked.append(msgid)
        return msgid

    for title in (LAYLAS.title, LAYLAS.series_title):
        compile_certificate(replace(LAYLAS, title=title), remembered)
    extracted = extract_from_file("python", str(certificate.__file__), keywords={"_": None})
    assert {message for _line, message, _comments, _context in extracted} == set(asked)


@pytest.mark.parametrize("locale", ["de", "en", "ar"])
def test_qpdf_finds_nothing_wrong(locale: str, tmp_path: Path) -> None:
    require("qpdf")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(pdf_of(locale=locale))
    check = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (check.returncode, check.stderr) == (0, "")
    assert "No syntax or stream encoding errors found" in check.stdout


def test_it_is_tagged_on_a4_and_every_font_is_embedded() -> None:
    require("poppler")
    about = subprocess.run(["pdfinfo", "-"], input=pdf_of(), capture_output=True, check=True).stdout.decode()
    assert re.search(r"^Tagged: +yes$", about, re.MULTILINE)
    assert "(A4)" in about
    fonts = subprocess.run(["pdffonts", "-"], input=pdf_of(), capture_output=True, check=True).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert len(rows) == 2
    for row in rows:
        assert re.match(r"[A-Z]{6}\+FiraGO-(Regular|Bold) +CID TrueType +Identity-H +yes yes yes", row)


def test_it_declares_pdf_a_2a_and_pdf_ua_1() -> None:
    with pikepdf.open(io.BytesIO(pdf_of())) as document, document.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "2"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Certificate of attendance: Foundations"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle


@pytest.mark.parametrize(("locale", "language"), [("de", "de"), ("en", "en"), ("ar", "ar"), ("de-leicht", "de")])
def test_it_declares_its_language(locale: str, language: str) -> None:
    with pikepdf.open(io.BytesIO(pdf_of(locale=locale))) as document:
        assert document.Root.Lang == language


def test_the_structure_has_headings_a_table_with_headers_and_lists() -> None:
    tags = [element["S"] for element in elements(pdf_of())]
    assert [tag for tag in tags if re.match(r"/H\d", tag)] == ["/H1", "/H2", "/H2"]
    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 4
    assert tags.count("/TD") == 10
    assert tags.count("/L") == 2
    assert tags.count("/Link") == 1


def test_images_have_alternative_texts() -> None:
    figures = [element for element in elements(pdf_of(signature_image=png())) if element["S"] == "/Figure"]
    assert [figure["Alt"] for figure in figures] == [
        "Signature of Deniz Greschner",
        f"QR code with the address {LAYLAS.verify_url}",
    ]


def test_the_address_to_check_is_a_link() -> None:
    with pikepdf.open(io.BytesIO(pdf_of())) as document:
        links = {str(annotation.A.URI) for annotation in document.pages[0].Annots}
    assert links == {LAYLAS.verify_url}


def test_the_same_content_gives_the_same_bytes() -> None:
    assert pdf_of() == pdf_of()
    assert pdf_of() != pdf_of(name="Layla Hadad")


def test_other_processes_and_threads_give_the_same_bytes_and_leave_no_files(tmp_path: Path) -> None:
    program = (
        "import sys; from tests.notifications.test_certificate_document import pdf_of;"
        "sys.stdout.buffer.write(pdf_of(title='🎉 Foundations ✨'))"
    )
    surroundings = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "TMPDIR": str(tmp_path), "LANG": "C"}
    elsewhere = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=surroundings, capture_output=True, check=True
    ).stdout
    with ThreadPoolExecutor(4) as threads:
        here = set(threads.map(lambda _: pdf_of(title="🎉 Foundations ✨"), range(8)))
    assert here == {elsewhere}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "#let x = 1 *bold* _em_ $x^2$ `raw`",
        "@ref <label> // no comment /* none */",
        r"\u{41} = Heading - item + item",
        '#read("/etc/passwd") #sys.inputs',
        "#panic() ]}) \"'",
        "%(name)s %(page)s {page} %s %",
        "https://example.org/~layla --- ...",
    ],
)
def test_hostile_text_stays_text(name: str) -> None:
    said = text_of(pdf_of(name=name, title=name, sessions=(replace(FIRST, title=name),)))
    assert said.count(name) == 3


def test_text_cannot_turn_what_stands_around_it() -> None:
    said = text_of(pdf_of(name="Layla\u202e daddaH\u2067", organisation="a\x00b\nc\u2028d\ud800e"))
    assert "Layla daddaH a b c d e at the event" in said


@pytest.mark.parametrize(
    "name",
    [
        "Олена Шевченко",
        "Ελένη Παπαδοπούλου",
        "Nguyễn Thị Ánh",
        "Şule Yıldız",
        "Əli Ağayev",
        "ნინო",
        "Łukasz Żółć",
    ],
)
def test_names_of_many_scripts_are_printed(name: str) -> None:
    assert f"attendance of {name} Haus" in text_of(pdf_of(name=name))


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("name", ["ليلى حداد", "فرزانه گلچین", "ڕۆژ کوردی", "יעל כהן"])
def test_names_of_scripts_from_right_to_left_begin_on_the_right(name: str, locale: str) -> None:
    pdf = pdf_of(name=name, locale=locale)
    first, last = name.split()
    assert box_of(last, pdf)[1] < box_of(first, pdf)[0]


@pytest.mark.parametrize("name", ["王小明", "Հայկ", "ትግርኛ", "Layla \ufffdaddad", "\ue000"])
def test_a_name_that_the_fonts_lack_is_refused_by_field(name: str) -> None:
    with pytest.raises(InvalidError) as refused:
        pdf_of(name=f"Layla {name}")
    assert refused.value.code == "unprintable_letters"
    assert set(refused.value.errors) == {"name"}
    for letter in set(name) - set("Layla d"):
        assert letter in str(refused.value.text)


def test_a_refusal_finds_a_session_by_its_place_in_the_list() -> None:
    with pytest.raises(InvalidError) as refused:
        pdf_of(sessions=(FIRST, replace(SECOND, title="漢字")))
    assert set(refused.value.errors) == {"sessions.1.title"}


def test_emoji_that_the_fonts_lack_are_left_out() -> None:
    said = text_of(pdf_of(title="🎉 25 years 👩🏽\u200d🚀 together", contents=("✓ done ★",)))
    assert "at the event 25 years together" in said
    assert "✓ done ★" in said


def test_arabic_is_laid_out_from_right_to_left() -> None:
    left_to_right = pdf_of()
    right_to_left = pdf_of(name="ليلى", locale="ar")
    assert box_of("Layla", left_to_right)[0] == pytest.approx(START_OF_LINE, abs=2)
    assert box_of("ليلى", right_to_left)[1] == pytest.approx(END_OF_LINE, abs=2)
    assert box_of("Date", left_to_right)[1] < box_of("Session", left_to_right)[0]
    assert box_of("Date", right_to_left)[0] > box_of("Session", right_to_left)[1]


def test_a_latin_title_keeps_its_own_order_in_an_arabic_certificate() -> None:
    pdf = pdf_of(title="Foundations: what next?", locale="ar")
    assert box_of("Foundations:", pdf)[1] < box_of("next?", pdf)[0]
    assert box_of("next?", pdf)[1] == pytest.approx(END_OF_LINE, abs=2)


def test_many_sessions_run_on_with_the_header_repeated() -> None:
    sessions = tuple(replace(FIRST, title=f"Meeting {number}") for number in range(1, 61))
    pdf = pdf_of(sessions=sessions, title="A very long event")
    said = text_of(pdf)
    pages = len(pikepdf.open(io.BytesIO(pdf)).pages)
    assert pages == 3
    assert said.count("Date Time Session Teaching units") == pages
    assert said.count("Certificate no. MSO-2027-0042") == pages + 1  # each page's foot, and beside the QR code
    assert said.count("Layla Haddad A very long event") == pages - 1
    assert all(f"Meeting {number} 6" in said for number in range(1, 61))
    assert "Total 360" in said
    assert "Page 3 of 3" in said


LONG_WORD = "Œ" * 10_000
LONG_TEXT = "Vernetzung mit Regeldiensten " * 345


@pytest.mark.parametrize("text", [LONG_WORD, LONG_TEXT, "ليلى " * 2_000], ids=["word", "sentence", "arabic"])
@pytest.mark.parametrize("field", ["name", "organisation", "title", "series_title", "place", "logo_line"])
def test_nothing_of_an_extremely_long_text_leaves_the_page(field: str, text: str) -> None:
    pdf = compile_certificate(replace(LAYLAS, **{field: text}), as_written)  # type: ignore[arg-type]  # a field chosen at run time
    for left, top, right, bottom, _word in words_of(pdf):
        assert left > START_OF_LINE - 2
        assert right < END_OF_LINE + 2
        assert top > 12
        assert bottom < 842 - 20


def test_long_lists_and_session_titles_stay_on_the_page() -> None:
    sessions = tuple(replace(FIRST, title=LONG_TEXT[:900]) for _ in range(5))
    pdf = pdf_of(sessions=sessions, contents=(LONG_TEXT, LONG_WORD[:600]) * 2, speakers=(LONG_WORD[:300],) * 3)
    assert all(right < END_OF_LINE + 2 and bottom < 842 - 20 for _left, _top, right, bottom, _word in words_of(pdf))
    assert text_of(pdf).count("Œ") == 2 * 600 + 3 * 300


@pytest.mark.parametrize("field", ["name", "title", "number", "issuer"])
@pytest.mark.parametrize("nothing", ["", "  ", "🎉", "\u200b"])
def test_a_certificate_without_what_makes_it_one_is_refused(field: str, nothing: str) -> None:
    with pytest.raises(ValueError, match=f"needs {field}"):
        replace(LAYLAS, **{field: nothing})  # type: ignore[arg-type]  # a field chosen at run time


def test_a_certificate_without_sessions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one attended session"):
        replace(LAYLAS, sessions=())


@pytest.mark.parametrize("image", [b"", b"GIF89a", b"<svg/>", b"%PDF-1.7"])
def test_a_signature_that_is_neither_png_nor_jpeg_is_refused(image: bytes) -> None:
    with pytest.raises(ValueError, match="neither PNG nor JPEG"):
        replace(LAYLAS, signature_image=image)


def test_a_broken_signature_is_refused() -> None:
    with pytest.raises(typst.TypstError, match="failed to decode image"):
        pdf_of(signature_image=png()[:60])


def test_an_address_too_long_for_a_qr_code_is_refused() -> None:
    with pytest.raises(ValueError, match="Data too large"):
        pdf_of(verify_url="https://reihe.example.org/" + "x" * 3_000)


@pytest.mark.parametrize("accent", ["red", "#12", '#000000")#panic(', "#ggg000"])
def test_an_accent_that_is_no_colour_is_refused(accent: str) -> None:
    with pytest.raises(ValueError, match="must be a colour"):
        compile_certificate(LAYLAS, as_written, accent=accent)
