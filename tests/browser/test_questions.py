"""Questions that depend on the answer to another."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.steps import expect_heading, fill_registration, publish_event, send_registration, unique_address
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

QUESTIONS = [
    {"key": "train", "kind": "yes_no", "label": {"de": "Kommen Sie mit der Bahn?"}, "required": True},
    {
        "key": "station",
        "kind": "text",
        "label": {"de": "An welchem Bahnhof steigen Sie aus?"},
        "required": True,
        "shown_if": {"question": "train", "answers": ["yes"]},
    },
]


def test_a_conditional_question_shows_only_where_it_is_asked(site: RunningSystem, new_page: NewPage) -> None:
    event, address = publish_event(site, questions=QUESTIONS), unique_address("olena")
    page = new_page(width=390)
    fill_registration(page, event, address)
    station = page.get_by_label("An welchem Bahnhof steigen Sie aus?")
    expect(station).to_be_hidden()
    page.get_by_label("Ja", exact=True).check()
    expect(station).to_be_visible()
    page.get_by_label("Nein", exact=True).check()
    expect(station).to_be_hidden()
    send_registration(page)
    expect_heading(page, "Sie haben einen Platz")


def test_without_javascript_the_condition_stands_beside_the_question(site: RunningSystem, new_page: NewPage) -> None:
    event = publish_event(site, questions=QUESTIONS)
    page = new_page(width=320, javascript=False)
    fill_registration(page, event, unique_address("fatima"))
    station = page.get_by_label("An welchem Bahnhof steigen Sie aus?")
    expect(station).to_be_visible()
    page.get_by_label("Ja", exact=True).check()
    station.fill("Bochum Hbf")
    send_registration(page)
    expect_heading(page, "Sie haben einen Platz")
