"""An event's public page."""

from datetime import timedelta
from typing import Any

import pytest

from tests.catalogue.browser import Browser, Page, count_seats
from tests.catalogue.parts import SESSION, VENUE, Catalogue, at, statements
from tests.rules import a_pool, a_waitlist

PATH = "/events/vereinsrecht"
NO_WAITLIST = {"enabled": False}


def opened(catalogue: Catalogue, **fields: Any) -> Page:
    catalogue.published_event(**fields)
    return Browser(catalogue).open(PATH)


def button(page: Page) -> list[str]:
    return [str(link["href"]) for link in page.soup.select("aside a.button")]


def test_the_first_part_says_when_where_how_to_get_in_and_for_whom(catalogue: Catalogue) -> None:
    page = opened(catalogue, max_per_organisation=2, venue={**VENUE, "accessibility": {"en": "No steps"}})
    facts = dict(zip(page.all("main dt"), page.all("main dd"), strict=True))
    assert "28 March 2027" in facts["When"]
    assert facts["Where"] == "Haus der Vielfalt Saal Ringstraße 1 44787 Bochum"
    assert facts["Getting in"] == "No steps"
    assert facts["For whom"] == "Everybody may register. Up to 2 people of each organisation can have a seat."
    assert "at least 80% of the time" in facts["Certificate"]


def test_sessions_at_several_places_name_each_beside_its_date(catalogue: Catalogue) -> None:
    elsewhere = {**VENUE, "name": "Rathaus", "city": "Herne", "accessibility": {"en": "A lift"}}
    here = {**VENUE, "accessibility": {"en": "No steps"}}
    sessions = [at("2027-04-01"), at("2027-04-02", venue=elsewhere)]
    page = opened(catalogue, venue=here, sessions=sessions, programme=[])
    facts = dict(zip(page.all("main dt"), page.all("main dd"), strict=True))
    assert facts["When"].index("Haus der Vielfalt") < facts["When"].index("2 April") < facts["When"].index("Rathaus")
    assert facts["Where"] == "The sessions are held at several places; each stands beside its date."
    assert facts["Getting in"] == "Haus der Vielfalt No steps Rathaus A lift"


def test_a_place_that_only_its_session_names_is_where_the_event_is(catalogue: Catalogue) -> None:
    page = opened(catalogue, venue=None, sessions=[at("2027-04-01", venue=VENUE)], programme=[])
    facts = dict(zip(page.all("main dt"), page.all("main dd"), strict=True))
    assert facts["Where"] == "Haus der Vielfalt Saal Ringstraße 1 44787 Bochum"


def test_the_audience_and_the_languages_are_said_if_they_are_known(catalogue: Catalogue) -> None:
    page = opened(catalogue, audience={"en": "Board members"}, languages=["de", "tr", "ku"], max_per_organisation=1)
    facts = dict(zip(page.all("main dt"), page.all("main dd"), strict=True))
    assert facts["For whom"] == "Board members One person of each organisation can have a seat."
    assert facts["Language"] == "German, Turkish and Kurdish"


def test_the_title_and_the_description_are_those_of_the_event(catalogue: Catalogue) -> None:
    page = opened(catalogue, motto={"en": "Who may do what"})
    assert page.one("title").get_text() == "Association law · Reihe"
    assert page.all("h1") == ["Association law"]
    assert "Haus der Vielfalt, Bochum. Who may do what" in str(page.one("meta[name=description]")["content"])


def test_while_seats_are_free_one_button_leads_to_registration(catalogue: Catalogue) -> None:
    page = opened(catalogue)
    assert button(page) == ["/register/events/vereinsrecht"]
    assert page.all("aside a.button") == ["Register"]
    assert "There are 20 seats." in page.words


def test_the_seat_bar_shows_what_registration_told(catalogue: Catalogue) -> None:
    event = catalogue.published_event()
    count_seats(catalogue, event, confirmed=12)
    page = Browser(catalogue).open(PATH)
    assert "8 of 20 seats are free." in page.words
    assert page.one("progress")["value"] == "12"


def test_seats_that_are_meant_for_groups_are_not_promised_to_everybody_until_they_are_released(
    catalogue: Catalogue,
) -> None:
    release = catalogue.clock() + timedelta(days=1)
    pools = [a_pool(3), a_pool(2, released_at=release.isoformat())]
    event = catalogue.published_event(waitlist=a_waitlist(pools=pools))
    count_seats(catalogue, event, confirmed=12)
    browser = Browser(catalogue)
    said = "{} seats are meant for groups, and may be among the free ones: see how the seats are given."
    assert said.format(5) in browser.open(PATH).words
    catalogue.clock.turn(days=1)
    assert said.format(3) in browser.open(PATH).words
    count_seats(catalogue, event, confirmed=20)
    assert "meant for groups" not in browser.open(PATH).words


def test_a_full_event_leads_to_the_waitlist(catalogue: Catalogue) -> None:
    event = catalogue.published_event()
    count_seats(catalogue, event, confirmed=20, waiting=4)
    page = Browser(catalogue).open(PATH)
    assert page.all("aside a.button") == ["Join the waitlist"]
    assert "All 20 seats are taken. 4 people are waiting." in page.words


def test_an_event_of_one_seat_speaks_of_it_as_of_one(catalogue: Catalogue) -> None:
    event = catalogue.published_event(capacity=1)
    count_seats(catalogue, event, confirmed=1)
    assert "The only seat is taken." in Browser(catalogue).open(PATH).words


def test_a_full_event_without_a_waitlist_says_so_instead_of_the_button(catalogue: Catalogue) -> None:
    event = catalogue.published_event(waitlist=NO_WAITLIST)
    count_seats(catalogue, event, confirmed=20)
    page = Browser(catalogue).open(PATH)
    assert button(page) == []
    assert "All seats are taken, and there is no waitlist." in page.words


def test_before_registration_opens_the_page_says_when_it_will(catalogue: Catalogue) -> None:
    page = opened(catalogue, registration_opens_at="2027-02-01T08:00:00+01:00")
    assert button(page) == []
    assert "Registration opens on Monday, 1 February 2027, 08:00." in page.words


def test_after_registration_closed_the_page_says_since_when(catalogue: Catalogue) -> None:
    page = opened(catalogue, registration_closes_at="2027-01-11T09:00:00+00:00")
    assert button(page) == []
    assert "Registration is closed. It was possible until Monday, 11 January 2027, 10:00." in page.words


def test_registration_closes_when_the_first_session_starts(catalogue: Catalogue) -> None:
    catalogue.published_event(sessions=[at("2027-03-28"), at("2027-03-29")], programme=[])
    browser = Browser(catalogue)
    catalogue.clock.moment = catalogue.clock.moment.replace(month=3, day=28, hour=7, minute=59)
    assert button(browser.open(PATH)) != []
    catalogue.clock.turn(minutes=1)
    assert "Registration is closed." in browser.open(PATH).words


def test_what_is_over_says_so(catalogue: Catalogue) -> None:
    catalogue.published_event()
    catalogue.clock.turn(days=90)
    page = Browser(catalogue).open(PATH)
    assert "This event is over." in page.words
    assert button(page) == []


def test_a_cancelled_event_says_so_and_why_before_all_else(catalogue: Catalogue) -> None:
    catalogue.cancel(catalogue.published_event().id)
    page = Browser(catalogue).open(PATH)
    assert page.status == 200
    assert page.words.startswith("This event is cancelled. Die Referentin ist krank.")
    assert page.one("title").get_text().startswith("Cancelled: Association law")
    assert button(page) == []
    assert page.soup.select("progress, a[href^='webcal:']") == []


@pytest.mark.parametrize("slug", ["unknown", "entwurf", "%00", "x" * 500])
def test_what_is_not_public_is_not_found(both: Catalogue, slug: str) -> None:
    both.event(slug="entwurf")
    page = Browser(both).open(f"/events/{slug}")
    assert page.status == 404
    assert page.all("h1") == ["This page does not exist."]


def test_the_meeting_link_is_for_people_with_a_seat(catalogue: Catalogue) -> None:
    link = "https://meet.example.org/secret"
    page = opened(catalogue, format="online", venue=None, sessions=[{**SESSION, "meeting_url": link}])
    assert "Online: you receive the link with your confirmation." in page.words
    assert "secret" not in page.response.get_data(as_text=True)


def test_the_programme_names_its_speakers(catalogue: Catalogue) -> None:
    page = opened(catalogue)
    assert page.all(".programme-item h3") == ["Einführung"]
    assert page.all(".speakers li") == ["Mina Okafor Juristin, Rechtsladen"]


def test_a_programme_of_several_days_is_headed_by_its_days(catalogue: Catalogue) -> None:
    items = [
        {"starts_at": f"2027-04-0{day}T10:00:00+02:00", "kind": "talk", "title": {"en": f"Talk {day}"}}
        for day in (8, 9)
    ]
    page = opened(catalogue, sessions=[at("2027-04-08"), at("2027-04-09")], programme=items)
    assert page.all("section:has(.programme) h3") == [
        "Thursday, 8 April 2027",
        "Talk 8",
        "Friday, 9 April 2027",
        "Talk 9",
    ]


def test_a_text_keeps_its_paragraphs(catalogue: Catalogue) -> None:
    page = opened(catalogue, description={"en": "One\nline\n\nTwo <b>"})
    assert page.all_in("What it is about", "p") == ["One line", "Two <b>"]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({}, ["Whoever registers later stands behind you.", "the next in line gets it at once"]),
        ({"waitlist": NO_WAITLIST}, ["There is no waitlist."]),
        (
            {"max_per_organisation": 1},
            ["One person of each organisation can have a seat.", "do not hold up those behind"],
        ),
    ],
)
def test_the_rule_of_the_seats_follows_from_the_event(
    catalogue: Catalogue, fields: dict[str, Any], rules: list[str]
) -> None:
    said = " ".join(opened(catalogue, **fields).all_in("How the seats are given", "li"))
    for rule in rules:
        assert rule in said


def test_without_a_waitlist_no_rule_speaks_of_one(catalogue: Catalogue) -> None:
    rules = opened(catalogue, waitlist=NO_WAITLIST, max_per_organisation=2).all_in("How the seats are given", "li")
    assert [rule for rule in rules if "in line" in rule or "wait." in rule or "position" in rule] == []


def test_what_waits_to_be_published_is_not_shown(catalogue: Catalogue) -> None:
    event = catalogue.published_event()
    catalogue.change(event.id, title={"en": "Other title"})
    assert "Other title" not in Browser(catalogue).open(PATH).words


def test_calendars_can_subscribe_in_the_readers_language(catalogue: Catalogue) -> None:
    page = opened(catalogue)
    assert page.one("a[href^='webcal:']")["href"] == "webcal://reihe.example.org/events/vereinsrecht.ics?lang=en"


def test_the_page_costs_at_most_four_statements(both: Catalogue) -> None:
    series = both.published_series()
    both.published_event(
        series_id=str(series.id), sessions=[at(f"2027-04-{day:02}") for day in range(1, 21)], programme=[]
    )
    browser = Browser(both)
    with statements(both.engine) as seen:
        assert browser.open(PATH).status == 200
    assert len(seen) <= 4, seen


def test_whoever_comes_later_gets_the_kept_page_for_one_query(catalogue: Catalogue) -> None:
    catalogue.published_event()
    browser = Browser(catalogue)
    first = browser.open(PATH).words
    catalogue.clock.turn(seconds=2)
    with statements(catalogue.database.engine) as queries:
        assert browser.open(PATH).words == first
    assert len(queries) == 1, "\n".join(queries)


def test_a_kept_page_changes_with_the_event_with_its_seats_and_with_time(catalogue: Catalogue) -> None:
    event = catalogue.published_event(registration_closes_at="2027-03-01T08:00:00+01:00")
    browser = Browser(catalogue)
    assert "There are 20 seats." in browser.open(PATH).words
    count_seats(catalogue, event, confirmed=12)
    assert "8 of 20 seats are free." in browser.open(PATH).words
    catalogue.change(event.id, title={"en": "Association law, revised"})
    assert browser.open(PATH).all("h1") == ["Association law"], "nothing is announced yet"
    catalogue.publish(event.id)
    assert browser.open(PATH).all("h1") == ["Association law, revised"]
    catalogue.clock.turn(days=60)
    assert button(browser.open(PATH)) == []


def test_a_page_is_kept_for_each_language(catalogue: Catalogue) -> None:
    catalogue.published_event(title={"en": "Association law", "de": "Vereinsrecht"})
    browser = Browser(catalogue)
    assert browser.open(PATH).all("h1") == ["Association law"]
    browser.headers["Accept-Language"] = "de"
    assert browser.open(PATH).all("h1") == ["Vereinsrecht"]


def test_whoever_is_signed_in_is_neither_shown_a_kept_page_nor_leaves_theirs_to_others(catalogue: Catalogue) -> None:
    catalogue.published_event()
    catalogue.employ()
    alice = Browser(catalogue, "alice")
    signed_in = str(alice.open(PATH).soup)
    alice.client.delete_cookie("reihe_staff")
    signed_out = str(alice.open(PATH).soup)
    assert 'href="/organise"' in signed_in
    assert 'href="/organise"' not in signed_out
