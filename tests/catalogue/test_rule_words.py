"""The rule by which an event gives its seats, as the event's page says it in the reader's language."""

from typing import Any

import pytest

from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue
from tests.rules import a_group, a_pool, a_waitlist

PATH = "/events/vereinsrecht"
MEMBERS = {"de": "Mitglieder", "en": "Members"}
GUESTS = {"de": "Gäste", "en": "Guests"}
RELEASED_AT = "2027-03-20T12:00:00+01:00"


def rule(catalogue: Catalogue, language: str, **fields: Any) -> list[str]:
    catalogue.published_event(**fields)
    heading = {"de": "So werden die Plätze vergeben", "en": "How the seats are given"}[language]
    return Browser(catalogue).open(f"{PATH}?lang={language}").all_in(heading, "li")


@pytest.mark.parametrize(
    ("fields", "german", "english"),
    [
        (
            {"waitlist": a_waitlist(priority_classes=[a_group(name=MEMBERS)])},
            "Auf der Warteliste kommt zuerst diese Gruppe: Mitglieder.",
            "On the waitlist, this group comes first: Members.",
        ),
        (
            {"waitlist": a_waitlist(priority_classes=[a_group("code", name=GUESTS, code="X"), a_group(name=MEMBERS)])},
            "in dieser Reihenfolge: Gäste, Mitglieder.",
            "in this order: Guests, Members.",
        ),
        (
            {"waitlist": a_waitlist(priority_classes=[a_group(name=MEMBERS)])},
            "Zu „Mitglieder“ gehören Sie, wenn Ihre Organisation Mitglied ist.",
            "You belong to “Members” if your organisation is a member.",
        ),
        (
            {"waitlist": a_waitlist(pools=[a_pool(1, "code", name=GUESTS, code="X")])},
            "Ein Platz ist für „Gäste“ reserviert.",
            "1 seat is reserved for “Guests”.",
        ),
        (
            {"waitlist": a_waitlist(pools=[a_pool(5, "code", name=GUESTS, code="X", released_at=RELEASED_AT)])},
            "Bis Samstag, 20. März 2027, 12:00 sind 5 Plätze für „Gäste“ reserviert.",
            "5 seats are reserved for “Guests” until Saturday, 20 March 2027, 12:00.",
        ),
        (
            {"max_per_organisation": 2, "max_per_organisation_until": "2027-03-01T00:00:00+01:00"},
            "Bis Montag, 1. März 2027, 00:00 können bis zu 2 Personen je Organisation einen Platz bekommen.",
            "Until Monday, 1 March 2027, 00:00, up to 2 people of each organisation can have a seat.",
        ),
        (
            {"waitlist": a_waitlist(pools=[a_pool(2, name=MEMBERS)])},
            "Wer seine Organisation oder seine Antworten später berichtigt, kommt dadurch nicht vor andere.",
            "Whoever corrects their organisation or their answers later does not get ahead of others by it.",
        ),
        (
            {"max_per_organisation": 1},
            "Eine Person je Organisation kann einen Platz bekommen.",
            "One person of each organisation can have a seat.",
        ),
        (
            {"waitlist": a_waitlist(closes_hours_before_start=24)},
            "Die Warteliste schließt 24 Stunden vor Beginn der Veranstaltung.",
            "The waitlist closes 24 hours before the event begins.",
        ),
        (
            {"waitlist": a_waitlist(transfers="queue")},
            "Solange jemand wartet, können Sie Ihren Platz nicht weitergeben",
            "While somebody waits, you cannot pass your seat on",
        ),
        (
            {"largest_party": 4},
            "Sie können bis zu 4 Personen auf einmal anmelden.",
            "You can register up to 4 people in one go.",
        ),
        (
            {"largest_party": 4, "waitlist": a_waitlist(parties="wait")},
            "bleiben sie frei, bis die Gruppe hineinpasst",
            "the seats wait until it fits in",
        ),
        (
            {"largest_party": 4, "waitlist": a_waitlist(parties="skip")},
            "bekommen die hinter ihr die Plätze",
            "those behind it get the seats",
        ),
        (
            {"confirm_address_minutes": 90},
            "Nach der Anmeldung haben Sie 90 Minuten Zeit",
            "After you registered, you have 90 minutes",
        ),
    ],
)
def test_a_rule_is_said_in_the_readers_language(
    catalogue: Catalogue, fields: dict[str, Any], german: str, english: str
) -> None:
    assert german in " ".join(rule(catalogue, "de", **fields))
    assert english in " ".join(Browser(catalogue).open(f"{PATH}?lang=en").all("#seats ~ ul li"))


def test_a_code_is_never_said(catalogue: Catalogue) -> None:
    waitlist = a_waitlist(priority_classes=[a_group("code", code="VORN77")], pools=[a_pool(1, "code", code="GAST77")])
    catalogue.published_event(waitlist=waitlist)
    assert "77" not in Browser(catalogue).open(PATH).words


def test_how_one_belongs_to_a_group_is_said_once(catalogue: Catalogue) -> None:
    waitlist = a_waitlist(priority_classes=[a_group(name=MEMBERS)], pools=[a_pool(2, name=MEMBERS)])
    said = [sentence for sentence in rule(catalogue, "en", waitlist=waitlist) if "You belong" in sentence]
    assert said == ["You belong to “Members” if your organisation is a member."]


def test_nothing_is_said_of_classes_where_nobody_can_wait(catalogue: Catalogue) -> None:
    waitlist = a_waitlist(enabled=False, priority_classes=[a_group(name=MEMBERS)])
    assert "Members" not in " ".join(rule(catalogue, "en", waitlist=waitlist))
