"""The overview says how many mails are about to lose their words."""

from datetime import timedelta

import pytest

from services.notifications.app import create_app
from tests.notifications.certificate_browser import page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event

PATH = "/organise/mails/fragments/due"


def announced(office: Office) -> str:
    dora = signed_in(create_app(office.core), office, "organiser")
    return words(page_of(dora, f"{PATH}?lang=en"))


def test_mails_are_announced_thirty_days_before_their_words_go(sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    assert announced(sqlite_office) == "Nothing of e-mails."
    sqlite_office.clock.moment += timedelta(days=61)
    assert announced(sqlite_office) == "What one e-mail says"


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("door", 403), ("needs", 403)])
def test_only_organisers_and_auditors_are_told(sqlite_office: Office, role: str, status: int) -> None:
    page_of(signed_in(create_app(sqlite_office.core), sqlite_office, role), PATH, status=status)
