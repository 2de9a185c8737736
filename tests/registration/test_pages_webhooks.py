"""The administrators' pages about webhooks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.models import Delivery, Webhook
from services.registration.web import webhook_words
from services.registration.webhooks import TEST_TOPIC, TOPICS
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.scenes import Scenes
from tests.registration.test_api_webhooks import WEBHOOK

URL = "/organise/webhooks"
SETTINGS = "form:has([name=url])"


@pytest.fixture
def adam(front: Front) -> Browser:
    return Browser(front, "adam")


@pytest.fixture
def path(front: Front) -> str:
    return f"/organise{Scenes(front).webhook()}"


def form(act: str) -> str:
    return f"main form[action$='/{act}']"


def stored(front: Front) -> Webhook:
    with front.core.database.read() as session:
        return session.scalars(select(Webhook)).one()


def set_up(front: Front, kind: type[Webhook] | type[Delivery] = Webhook, **values: object) -> None:
    """Put what there is into a state that a page is to show."""
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        for one in uow.session.scalars(select(kind)):
            for name, value in values.items():
                setattr(one, name, value)
        uow.commit()


def test_a_webhook_is_set_up_and_its_secret_shown_this_once(adam: Browser) -> None:
    assert "No other program is told" in adam.open(URL).words
    made = adam.send(adam.open(f"{URL}/new"), url=WEBHOOK["url"], topics=WEBHOOK["topics"])
    assert made.status == 200
    assert made.one("#secret").text.startswith("whsec_")
    row = adam.open(URL).one("tbody tr")
    assert "empfang.verein.example active Seat given" in " ".join(row.get_text(" ").split())
    assert "whsec_" not in adam.open(str(row.select_one("a")["href"])).response.text  # type: ignore[index]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (
            {"url": "http://verein.example"},
            "Address of the receiver: Please enter an address that begins with https://",
        ),
        ({"topics": []}, "Is told of: Please choose at least one kind of message."),
        ({"topics": ["event.published.v1"]}, "Is told of: Please choose at least one kind of message."),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(adam: Browser, wrong: dict[str, object], complaint: str) -> None:
    typed: dict[str, Any] = {**WEBHOOK, **wrong}
    page = adam.send(adam.open(f"{URL}/new"), **typed)
    assert page.status == 422
    assert page.errors()[0].startswith(complaint)
    assert page.value("url") == typed["url"]


def test_address_and_topics_are_changed_while_a_pause_stays(front: Front, adam: Browser, path: str) -> None:
    adam.send(adam.open(path), form("pause"))
    topics = ["registration.cancelled.v1", "registration.offered.v1"]
    assert adam.send(adam.open(path), SETTINGS, url="https://other.example/in", topics=topics).status == 303
    changed = stored(front)
    assert (changed.url, changed.topics, changed.active) == ("https://other.example/in", topics, False)
    refused = adam.send(adam.open(path), SETTINGS, url="https://user@other.example")
    assert (refused.status, refused.value("url")) == (422, "https://user@other.example")


def test_it_is_paused_and_goes_on(front: Front, adam: Browser, path: str) -> None:
    adam.send(adam.open(path), form("pause"))
    paused = adam.open(path)
    assert paused.all("main .badge") == ["paused"]
    assert paused.soup.select(form("test")) == []
    adam.send(paused, form("resume"))
    assert adam.open(path).all("main .badge") == ["active"]


def test_one_that_failed_for_days_says_since_when_and_goes_on(front: Front, adam: Browser, path: str) -> None:
    now = front.house.clock()
    set_up(front, failing_since=now - timedelta(days=1))
    assert "Nothing has arrived since Sunday, 10 January 2027" in adam.open(path).words
    set_up(front, failing_since=now - timedelta(days=3), paused_at=now)
    page = adam.open(path)
    assert page.all("main .badge") == ["stopped after failures"]
    adam.send(page, form("resume"))
    assert stored(front).paused_at is None


def test_a_test_message_is_laid_out_and_looked_for_until_it_was_tried(front: Front, adam: Browser, path: str) -> None:
    assert adam.send(adam.open(path), form("test")).status == 303
    page = adam.open(path)
    assert "Test message" in page.all("#deliveries tbody tr")[0]
    assert page.one("#deliveries")["data-refresh"] == "3"
    set_up(front, Delivery, state="delivered", status=204, attempts=1)
    page = adam.open(path)
    assert "delivered one attempt 204" in page.all("#deliveries tbody tr")[0]
    assert not page.one("#deliveries").has_attr("data-refresh")


def test_a_paused_webhook_gets_no_test_message(front: Front, adam: Browser, path: str) -> None:
    page = adam.open(path)
    set_up(front, active=False)
    refused = adam.send(page, form("test"))
    assert (refused.status, refused.errors()) == (409, ["This webhook is paused. Please let it go on first."])


def test_what_failed_says_why_and_is_sent_once_more(front: Front, adam: Browser) -> None:
    path = f"/organise{Scenes(front).delivery()}".partition("/deliveries")[0]
    for error, said in webhook_words.ERRORS.items():
        set_up(front, Delivery, error=error, status=500 if error == "refused" else None)
        row = adam.open(path).all("#deliveries tbody tr")[0]
        assert str(said) in row
        assert "given up 9 attempts" in row
    adam.send(adam.open(path), form("replay"))
    assert "on its way" in adam.open(path).all("#deliveries tbody tr")[0]


def test_many_messages_come_in_pages_the_newest_first(front: Front, adam: Browser, path: str) -> None:
    for _ in range(52):
        front.send("POST", path.removeprefix("/organise") + "/test", by="adam")
    first = adam.open(path)
    second = adam.open(str(first.one("a[rel=next]")["href"]))
    assert [len(page.all("#deliveries tbody tr")) for page in (first, second)] == [50, 2]


def test_a_new_secret_is_shown_once(front: Front, adam: Browser, path: str) -> None:
    before = stored(front).secret
    page = adam.send(adam.open(path), form("secret"))
    assert page.one("#secret").text.startswith("whsec_")
    assert stored(front).secret != before


def test_a_webhook_is_deleted_with_its_messages(front: Front, adam: Browser) -> None:
    path = f"/organise{Scenes(front).delivery()}".partition("/deliveries")[0]
    assert adam.send(adam.open(path), form("delete")).location == URL
    assert adam.open(path).status == 404


@pytest.mark.parametrize("name", ["alice", "audrey", "bob", "charlie", ""])
def test_only_administrators_see_or_change_them(front: Front, path: str, name: str) -> None:
    browser = Browser(front, name)
    expected = 403 if name else 307
    for shown in (URL, f"{URL}/new", path):
        assert browser.open(shown).status == expected
    token = {"csrf_token": browser.open("/my").value("csrf_token")}
    acts = ["", "/secret", "/pause", "/resume", "/test", "/delete", f"/deliveries/{UUID(int=1)}/replay"]
    for changed in (f"{URL}/new", *(path + act for act in acts)):
        assert browser.post(changed, token).status == expected
    if name:
        assert browser.open("/organise/audit/registrations").soup.select(f".organise-bar a[href='{URL}']") == []


def test_every_topic_has_its_words() -> None:
    assert set(webhook_words.TOPICS) == {*TOPICS, TEST_TOPIC}
