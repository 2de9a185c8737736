"""The pages with numbers: of a year, of one event, as files, and who may see them."""

from datetime import timedelta

import pytest

from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.series import SERIES
from tests.registration.test_figures import DIRECTORY, Training
from tests.registration.test_organisation_table import read

URL = "/organise/statistics"


@pytest.fixture
def training(front: Front) -> Training:
    read(front.house, DIRECTORY)
    made = Training(front.house, slug="training", series=SERIES, title={"de": "Vereinsrecht", "en": "Association law"})
    for organisation in ("Brücke", "Brücke", "Sojus"):
        made.comes(organisation=organisation)
    made.comes(minutes=0)
    return made


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def test_a_year_shows_its_series_and_events_with_sums(front: Front, alice: Browser, training: Training) -> None:
    other = Training(front.house, days=2, slug="jubilee", title={"de": "Jubiläum", "en": "Jubilee"})
    other.there(front.house.register(other.event, organisation="Brücke").registration_id)
    page = alice.open(URL)
    assert page.all("h2")[:2] == ["Foundations", "Events on their own"]
    (row,) = [row for row in page.all("tbody tr") if row.startswith("Association law")]
    assert row.endswith("4 3 1 6 2 2")
    assert "Organisations reached 2" in page.words
    assert "Of these, for the first time 2" in page.words
    assert [row for row in page.all("tbody tr") if row.startswith("Bonn")] == ["Bonn 3"]
    assert [row for row in page.all("tbody tr") if row.startswith("German")] == ["German 4"]


def test_the_page_opens_with_the_year_that_runs_not_with_one_planned_ahead(
    front: Front, alice: Browser, training: Training
) -> None:
    Training(front.house, days=800, slug="planned", title={"de": "Später", "en": "Planned ahead"})
    page = alice.open(URL)
    assert any(row.startswith("Association law") for row in page.all("tbody tr"))
    assert "Planned ahead" not in page.words


def test_where_all_is_planned_ahead_the_page_opens_with_its_first_year(front: Front, alice: Browser) -> None:
    for days in (800, 1600):
        Training(front.house, days=days, slug=f"in-{days}", title={"de": f"In {days}", "en": f"In {days} days"})
    page = alice.open(URL)
    assert "In 800 days" in page.words
    assert "In 1600 days" not in page.words


def test_an_events_room_shows_its_numbers_and_later_those_that_were_kept(alice: Browser, training: Training) -> None:
    path = f"/organise/events/{training.event}/reports"
    page = alice.open(path)
    assert "As of now. 28 days after the event the numbers are kept for good." in page.words
    assert page.all("nav.tabs a[aria-current]") == ["Numbers"]
    assert "Bonn 2" in page.words
    training.close()
    kept = Browser(alice.front, "alice").open(path)
    assert "when the event was closed" in kept.words
    assert "Bonn" not in kept.words
    assert "Elsewhere, or not known 3" in kept.words


def test_without_events_the_page_says_what_to_do(alice: Browser) -> None:
    assert "No events in this year" in alice.open(URL).words
    assert alice.open(f"{URL}?year=<b>").status == 200


def test_the_numbers_come_as_a_table(alice: Browser, training: Training) -> None:
    year = (training.house.clock() + timedelta(days=1)).year
    lines = alice.open(f"{URL}/export.csv?year={year}").response.get_data(as_text=True).splitlines()
    assert lines[0].lstrip("\ufeff").startswith("Training series;Event;Begins;Registered")
    assert lines[1].split(";")[:2] == ["Foundations", "Association law"]
    assert lines[1].split(";")[3:] == ["4", "4", "3", "1", "0", "0", "120", "360", "2", "2"]
    assert alice.open(f"{URL}/export.csv?year=1999").response.get_data(as_text=True).count("\n") == 1


@pytest.mark.parametrize("path", [URL, f"{URL}/export.csv", f"{URL}/export.xlsx"])
def test_charlie_sees_no_numbers(front: Front, path: str) -> None:
    assert Browser(front, "charlie").open(path).status == 403
    assert Browser(front).open(path).status == 307
    answer = Browser(front, "audrey").client.get(path)
    assert answer.status_code == 200
    answer.close()
