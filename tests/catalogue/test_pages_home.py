"""The home page: what comes next."""

import pytest

from tests.catalogue.browser import Browser, count_seats
from tests.catalogue.parts import Catalogue, at, statements


def test_an_empty_catalogue_says_so_and_offers_its_calendar(catalogue: Catalogue) -> None:
    page = Browser(catalogue).open("/")
    assert page.status == 200
    assert "Nothing is planned at the moment" in page.words
    assert page.one("a[href^='webcal://']")["href"] == "webcal://reihe.example.org/calendar.ics?lang=en"


def test_whoever_lost_their_mail_or_holds_a_certificate_finds_the_way_from_every_page(catalogue: Catalogue) -> None:
    footer = {link.get_text(): link["href"] for link in Browser(catalogue).open("/").soup.select("footer a")}
    assert footer["Your registrations"] == "/my"
    assert footer["Check a certificate"] == "/certificates/verify"


def test_events_stand_under_their_series_or_their_kind(catalogue: Catalogue) -> None:
    series = catalogue.published_series(title={"en": "Foundations"})
    catalogue.published_event(title={"en": "Statutes"}, series_id=str(series.id), module_number=1)
    catalogue.published_event(title={"en": "Round table"}, kind="meeting", sessions=[at("2027-04-08")], programme=[])
    page = Browser(catalogue).open("/")
    groups = {said[0]: said[1:] for said in ([*_texts(s, "h2"), *_texts(s, "h3")] for s in page.soup.select("section"))}
    assert groups["Foundations"] == ["Statutes"]
    assert groups["Meetings"] == ["Round table"]


def _texts(section: object, name: str) -> list[str]:
    return [tag.get_text(strip=True) for tag in section.select(name)]  # type: ignore[attr-defined]  # a Tag


def test_the_jubilee_stands_before_what_comes_sooner(catalogue: Catalogue) -> None:
    catalogue.published_event(title={"en": "Soon"})
    jubilee = {"kind": "jubilee", "sessions": [at("2027-06-01")], "programme": [], "motto": {"en": "Much to do"}}
    catalogue.published_event(title={"en": "25 years"}, **jubilee)
    page = Browser(catalogue).open("/")
    assert page.words.index("25 years") < page.words.index("Soon")
    assert "Much to do" in page.words
    assert len(page.soup.select("main h1")) == 1


def test_drafts_cancelled_and_past_events_are_not_shown(catalogue: Catalogue) -> None:
    catalogue.event(title={"en": "A draft"})
    catalogue.cancel(catalogue.published_event(title={"en": "Called off"}, slug="off").id)
    catalogue.published_event(title={"en": "Long ago"}, sessions=[at("2027-01-02")], programme=[], slug="ago")
    words = Browser(catalogue).open("/").words
    assert "Nothing is planned" in words
    for hidden in ("A draft", "Called off", "Long ago"):
        assert hidden not in words


def test_a_card_says_how_many_seats_are_free_or_how_many_wait(catalogue: Catalogue) -> None:
    some = catalogue.published_event(title={"en": "Some"}, slug="some")
    full = catalogue.published_event(title={"en": "Full"}, slug="full")
    count_seats(catalogue, some, confirmed=19)
    count_seats(catalogue, full, confirmed=20, waiting=3)
    cards = Browser(catalogue).open("/").all(".event-card-seats")
    assert sorted(cards) == ["Fully booked 3 people waiting", "One seat free"]


def test_several_sessions_are_mentioned(catalogue: Catalogue) -> None:
    catalogue.published_event(sessions=[at("2027-04-08"), at("2027-04-09"), at("2027-04-10")], programme=[])
    assert "2 further sessions" in Browser(catalogue).open("/").words


@pytest.mark.parametrize(("wanted", "title"), [("en", "Association law"), ("de", "Vereinsrecht")])
def test_the_reader_chooses_the_language(catalogue: Catalogue, wanted: str, title: str) -> None:
    catalogue.published_event()
    browser = Browser(catalogue, language="fr")
    assert title in browser.open(f"/?lang={wanted}").words
    again = browser.open("/")
    assert title in again.words
    assert again.one("html")["lang"] == wanted


def test_text_that_is_missing_in_the_language_is_marked_with_its_own(catalogue: Catalogue) -> None:
    catalogue.published_event(title={"de": "Nur deutsch"})
    assert Browser(catalogue).open("/").one(".event-card [lang=de]").get_text() == "Nur deutsch"


def test_markup_in_a_title_stays_text(catalogue: Catalogue) -> None:
    catalogue.published_event(title={"en": "<script>alert(1)</script> & more"})
    page = Browser(catalogue).open("/")
    assert "<script>alert(1)</script> & more" in page.words
    assert page.soup.select("main script") == []


def test_signed_out_readers_share_a_cache_for_ten_seconds(catalogue: Catalogue) -> None:
    response = Browser(catalogue).open("/").response
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=10"
    assert set(response.vary) >= {"Cookie", "Accept-Language"}
    assert "Set-Cookie" not in response.headers


def test_what_sets_a_cookie_or_is_for_staff_is_not_shared(catalogue: Catalogue) -> None:
    catalogue.employ()
    assert "public" not in Browser(catalogue).open("/?lang=de").response.headers["Cache-Control"]
    assert "public" not in Browser(catalogue, "alice").open("/").response.headers["Cache-Control"]


def test_forty_events_cost_no_more_statements_than_one(both: Catalogue) -> None:
    series = both.published_series()
    for number in range(1, 41):
        both.published_event(series_id=str(series.id), module_number=number)
    browser = Browser(both)
    with statements(both.engine) as seen:
        assert len(browser.open("/").soup.select(".event-card")) == 40
    assert len(seen) <= 2, seen
