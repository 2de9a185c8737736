"""The record of processing and the list of processors: who may read and change them, and what follows."""

import csv

import pytest

from shared.personal import PURPOSES
from shared.record import activities
from tests.registration.asking import a_question
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.test_privacy_notices import PATH, publish

URL = "/organise/privacy"
PROCESSORS = f"{URL}/processors"
HOSTER = {"name": "Rechenhaus eG", "task": "Betreibt den Server.", "place": "Essen, Deutschland"}


@pytest.fixture
def adam(front: Front) -> Browser:
    return Browser(front, "adam")


@pytest.mark.parametrize("path", [URL, f"{URL}/record.md", f"{URL}/record.csv", PROCESSORS])
def test_administrators_and_auditors_read_and_nobody_else(front: Front, path: str) -> None:
    answers = {name: Browser(front, name).open(path).status for name in ("adam", "audrey", "alice", "bob", "charlie")}
    assert answers == {"adam": 200, "audrey": 200, "alice": 403, "bob": 403, "charlie": 403}


def test_the_record_names_what_every_service_keeps_and_what_events_ask(front: Front, adam: Browser) -> None:
    question = a_question("cv", label={"en": "Your CV?"}, purpose={"en": "to choose speakers"}, retention="evidence")
    publish(front.house, questions=[question])
    page = adam.open(URL)
    rows = page.all_in("What is kept", "tbody tr")
    assert len(rows) == len(activities())
    assert all(any(str(PURPOSES[one.purpose].words) in row for row in rows) for one in activities())
    asked = page.all_in("What events ask", "tbody tr")
    assert len(asked) == 1
    assert all(words in asked[0] for words in ("Your CV?", "to choose speakers", "10 years after the event"))


def test_the_table_and_the_text_hold_the_same_as_the_page(front: Front, adam: Browser) -> None:
    publish(front.house, questions=[a_question("cv", label={"en": "=1|2"})])
    adam.send(adam.open(f"{PROCESSORS}/new"), **HOSTER)
    table = adam.open(f"{URL}/record.csv").response.get_data(as_text=True)
    rows = list(csv.reader(table.lstrip("\ufeff").splitlines(), delimiter=";"))
    assert len(rows) == 1 + len(activities()) + 1
    assert rows[-1][1] == "'=1|2"
    text = adam.open(f"{URL}/record.md").response.get_data(as_text=True)
    assert text.startswith("# Record of processing\n")
    assert r"| =1\|2 |" in text
    assert "| Rechenhaus eG | Betreibt den Server. | Essen, Deutschland |" in text


def test_a_processor_stands_in_the_list_and_in_a_new_version_of_the_notice(front: Front, adam: Browser) -> None:
    publish(front.house)
    assert adam.send(adam.open(f"{PROCESSORS}/new"), **HOSTER).location == PROCESSORS
    assert "Rechenhaus eG" in adam.open(PROCESSORS).words
    notice = Browser(front).open(PATH)
    assert "Version 2" in notice.words
    assert "Rechenhaus eG Betreibt den Server. Essen, Deutschland" in notice.words


def test_a_processor_is_changed_and_deleted(front: Front, adam: Browser) -> None:
    publish(front.house)
    adam.send(adam.open(f"{PROCESSORS}/new"), **HOSTER)
    path = str(adam.open(PROCESSORS).one("tbody a")["href"])
    adam.send(adam.open(path), f"form[action='{path}']", place="Köln, Deutschland")
    assert "Köln, Deutschland" in adam.open(PROCESSORS).words
    adam.send(adam.open(path), "form[action$='/delete']")
    assert adam.open(PROCESSORS).soup.select("tbody tr") == []
    assert "Rechenhaus" not in Browser(front).open(PATH).words
    assert adam.open(path).status == 404


def test_what_is_missing_is_said_and_the_rest_kept(adam: Browser) -> None:
    page = adam.send(adam.open(f"{PROCESSORS}/new"), **{**HOSTER, "task": " "})
    assert page.status == 422
    assert page.errors() == ["What they do: Please fill this in."]
    assert page.value("name") == HOSTER["name"]


def test_auditors_see_the_list_and_change_nothing(front: Front, adam: Browser) -> None:
    adam.send(adam.open(f"{PROCESSORS}/new"), **HOSTER)
    path = str(adam.open(PROCESSORS).one("tbody a")["href"])
    audrey = Browser(front, "audrey")
    assert audrey.open(PROCESSORS).soup.select("tbody a") == []
    assert [audrey.open(one).status for one in (path, f"{PROCESSORS}/new")] == [403, 403]
    token = audrey.open("/my").value("csrf_token")
    for address in (path, f"{PROCESSORS}/new", f"{path}/delete"):
        assert audrey.post(address, {"csrf_token": token, **HOSTER}).status == 403
