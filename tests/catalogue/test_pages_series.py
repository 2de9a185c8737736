"""The public pages of series, the list of events, and the pages that say who we are."""

from pathlib import Path

import pytest

from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue, at, settings

RULE = {"share_of_hours": 0.8, "sessions": None, "modules": None, "required_modules": [3, 5]}


def test_a_series_lists_its_modules_in_order(catalogue: Catalogue) -> None:
    series = catalogue.published_series(slug="grundlagen", description={"en": "For beginners"})
    for number, day in ((2, "2027-04-01"), (1, "2027-05-01")):
        module = {"series_id": str(series.id), "module_number": number, "title": {"en": f"Part {number}"}}
        catalogue.published_event(**module, sessions=[at(day)], programme=[])
    catalogue.event(series_id=str(series.id), title={"en": "A draft"})
    page = Browser(catalogue).open("/series/grundlagen")
    assert page.all(".event-card .kicker") == ["Module 1", "Module 2"]
    assert "For beginners" in page.words
    assert "2 modules" in page.all("h2")
    assert "1 Apr 2027 – 1 May 2027" in page.words
    assert "A draft" not in page.words


def test_the_certificate_rule_is_said_in_plain_words(catalogue: Catalogue) -> None:
    catalogue.published_series(slug="grundlagen", certificate_rule=RULE)
    words = Browser(catalogue).open("/series/grundlagen").words
    assert "Whoever attends at least 80% of the hours of the whole series receives a certificate for it." in words
    assert "Modules 3 and 5 must be among them." in words


def test_an_event_says_all_that_its_certificate_asks_for(catalogue: Catalogue) -> None:
    sessions = [at("2027-04-01"), at("2027-04-02", required=True)]
    catalogue.published_event(
        slug="recht", sessions=sessions, programme=[], certificate_rule={"share_of_hours": 0.805, "sessions": 2}
    )
    assert (
        "Whoever attends at least 80.5% of the time receives a certificate of attendance. "
        "It takes 2 sessions, of each of which at least half was attended. "
        "The session on Friday, 2 April 2027 must be among them."
    ) in Browser(catalogue).open("/events/recht").words


def test_a_series_without_modules_says_so(catalogue: Catalogue) -> None:
    catalogue.published_series(slug="grundlagen")
    page = Browser(catalogue).open("/series/grundlagen")
    assert "The dates are not fixed yet." in page.words
    assert str(page.one("a[href^='webcal:']")["href"]).startswith("webcal://reihe.example.org/series/grundlagen.ics")


def test_the_form_for_the_series_is_reached_while_somebody_can_register_for_a_module(catalogue: Catalogue) -> None:
    series = catalogue.published_series(slug="grundlagen")
    module = {"series_id": str(series.id), "programme": [], "sessions": [at("2027-04-01")]}
    catalogue.published_event(**module, slug="zu", registration_closes_at="2026-01-01T00:00:00+00:00")
    form = "main a[href='/register/series/grundlagen']"
    assert not Browser(catalogue).open("/series/grundlagen").soup.select(form)
    assert not Browser(catalogue).open("/events/zu").soup.select(form)
    catalogue.published_event(**module, slug="offen")
    for path in ("/series/grundlagen", "/events/offen"):
        Browser(catalogue).open(path).one(form)


def test_a_cancelled_series_says_so_and_why(catalogue: Catalogue) -> None:
    catalogue.cancel_series(catalogue.published_series(slug="grundlagen").id)
    page = Browser(catalogue).open("/series/grundlagen")
    assert page.words.startswith("This series is cancelled. Die Referentin ist krank.")


@pytest.mark.parametrize("path", ["/series/unknown", "/series/entwurf", "/series/%00"])
def test_what_is_not_public_is_not_found(both: Catalogue, path: str) -> None:
    both.series(slug="entwurf")
    assert Browser(both).open(path).status == 404


def test_the_list_of_series_says_what_comes_next(catalogue: Catalogue) -> None:
    series = catalogue.published_series(title={"en": "Foundations"})
    catalogue.published_event(series_id=str(series.id))
    catalogue.series(title={"en": "A draft"})
    page = Browser(catalogue).open("/series")
    assert page.all("main h2") == ["Foundations"]
    assert "one module" in page.words
    assert "next on Sunday, 28 March 2027" in page.words


def test_without_any_series_the_list_leads_to_the_programme(catalogue: Catalogue) -> None:
    page = Browser(catalogue).open("/series")
    assert "There is no series at the moment" in page.words
    assert page.one(".empty-state a")["href"] == "/"


def test_the_list_of_events_shows_cancelled_ones_as_such(catalogue: Catalogue) -> None:
    catalogue.published_event(title={"en": "Takes place"})
    catalogue.cancel(catalogue.published_event(title={"en": "Called off"}).id)
    page = Browser(catalogue).open("/events")
    assert page.all(".event-cancelled .event-title") == ["Called off"]
    assert len(page.soup.select(".event-card")) == 2


def test_a_long_list_is_read_page_by_page(catalogue: Catalogue) -> None:
    for number in range(51):
        catalogue.published_event(title={"en": f"Number {number:02}"}, sessions=[at("2027-04-01")], programme=[])
    browser = Browser(catalogue)
    first = browser.open("/events")
    second = browser.open(str(first.one("a[rel=next]")["href"]))
    titles = first.all(".event-title") + second.all(".event-title")
    assert sorted(titles) == [f"Number {number:02}" for number in range(51)]
    assert second.soup.select("a[rel=next]") == []


def test_a_cursor_of_somebody_else_is_refused(catalogue: Catalogue) -> None:
    assert Browser(catalogue).open("/events?cursor=nonsense").status == 422


def test_past_events_stand_newest_first(catalogue: Catalogue) -> None:
    for day in ("2026-10-01", "2026-11-01", "2027-04-01"):
        catalogue.published_event(title={"en": day}, sessions=[at(day)], programme=[])
    assert Browser(catalogue).open("/events?when=past").all(".event-title") == ["2026-11-01", "2026-10-01"]


def test_a_percent_sign_in_a_sentence_stays_one(catalogue: Catalogue) -> None:
    assert "can be enlarged to 200 % and fit a width" in Browser(catalogue).open("/accessibility").words


@pytest.mark.parametrize(("path", "heading"), [("/privacy", "Privacy"), ("/accessibility", "Accessibility")])
def test_the_pages_about_us_name_a_contact(catalogue: Catalogue, tmp_path: Path, path: str, heading: str) -> None:
    known = Catalogue(catalogue.engine, catalogue.clock, settings(tmp_path, contact_email="hallo@example.org"))
    page = Browser(known).open(path)
    assert page.all("h1") == [heading]
    assert page.soup.select("main a[href='mailto:hallo@example.org']")
    assert "Fachberatung MSO" in page.words
