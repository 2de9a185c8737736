"""The gateway keeps public answers for as long as their services allow, and nothing else."""

import gzip

import pytest

from shared.testing import eventually
from tests.deploy.conftest import Front
from tests.deploy.upstreams import Answer, Asked

PUBLIC = {"Cache-Control": "public, max-age=0, s-maxage=60"}
FOR_A_SECOND = {"Cache-Control": "public, max-age=0, s-maxage=1"}


def public(_: Asked) -> Answer:
    return Answer(headers={**PUBLIC, "Vary": "Cookie, Accept-Language, Accept-Encoding"}, body=b"public")


def numbered(front: Front, **headers: str) -> None:
    """Catalogue answers with how often it was asked."""
    catalogue = front.upstreams["catalogue"]
    catalogue.reply = lambda _: Answer(headers={**PUBLIC, **headers}, body=str(len(catalogue.asked)).encode())


def kept(front: Front, target: str, **headers: str) -> bytes:
    """Ask until the answer comes from a copy, which nginx has a moment after its first reader; the copy's body."""
    catalogue = front.upstreams["catalogue"]
    body = b""

    def from_copy() -> bool:
        nonlocal body
        before = len(catalogue.asked)
        body = front.ask(target, headers=headers).body
        return len(catalogue.asked) == before

    eventually(from_copy, within=5, because="no copy is kept")
    return body


def test_a_public_page_is_fetched_once_for_many_readers(front: Front, page: str) -> None:
    numbered(front, Vary="Cookie, Accept-Language, Accept-Encoding")
    copy = kept(front, page)
    for number in range(5):
        assert front.ask(page, headers={"Cookie": f"reihe_csrf={number}"}).body == copy


def test_a_feed_is_kept_too_and_its_head_comes_from_the_same_copy(front: Front, page: str) -> None:
    front.upstreams["catalogue"].reply = public
    assert kept(front, f"{page}.ics") == b"public"
    front.upstreams["catalogue"].asked.clear()
    head = front.ask(f"{page}.ics", method="HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "6")
    assert not front.upstreams["catalogue"].asked


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Accept-Language": "de"}, {"Accept-Language": "en"}),
        ({"Cookie": "reihe_language=de"}, {"Cookie": "reihe_language=en"}),
        ({"Cookie": "reihe_language=de"}, {}),
        ({"Accept-Encoding": "gzip"}, {"Accept-Encoding": "gzip;q=0, identity"}),
        ({"Host": "a.example"}, {"Host": "b.example"}),
        ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}),
    ],
)
def test_readers_for_whom_an_answer_may_differ_have_copies_of_their_own(
    front: Front, page: str, first: dict[str, str], second: dict[str, str]
) -> None:
    numbered(front)
    copies = [kept(front, page, **first), kept(front, page, **second)]
    assert copies[0] != copies[1]
    assert [front.ask(page, headers=headers).body for headers in (first, second)] == copies


def test_another_query_is_another_page(front: Front, page: str) -> None:
    numbered(front)
    assert kept(front, f"{page}?lang=de") != kept(front, f"{page}?lang=en") != kept(front, page)


@pytest.mark.parametrize("signed_in", [{"Cookie": "reihe_staff=signed"}, {"Authorization": "Bearer token"}])
def test_signed_in_staff_see_the_service_itself_and_what_they_see_is_not_kept(
    front: Front, page: str, signed_in: dict[str, str]
) -> None:
    numbered(front)
    copy = kept(front, page)
    fresh = [front.ask(page, headers=signed_in).body for _ in range(2)]
    assert len({copy, *fresh}) == 3
    assert front.ask(page).body == copy


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "private, no-cache"},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "public, max-age=0"},
        {**PUBLIC, "Set-Cookie": "reihe_language=de"},
    ],
)
def test_what_a_service_does_not_declare_public_is_asked_for_each_time(
    front: Front, page: str, headers: dict[str, str]
) -> None:
    front.upstreams["catalogue"].reply = lambda _: Answer(headers=headers)
    front.ask(page)
    front.ask(page)
    assert len(front.upstreams["catalogue"].asked) == 2


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("registration", "/my/token"),
        ("registration", "//my//token"),
        ("registration", "/%6Dy/token"),
        ("registration", "/register/events/x/done"),
        ("registration", "/api/registration/v1/events/1"),
        ("registration", "/organise/events/1/people"),
        ("registration", "/check-in"),
        ("notifications", "/calendars/token.ics"),
        ("catalogue", "/staff-calendars/token.ics"),
        ("notifications", "/certificates/token.pdf"),
        ("notifications", "/mailbox"),
        ("catalogue", "/api/catalogue/v1/events"),
        ("catalogue", "/login"),
        ("catalogue", "/organise"),
        ("catalogue", "/readyz"),
    ],
)
def test_what_stands_behind_a_link_or_a_sign_in_is_never_kept(front: Front, service: str, path: str) -> None:
    front.upstreams[service].reply = public
    front.ask(path)
    front.ask(path)
    assert len(front.upstreams[service].asked) == 2


def test_a_form_that_is_sent_is_never_answered_from_a_copy(front: Front, page: str) -> None:
    numbered(front)
    copy = kept(front, page)
    assert front.ask(page, method="POST", body=b"a=b").body != copy
    assert front.upstreams["catalogue"].asked[-1].body == b"a=b"


def test_a_page_is_fetched_again_when_its_time_is_over(front: Front, page: str) -> None:
    numbered(front, **FOR_A_SECOND)
    copy = kept(front, page)
    eventually(lambda: front.ask(page).body != copy, within=5)


def test_a_copy_is_renewed_by_its_etag_alone(front: Front, page: str) -> None:
    catalogue = front.upstreams["catalogue"]

    def reply(asked: Asked) -> Answer:
        known = asked.headers["If-None-Match"] == '"v1"'
        return Answer(304 if known else 200, {**FOR_A_SECOND, "ETag": '"v1"'}, b"" if known else b"long")

    catalogue.reply = reply
    kept(front, page)
    catalogue.asked.clear()
    eventually(lambda: front.ask(page).body == b"long" and catalogue.asked, within=5)
    assert catalogue.asked[0].headers["If-None-Match"] == '"v1"'


def test_public_pages_stay_while_their_service_is_away(front: Front, page: str) -> None:
    catalogue = front.upstreams["catalogue"]
    catalogue.reply = lambda _: Answer(headers=FOR_A_SECOND, body=b"kept")
    kept(front, page)
    for status in (500, 502, 503, 504):
        catalogue.asked.clear()
        catalogue.reply = lambda _, status=status: Answer(status, body=b"broken")  # type: ignore[misc]

        def asked_in_vain() -> bool:
            assert front.ask(page).body == b"kept"
            return bool(catalogue.asked)

        eventually(asked_in_vain, within=5)


def test_a_reader_who_knows_the_page_already_gets_a_304_from_the_copy(front: Front, page: str) -> None:
    front.upstreams["catalogue"].reply = lambda _: Answer(headers={**PUBLIC, "ETag": '"v1"'})
    kept(front, page)
    front.upstreams["catalogue"].asked.clear()
    assert front.ask(page, headers={"If-None-Match": '"v1"'}).status == 304
    assert not front.upstreams["catalogue"].asked


def test_a_personal_calendar_is_asked_for_with_the_readers_own_etag(front: Front) -> None:
    notifications = front.upstreams["notifications"]
    notifications.reply = lambda _: Answer(304, {"ETag": '"v1"'}, b"")
    assert front.ask("/calendars/token.ics", headers={"If-None-Match": '"v1"'}).status == 304
    assert notifications.asked[0].headers["If-None-Match"] == '"v1"'


def test_each_reader_has_a_request_id_of_their_own_though_the_page_was_kept(front: Front, page: str) -> None:
    front.upstreams["catalogue"].reply = lambda asked: Answer(
        headers={**PUBLIC, "X-Request-Id": asked.headers["X-Request-Id"]}
    )
    kept(front, page)
    assert front.ask(page, headers={"X-Request-Id": "reader-2"}).headers.get_all("X-Request-Id") == ["reader-2"]


def test_a_calendar_that_comes_compressed_reaches_only_those_who_can_read_it(front: Front, page: str) -> None:
    def reply(asked: Asked) -> Answer:
        if asked.headers["Accept-Encoding"] == "gzip":
            return Answer(headers={**PUBLIC, "Content-Encoding": "gzip"}, body=gzip.compress(b"BEGIN:VCALENDAR"))
        return Answer(headers=PUBLIC, body=b"BEGIN:VCALENDAR")

    front.upstreams["catalogue"].reply = reply
    assert gzip.decompress(kept(front, page, **{"Accept-Encoding": "br, gzip, deflate"})) == b"BEGIN:VCALENDAR"
    assert kept(front, page, **{"Accept-Encoding": "br"}) == b"BEGIN:VCALENDAR"
    front.upstreams["catalogue"].asked.clear()
    assert front.ask(page).body == b"BEGIN:VCALENDAR"
    assert not front.upstreams["catalogue"].asked
