"""The organisers' pages about series."""

import pytest

from tests.catalogue.browser import Browser
from tests.catalogue.parts import SERIES_RULE, Catalogue, at

NEW = "/organise/series/new"


@pytest.fixture
def alice(catalogue: Catalogue) -> Browser:
    catalogue.employ()
    return Browser(catalogue, "alice")


def test_a_series_is_written_published_and_filled_with_modules(alice: Browser) -> None:
    filled = {
        "title__en": "Foundations",
        "description__en": "For all",
        "certificate_share": "80",
        "required_modules": "3, 5",
    }
    room = alice.open(alice.send(alice.open(NEW), **filled).location)
    assert room.all("h1") == ["Foundations"]
    assert "Modules 3 and 5 must be among them." in room.words
    assert alice.open("/series/foundations").status == 404

    alice.send(room, form="main form[action$='/publish']")
    assert "For all" in alice.open("/series/foundations").words
    link = next(str(a["href"]) for a in room.soup.select("main a.button") if "Add a module" in a.get_text())
    assert alice.open(link).value("series_id") == link.split("=")[1]


def test_the_list_is_searched(alice: Browser) -> None:
    series = alice.catalogue.series(title={"en": "Foundations"})
    alice.catalogue.event(series_id=str(series.id), sessions=[at("2027-04-01"), at("2027-05-02")], programme=[])
    alice.catalogue.series(title={"en": "Advanced"})
    assert alice.open("/organise/series").all("tbody th") == ["Foundations", "Advanced"]
    found = alice.open("/organise/series?q=FOUND")
    assert found.all("tbody td") == ["Draft", "1", "1 Apr 2027", "2 May 2027"]
    assert "Nothing fits" in alice.open("/organise/series?q=zzz").words


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"title__en": ""}, "Title: Please fill this in."),
        ({"certificate_share": "101"}, "Certificate: Please enter a share between 0 and 100 %."),
        ({"certificate_modules": "many"}, "Certificate, number of modules: "),
        (
            {"certificate_share": "80", "required_modules": "three"},
            "Modules that are required: Please enter the numbers",
        ),
        ({"certificate_share": "80", "required_modules": "0"}, "Modules that are required: This must not be less"),
        ({"slug": "Ä"}, "Address of the page: Please use only a to z"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    alice: Browser, wrong: dict[str, str], complaint: str
) -> None:
    answer = alice.send(alice.open(NEW), **{"title__en": "Title", "description__en": "Kept", **wrong})
    assert answer.status == 422
    assert answer.errors()[0].startswith(complaint)
    assert answer.value("description.en") == "Kept"


def test_what_is_saved_again_unchanged_changes_nothing(alice: Browser) -> None:
    rule = SERIES_RULE
    series = alice.catalogue.series(description={"en": "A\n\nB"}, certificate_rule=rule)
    path = f"/organise/series/{series.id}"
    page = alice.open(f"{path}/edit")
    version = page.value("version")
    assert alice.send(page).location == path
    assert alice.open(f"{path}/edit").value("version") == version


def test_a_form_that_is_sent_twice_makes_one_series(alice: Browser) -> None:
    page = alice.open(NEW)
    assert alice.send(page, title__en="Once").location == alice.send(page, title__en="Once").location
    assert alice.open("/organise/series").all("tbody th") == ["Once"]


def test_who_was_overtaken_keeps_their_input_and_decides(alice: Browser) -> None:
    series = alice.catalogue.series(title={"en": "Before"})
    page = alice.open(f"/organise/series/{series.id}/edit")
    alice.catalogue.change_series(series.id, title={"en": "Theirs"})
    answer = alice.send(page, title__en="Mine")
    assert answer.status == 412
    assert answer.value("title.en") == "Mine"
    alice.send(answer)
    assert alice.open(f"/organise/series/{series.id}").all("h1") == ["Mine"]


def test_cancelling_names_the_events_that_go_with_it(alice: Browser) -> None:
    series = alice.catalogue.published_series(title={"en": "Foundations"}, slug="foundations")
    alice.catalogue.published_event(title={"en": "To come"}, series_id=str(series.id), slug="to-come")
    past = {"sessions": [at("2026-10-01")], "programme": []}
    alice.catalogue.published_event(title={"en": "Over"}, series_id=str(series.id), slug="over", **past)
    page = alice.open(f"/organise/series/{series.id}/cancel")
    assert page.all("main .prose li") == ["To come (28 Mar 2027)"]
    assert alice.send(page).errors() == ["Reason: Please fill this in."]

    alice.send(page, reason__en="No funds")
    assert alice.open("/series/foundations").words.startswith("This series is cancelled. No funds")
    assert alice.open("/events/to-come").words.startswith("This event is cancelled. No funds")
    assert "This event is over." in alice.open("/events/over").words


def test_a_cancelled_series_is_neither_written_nor_cancelled_again(alice: Browser) -> None:
    series = alice.catalogue.published_series()
    alice.catalogue.cancel_series(series.id)
    path = f"/organise/series/{series.id}"
    assert alice.open(f"{path}/edit").status == 409
    assert alice.open(f"{path}/cancel").location == path
    assert alice.open(path).soup.select("main form") == []
