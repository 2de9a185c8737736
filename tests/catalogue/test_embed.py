"""What stands in a frame of another site, and what organisers copy there."""

import pytest
from bs4 import BeautifulSoup

from tests.catalogue.browser import Browser, count_seats
from tests.catalogue.parts import VENUE, Catalogue, at, statements


@pytest.fixture
def reader(catalogue: Catalogue) -> Browser:
    catalogue.clock.turn(days=30)
    series = catalogue.published_series(slug="grundlagen", title={"de": "Grundlagen", "en": "Basics"})
    event = catalogue.published_event(slug="recht", series_id=str(series.id))
    count_seats(catalogue, event, confirmed=5)
    catalogue.published_event(
        slug="fest", title={"en": "Party"}, kind="jubilee", venue={**VENUE, "city": "Köln"}, languages=["tr"]
    )
    return Browser(catalogue)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Association law", "Party"]),
        ("?kind=jubilee", ["Party"]),
        ("?city=Bochum", ["Association law"]),
        ("?language=tr", ["Party"]),
        ("?city=Essen", []),
    ],
)
def test_it_shows_what_comes_next_or_a_part_of_it(reader: Browser, query: str, titles: list[str]) -> None:
    page = reader.open(f"/embed{query}")
    assert page.all(".event-title") == titles
    assert page.one("footer a")["href"] == f"/{query}"
    assert ("As soon as there is a new date" in page.words) == (titles == [])


def test_it_shows_a_series_with_its_button(reader: Browser) -> None:
    page = reader.open("/embed?series=grundlagen")
    assert (page.all("h1"), page.all(".event-title")) == (["Basics"], ["Association law"])
    assert page.one("a.button")["href"] == "/register/series/grundlagen"


def test_it_shows_an_event_with_its_button(reader: Browser) -> None:
    page = reader.open("/embed?event=recht")
    assert page.all("h1") == ["Association law"]
    assert page.one("a.button")["href"] == "/register/events/recht"
    assert "15 of 20 seats are free" in page.words


def test_every_link_leaves_the_frame(reader: Browser) -> None:
    assert reader.open("/embed").one("base")["target"] == "_top"


def test_only_this_page_may_be_framed_by_others(reader: Browser) -> None:
    framed = reader.open("/embed?event=recht").response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in framed
    assert "default-src 'none'" in framed
    for path in ("/", "/events/recht", "/subscribe", "/embed/", "/login"):
        assert "frame-ancestors 'none'" in reader.open(path).response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "status"), [("?event=entwurf", 404), ("?series=nirgends", 404), ("?kind=party", 422)]
)
def test_what_cannot_be_shown_is_said_in_the_frame(reader: Browser, query: str, status: int) -> None:
    reader.catalogue.event(slug="entwurf")
    page = reader.open(f"/embed{query}")
    assert page.status == status
    assert "frame-ancestors *" in page.response.headers["Content-Security-Policy"]
    assert page.words
    assert page.one("footer a")["href"] == "/"


def test_its_language_stands_in_the_address_and_no_cookie_is_set(reader: Browser) -> None:
    page = reader.open("/embed?event=recht&lang=de")
    assert page.all("h1") == ["Vereinsrecht"]
    assert "Set-Cookie" not in page.response.headers
    assert "Set-Cookie" in reader.open("/events/recht?lang=de").response.headers


def test_many_who_open_the_other_site_cost_nothing(reader: Browser) -> None:
    first = reader.open("/embed?lang=de").response
    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=10"
    with statements(reader.catalogue.engine) as sent:
        assert reader.open("/embed?lang=de").status == 200
    assert sent == []


def test_events_that_are_over_are_gone(reader: Browser) -> None:
    reader.catalogue.published_event(slug="gestern", sessions=[at("2027-01-20")], programme=[], title={"en": "Past"})
    assert "Past" not in reader.open("/embed").words


def test_its_script_stays_under_one_address(reader: Browser) -> None:
    script = reader.open("/embed.js").response
    assert script.content_type == "text/javascript; charset=utf-8"
    assert script.headers["Cache-Control"] == "public, max-age=3600"
    assert b"data-reihe" in script.data


# --- what organisers copy -----------------------------------------------------


@pytest.fixture
def alice(reader: Browser) -> Browser:
    reader.catalogue.employ()
    return Browser(reader.catalogue, "alice")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("", "/embed?lang=en"),
        ("?what=series%3Dgrundlagen&kind=jubilee", "/embed?series=grundlagen&lang=en"),
        ("?what=event%3Drecht&show_in=de", "/embed?event=recht&lang=de"),
        ("?kind=jubilee&city=K%C3%B6ln&show_in=xx", "/embed?kind=jubilee&city=K%C3%B6ln&lang=en"),
    ],
)
def test_the_snippet_is_what_the_preview_shows(alice: Browser, query: str, path: str) -> None:
    page = alice.open(f"/organise/embed{query}")
    snippet = BeautifulSoup(page.one("textarea").get_text(), "html.parser")
    frame, script = snippet.find_all(True)
    assert frame["src"] == f"https://reihe.example.org{path}"
    assert script["src"] == "https://reihe.example.org/embed.js"
    assert frame["title"] == "Programme of Fachberatung MSO"
    preview = page.one("iframe")
    assert preview["src"] == path
    assert "frame-src 'self'" in page.response.headers["Content-Security-Policy"]
    assert alice.open(path).status == 200


def test_the_snippet_cannot_be_made_to_hold_something_else(alice: Browser) -> None:
    page = alice.open("/organise/embed?what=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.one("textarea").get_text().count("<script") == 1
    assert page.one("iframe")["src"] == "/embed?lang=en"


def test_the_public_does_not_see_the_page_about_it(reader: Browser) -> None:
    assert reader.open("/organise/embed").location.startswith("/login")
