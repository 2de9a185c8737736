"""Organisers' own words: whose hold, in which language, and that they are only ever text."""

from typing import Any

import pytest

from services.notifications import wordings
from services.notifications.letters.catalogue import OF_HOUSE_ALONE, TEMPLATES
from services.notifications.samples import preview
from services.notifications.wordings import Place
from shared.errors import InvalidError, NotFoundError
from tests.notifications.parts import ORGANISER, Office, Someone, alice, an_event, bob, html_of, text_of


def enter(office: Office, key: str, event: dict[str, Any] | None = None, **parts: dict[str, str]) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        place = wordings.place_of(uow.session, key, event["event_id"] if event else None)
        wordings.save(uow, place, parts, office.settings, ORGANISER)
        uow.commit()


def published(office: Office) -> dict[str, Any]:
    event = an_event()
    office.publish(event)
    return event


def test_an_event_has_its_own_words_before_the_houses_and_those_before_the_built_in_ones(office: Office) -> None:
    here, there = published(office), published(office)
    enter(office, "confirmed", subject={"en": "House: {title}"}, heading={"en": "Welcome"})
    enter(office, "confirmed", here, subject={"en": "Here: {title}, {when}"})
    office.confirm(alice(), here)
    office.confirm(bob(), there)
    (own,), (house,) = office.mails(alice()), office.mails(bob())
    assert own.subject == "Here: Association law, Sunday, 28 March 2027, 10:00–16:00"
    assert house.subject == "House: Association law"
    for mail in (own, house):
        assert mail.text.startswith("Welcome\n")
        assert "Thank you for registering." in mail.text


def test_whoever_reads_another_language_gets_the_built_in_words_and_no_foreign_ones(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    enter(sqlite_office, "confirmed", subject={"en": "See you"})
    sqlite_office.confirm(alice("de"), event)
    assert sqlite_office.mails()[0].subject == "Ihr Platz ist bestätigt: Vereinsrecht für Einsteiger*innen"


def test_facts_button_and_sentences_about_the_calendar_stay(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    enter(
        sqlite_office, "confirmed", text={"en": "Glad you come, {name}.\n\nBring tea\nand cups."}, closing={"en": "Bye"}
    )
    sqlite_office.confirm(alice(), event)
    (message,) = sqlite_office.send()
    said = text_of(message)
    assert "Glad you come, Alice Öztürk.\n\nBring tea\nand cups.\n\nThis mail holds the invitation" in said
    assert "Haus der Vielfalt, Saal 2" in said
    assert "https://reihe.example/my/" in said
    assert "\nBye\n" in said
    assert "Somebody who is waiting" not in said
    assert "Bring tea<br>and cups." in html_of(message)


def test_words_become_neither_html_nor_headers_nor_templates(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    enter(
        sqlite_office, "confirmed", text={"en": "<script>alert(1)</script> {name} %(name)s"}, subject={"en": "{name}"}
    )
    hostile = Someone("<b>Eve</b>", "{title}", "eve@verein.example")
    sqlite_office.confirm(hostile, event)
    (message,) = sqlite_office.send()
    assert message["Subject"] == "<b>Eve</b> {title}"
    assert "<script>" not in html_of(message)
    assert "&lt;b&gt;Eve&lt;/b&gt; {title} %(name)s" in html_of(message)


def test_what_is_the_same_as_built_in_is_not_kept_so_that_it_follows_later_versions(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    place = Place(TEMPLATES["confirmed"], event["event_id"])
    with sqlite_office.core.database.read() as session:
        built_in = wordings.words_at(session, place, sqlite_office.settings)
    enter(sqlite_office, "confirmed", event, **{part: dict(words) for part, words in built_in.items()})
    with sqlite_office.core.database.read() as session:
        assert wordings.own_words(session, place) == {}


def test_removing_them_brings_back_what_was_before(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    enter(sqlite_office, "confirmed", event, subject={"en": "Mine"})
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        wordings.reset(uow, Place(TEMPLATES["confirmed"], event["event_id"]), ORGANISER)
        uow.commit()
    sqlite_office.confirm(alice(), event)
    assert sqlite_office.mails()[0].subject == "Your place is confirmed: Association law"


def test_each_wrong_placeholder_is_named_with_its_part_and_language(sqlite_office: Office) -> None:
    with pytest.raises(InvalidError) as refused:
        enter(sqlite_office, "offered", subject={"en": "{nmae}"}, text={"de": "Ohne Frist"})
    assert set(refused.value.errors) == {"subject.en", "text.de"}


def test_only_what_is_about_an_event_is_worded_for_one(sqlite_office: Office) -> None:
    event = published(sqlite_office)
    with sqlite_office.core.database.read() as session:
        for key in (*OF_HOUSE_ALONE, "nonsense"):
            with pytest.raises(NotFoundError):
                wordings.place_of(session, key, event["event_id"])
        assert wordings.place_of(session, "link", None).event_id is None


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_letter_can_be_looked_at_with_a_masked_name(sqlite_office: Office, key: str) -> None:
    event = published(sqlite_office)
    sqlite_office.confirm(alice(), event)
    words = {"text": {"en": f"For {{name}}. {' '.join(f'{{{name}}}' for name in TEMPLATES[key].placeholders)}"}}
    with sqlite_office.core.database.read() as session:
        shown = preview(session, sqlite_office.settings, Place(TEMPLATES[key]), "en", sqlite_office.clock(), words)
    assert "For A… Ö…." in shown.content.text
    assert "Öztürk" not in shown.content.text + shown.content.html
    assert shown.subject


def test_without_an_event_there_is_nothing_to_look_at(sqlite_office: Office) -> None:
    with sqlite_office.core.database.read() as session, pytest.raises(NotFoundError):
        preview(session, sqlite_office.settings, Place(TEMPLATES["link"]), "en", sqlite_office.clock())
