"""The page about subscribing to a feed, the dialog that says the same, and the QR code that leads there."""

from urllib.parse import quote

import pytest

from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue

BASE = "https://reihe.example.org"


@pytest.fixture
def reader(catalogue: Catalogue) -> Browser:
    series = catalogue.published_series(slug="grundlagen", title={"de": "Grundlagen", "en": "Basics"})
    catalogue.published_event(slug="recht", series_id=str(series.id))
    return Browser(catalogue)


@pytest.mark.parametrize(
    ("query", "feed", "name"),
    [
        ("", "/calendar.ics?lang=en", ""),
        ("?event=recht", "/events/recht.ics?lang=en", "Association law"),
        ("?series=grundlagen", "/series/grundlagen.ics?lang=en", "Basics"),
        ("?city=Bochum&kind=training", "/calendar.ics?kind=training&city=Bochum&lang=en", "Training · Bochum"),
        ("?speaker=Mina+Okafor", "/calendar.ics?speaker=Mina+Okafor&lang=en", "Mina Okafor"),
        ("?language=tr", "/calendar.ics?language=tr&lang=en", "Turkish"),
    ],
)
def test_it_offers_the_feed_that_was_asked_for(reader: Browser, query: str, feed: str, name: str) -> None:
    page = reader.open(f"/subscribe{query}")
    assert page.one("code").get_text() == BASE + feed
    assert page.one(".way a.button")["href"] == (BASE + feed).replace("https:", "webcal:")
    assert page.all(".page-header .kicker") == ([name] if name else [])
    assert reader.open(feed).status == 200


def test_it_helps_with_each_calendar_and_says_what_to_expect(reader: Browser) -> None:
    page = reader.open("/subscribe")
    assert page.all(".client summary") == ["Google Calendar", "Outlook", "Apple: iPhone, iPad, Mac", "Thunderbird"]
    assert "every 4 to 24 hours" in page.words


@pytest.mark.parametrize(
    ("path", "query"), [("/", ""), ("/events/recht", "?event=recht"), ("/series/grundlagen", "?series=grundlagen")]
)
def test_pages_hold_the_same_as_a_dialog_that_opens_without_scripts(reader: Browser, path: str, query: str) -> None:
    shown, alone = reader.open(path), reader.open(f"/subscribe{query}")
    dialog = shown.one("details[data-dialog] dialog")
    assert dialog.select_one("code") == shown.one("#subscribe-ways-address")
    assert shown.one("dialog code").get_text() == alone.one("code").get_text()
    assert shown.one("dialog img")["src"] == alone.one("main img")["src"]


def test_an_event_leads_to_the_dates_of_each_who_speaks(reader: Browser) -> None:
    link = reader.open("/events/recht").one("a[href^='/subscribe?speaker=']")
    assert link.get_text() == "Mina Okafor"
    assert reader.open(str(link["href"])).one("code").get_text().endswith("?speaker=Mina+Okafor&lang=en")


@pytest.mark.parametrize("query", ["?event=entwurf", "?series=nirgends"])
def test_what_is_not_public_cannot_be_subscribed_to(reader: Browser, query: str) -> None:
    reader.catalogue.event(slug="entwurf")
    assert reader.open(f"/subscribe{query}").status == 404
    assert reader.open(f"/subscribe.svg{query}").status == 404


def test_the_qr_code_is_a_picture_that_may_be_kept(reader: Browser) -> None:
    pictures = {query: reader.open(f"/subscribe.svg{query}").response for query in ("", "?event=recht", "?lang=de")}
    assert {picture.content_type for picture in pictures.values()} == {"image/svg+xml; charset=utf-8"}
    assert len({picture.data for picture in pictures.values()}) == 3
    assert pictures[""].headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in pictures["?lang=de"].headers


def test_names_in_addresses_are_escaped(reader: Browser) -> None:
    name = 'A&B "<i>"'
    page = reader.open(f"/subscribe?speaker={quote(name)}")
    assert page.all(".page-header .kicker") == [name]
    assert page.one("code").get_text() == f"{BASE}/calendar.ics?speaker=A%26B+%22%3Ci%3E%22&lang=en"
