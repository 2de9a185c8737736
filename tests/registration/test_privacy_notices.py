"""Each event's privacy notice: made from what is declared, in versions, and kept with who registered under it."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.handlers import handlers_with
from services.registration.models import Event, PrivacyNotice, Registration
from services.registration.privacy.notice_words import DATA
from services.registration.privacy.notices import keep_notices
from services.registration.settings import RegistrationSettings
from shared.database import new_id
from shared.messages import REGISTRY
from shared.messages.base import dumped, loaded
from shared.messaging.inbox import Received
from shared.personal import PURPOSES
from shared.record import activities
from tests.registration.asking import a_question
from tests.registration.browser import Browser
from tests.registration.front import Front, settings
from tests.registration.parts import House, placed

SLUG = "law"
PATH = f"/register/events/{SLUG}/privacy"
OWN = settings("sqlite://", privacy_contact="Dana Schutz, schutz@example.org")


def publish(house: House, own: RegistrationSettings = OWN, /, **changes: object) -> UUID:
    """As catalogue's message tells it."""
    snapshot = house.snapshot(**{"slug": SLUG, **changes})
    schema = REGISTRY["event.published.v1"]
    body = loaded(schema, dumped(schema, placed(snapshot)))
    with house.database.unit_of_work(house.clock()) as uow:
        message = Received(new_id(), "event.published.v1", snapshot["event_id"], 1, uow.now, body)
        handlers_with(own)["event.published.v1"](uow, message)
        uow.commit()
    event_id: UUID = snapshot["event_id"]
    return event_id


def notices(house: House) -> list[PrivacyNotice]:
    with house.database.read() as session:
        return list(session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.version)))


def keep_all(house: House, own: RegistrationSettings) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        keep_notices(uow, own)
        uow.commit()


def version_of(house: House, registration_id: UUID) -> int | None:
    with house.database.read() as session:
        return session.get_one(Registration, registration_id).notice_version


def test_whatever_is_kept_of_participants_has_words_for_them() -> None:
    declared = {one.purpose for one in activities() if PURPOSES[one.purpose].people == "participants"}
    assert declared == set(DATA)


def test_a_registration_keeps_the_version_under_which_it_was_made(house: House) -> None:
    event = publish(house)
    before = house.register(event).registration_id
    publish(house, event_id=event, questions=[a_question("diet", label={"de": "Essen?"})])
    after = house.register(event, answers={"diet": "egal"}).registration_id
    assert [version_of(house, one) for one in (before, after)] == [1, 2]


def test_what_changes_nothing_in_the_notice_makes_no_version(house: House) -> None:
    event = publish(house)
    publish(house, event_id=event, title={"de": "Neuer Titel"}, capacity=9)
    keep_all(house, OWN)
    assert [notice.version for notice in notices(house)] == [1]


def test_other_terms_of_the_installation_make_a_version_for_events_that_are_not_over(house: House) -> None:
    event = publish(house)
    keep_all(house, replace(OWN, keep_contact_days=30))
    assert [notice.version for notice in notices(house)] == [1, 2]
    with house.database.read() as session:
        house.wait_until(session.get_one(Event, event).ends_at)
    keep_all(house, replace(OWN, keep_contact_days=60))
    assert len(notices(house)) == 2


def test_the_notice_names_what_the_event_asks_and_nothing_that_it_does_not_use(house: House) -> None:
    publish(
        house,
        questions=[a_question("cv", label={"de": "Lebenslauf?"}, purpose={"de": "Auswahl"}, retention="needs")],
        certificate_rule=None,
    )
    texts = notices(house)[0].texts
    assert set(texts) == set(OWN.locales)
    sections = {section["heading"]: section for section in texts["en"]}
    assert sections["The questions of this event"]["rows"] == [["Lebenslauf?", "Auswahl", "14 days after the event"]]
    kept = [row[0] for row in sections["What we keep of you, and why"]["rows"]]
    assert "Your answers to the questions of this event" in kept
    assert "What you need to take part, if you tell us" not in kept
    assert "Number and code of your certificate, with your name masked" not in kept
    assert "Data protection: Dana Schutz, schutz@example.org" in sections["Who is responsible"]["paragraphs"]


def test_needs_stand_in_the_notice_as_what_is_consented_to(house: House) -> None:
    publish(house, needs=["wheelchair"])
    rows = notices(house)[0].texts["en"][1]["rows"]
    need = next(row for row in rows if row[0].startswith("What you need"))
    assert need[2:] == ["explicit consent, Art. 9 (2) a GDPR", "14 days after the event"]


@pytest.mark.parametrize(("language", "words"), [("en", "What we keep of you"), ("de", "Was wir über Sie speichern")])
def test_the_page_shows_the_newest_version_and_leads_to_the_earlier(front: Front, language: str, words: str) -> None:
    event = publish(front.house)
    publish(front.house, event_id=event, needs=["diet"])
    browser = Browser(front, language=language)
    page = browser.open(PATH)
    assert words in page.words
    earlier = page.one("main details a")
    assert earlier["href"] == f"{PATH}?version=1"
    assert page.soup.select(".notice") == []
    assert len(browser.open(str(earlier["href"])).soup.select(".notice")) == 1


def test_a_version_that_never_was_is_not_found(front: Front) -> None:
    publish(front.house)
    assert Browser(front).open(f"{PATH}?version=7").status == 404


def test_the_form_leads_to_the_event_s_own_notice(front: Front) -> None:
    publish(front.house)
    assert Browser(front).open(f"/register/events/{SLUG}").soup.select(f"main a[href='{PATH}']")
