"""A mail on the wire: the tree that calendars want, headers that nothing can be smuggled into, names as they are."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32
from email.utils import getaddresses
from typing import Any
from uuid import uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.mime import UnusableAddressError, address_on_the_wire, envelope, on_one_line
from services.notifications.models import Mail
from tests.notifications.parts import calendar_in, calendars_of, html_of, parsed, settings_for, text_of, tree

SETTINGS = settings_for("sqlite://")
SENT_AT = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Vereinsrecht für Ä\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
PERSON_ID, EVENT_ID = uuid4(), uuid4()
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]


def a_mail(**changes: Any) -> Mail:
    given_values: dict[str, Any] = {
        "kind": "confirmed",
        "state": "queued",
        "locale": "de",
        "to_name": "Şirin Öztürk",
        "to_email": "sirin@verein.example",
        "subject": "Ihr Platz ist bestätigt",
        "text": "Guten Tag\n",
        "html": "<!doctype html><p>Guten Tag</p>",
        "calendars": [],
        "calendar_method": None,
        "message_id": "0192@verband.example",
        "person_id": PERSON_ID,
    }
    return Mail(**{**given_values, **changes})


def sent(**changes: Any) -> EmailMessage:
    return parsed(envelope(a_mail(**changes), SETTINGS, {}, SENT_AT).content)


def test_a_mail_says_who_writes_to_whom_when_and_that_a_machine_does() -> None:
    message = sent()
    assert message.keys() == HEADERS
    assert str(message["From"]) == "Fachberatung MSO <reihe@verband.example>"
    assert str(message["To"]) == "Şirin Öztürk <sirin@verein.example>"
    assert str(message["Reply-To"]) == "Fachberatung MSO <fragen@verband.example>"
    assert message["Date"].datetime == SENT_AT
    assert message["Message-ID"] == "<0192@verband.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"


def test_all_mails_to_one_person_about_one_event_are_one_conversation() -> None:
    first = sent(event_id=EVENT_ID)
    second = sent(event_id=EVENT_ID, message_id="0193@verband.example")
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert str(first["References"]).endswith("@verband.example>")
    for other in (sent(event_id=uuid4()), sent(event_id=EVENT_ID, person_id=uuid4()), sent()):
        assert other["References"] != first["References"]


def test_without_a_calendar_there_is_text_and_html() -> None:
    message = sent()
    assert tree(message) == ("multipart/alternative", "text/plain", "text/html")
    assert text_of(message) == "Guten Tag\n"
    assert html_of(message).strip() == "<!doctype html><p>Guten Tag</p>"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_an_alternative_and_a_file(method: str) -> None:
    message = sent(calendars=[CALENDAR.replace("REQUEST", method)], calendar_method=method)
    assert tree(message) == (
        "multipart/mixed",
        ("multipart/alternative", "text/plain", "text/html", "text/calendar"),
        "application/ics",
    )
    (part,) = calendars_of(message)
    assert (part.get_param("method"), part.get_content_charset()) == (method, "utf-8")
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part["Content-Disposition"] is None
    assert calendar_in(part)["METHOD"] == method


def test_not_a_byte_of_a_calendar_changes_on_the_way() -> None:
    message = sent(calendars=[CALENDAR], calendar_method="REQUEST")
    (part,) = calendars_of(message)
    (file,) = message.iter_attachments()
    assert part.get_payload(decode=True) == file.get_payload(decode=True) == CALENDAR.encode()
    assert file.get_filename() == "invite.ics"


def test_a_file_without_a_method_is_no_alternative() -> None:
    message = sent(calendars=[CALENDAR], calendar_method=None)
    assert tree(message) == ("multipart/mixed", ("multipart/alternative", "text/plain", "text/html"), "application/ics")


def test_several_messages_are_a_file_each_and_no_alternative() -> None:
    cancel = CALENDAR.replace("REQUEST", "CANCEL")
    cancellations = [cancel.replace("recht", f"recht {number}") for number in range(3)]
    message = sent(calendars=cancellations, calendar_method="CANCEL")
    assert tree(message) == (
        "multipart/mixed",
        ("multipart/alternative", "text/plain", "text/html"),
        *["application/ics"] * 3,
    )
    files = list(message.iter_attachments())
    assert [file.get_filename() for file in files] == ["cancel-1.ics", "cancel-2.ics", "cancel-3.ics"]
    assert [file.get_param("method") for file in files] == ["CANCEL"] * 3
    assert [file.get_payload(decode=True) for file in files] == [one.encode() for one in cancellations]


def test_no_line_is_too_long_and_every_byte_is_ascii() -> None:
    long = "Äußerst lange Zeile ohne Ende " * 100
    content = envelope(a_mail(text=long, html=f"<p>{long}</p>", subject=long), SETTINGS, {}, SENT_AT).content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_links_are_filled_in_both_bodies() -> None:
    links = {"https://reihe.example/my/PERSONAL-LINK": "https://reihe.example/my/abc"}
    mail = a_mail(
        text="https://reihe.example/my/PERSONAL-LINK\n", html='<a href="https://reihe.example/my/PERSONAL-LINK">'
    )
    message = parsed(envelope(mail, SETTINGS, links, SENT_AT).content)
    assert text_of(message) == "https://reihe.example/my/abc\n"
    assert 'href="https://reihe.example/my/abc"' in html_of(message)


def test_what_refers_to_an_address_or_a_mail_is_never_encoded_however_long_it_is() -> None:
    """No mail program decodes these headers (RFC 2369, 2; RFC 5322, 3.6.4)."""
    domain = f"{'verband-' * 7}.example"
    token = "x" * 90
    links = {"https://reihe.example/unsubscribe/PERSONAL-LINK": f"https://reihe.example/unsubscribe/{token}"}
    mail = a_mail(kind="news", event_id=EVENT_ID, message_id=f"0192@{domain}")
    content = envelope(mail, SETTINGS, links, SENT_AT).content
    assert f"List-Unsubscribe: <https://reihe.example/unsubscribe/{token}>\r\n".encode() in content
    conversation = f"{uuid5(PERSON_ID, str(EVENT_ID))}@{domain}"
    for name in ("In-Reply-To", "References"):
        assert f"\r\n{name}: <{conversation}>\r\n".encode() in content


@given(
    st.one_of(st.text('abc XYZ -.,ä"', max_size=90), st.text(st.characters(codec="utf-8"), max_size=40)),
    st.sampled_from(["alice@verein.example", "o'neill+reihe@verein.example", '"a b"@verein.example', "jörg@a.example"]),
)
def test_a_recipient_is_written_in_short_lines_and_read_as_meant(name: str, address: str) -> None:
    written = envelope(a_mail(to_name=name, to_email=address), SETTINGS, {}, SENT_AT)
    header = written.content.partition(b"\r\nTo: ")[2].partition(b"\r\nReply-To: ")[0]
    assert max(map(len, f"To: {header.decode()}".split("\r\n"))) <= 78
    assert written.needs_utf8 or header.isascii()
    [(shown, read)] = getaddresses([header.decode().replace("\r\n", "")])
    assert read == address
    assert str(make_header(decode_header(shown))) == on_one_line(name)


@pytest.mark.parametrize(
    "evil",
    [
        "Alice\r\nBcc: all@example.org",
        "Alice\nBcc: all@example.org",
        "Alice\rX: y",
        "Alice\x00\x0b\x1f",
        "Alice\u2028Bcc: x",
    ],
)
def test_nothing_can_be_smuggled_into_a_header(evil: str) -> None:
    message = sent(to_name=evil, subject=evil)
    assert message.keys() == HEADERS
    assert message["To"].addresses[0].addr_spec == "sirin@verein.example"
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].display_name == message["Subject"] == on_one_line(evil)


@pytest.mark.parametrize(
    "name",
    [
        "Şirin Öztürk-Müller",
        'Anna "Anni" Weber',
        "Weber, Anna; Vorstand",
        "Анна Вебер",
        "آنا ويبر",
        "王小明",
        "👩‍🏫 Lehrerin",
        "a" * 200,
        "Ä" * 200,
        "back\\slash",
        "<alice@evil.example>",
        "",
    ],
)
def test_a_name_arrives_as_it_is_written(name: str) -> None:
    """Read with the older of the standard library's readers: the newer puts blanks between encoded words of a name."""
    content = envelope(a_mail(to_name=name), SETTINGS, {}, SENT_AT).content
    raw = message_from_bytes(content, policy=compat32)["To"]
    [(shown, address)] = getaddresses([raw])
    assert address == "sirin@verein.example"
    assert str(make_header(decode_header(shown))) == name


texts = st.text(st.characters(codec="utf-8"), max_size=120)


@given(texts, texts)
def test_any_text_in_a_header_arrives_whole_and_alone(name: str, subject: str) -> None:
    message = sent(to_name=name, subject=subject)
    assert message.keys() == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["sirin@verein.example"]


@given(texts)
def test_any_text_in_a_body_arrives_as_it_was_written(body: str) -> None:
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    message = sent(text=lines)
    assert text_of(message).rstrip("\n") == lines.rstrip("\n")


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("alice@verein.example", "alice@verein.example"),
        ("alice@büro.example", "alice@xn--bro-hoa.example"),
        ('"anna weber"@verein.example', '"anna weber"@verein.example'),
        ("o'neill+reihe@verein.example", "o'neill+reihe@verein.example"),
        ("jörg@verein.example", "jörg@verein.example"),
    ],
)
def test_an_address_is_written_as_servers_know_it(address: str, wire: str) -> None:
    assert address_on_the_wire(address) == wire
    assert f" <{wire}>\r\n".encode() in envelope(a_mail(to_email=address), SETTINGS, {}, SENT_AT).content


def test_only_an_address_beyond_ascii_asks_more_of_the_server() -> None:
    needs = [
        envelope(a_mail(to_email=address), SETTINGS, {}, SENT_AT).needs_utf8
        for address in ("alice@büro.example", "jörg@verein.example")
    ]
    assert needs == [False, True]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "alice",
        "@verein.example",
        "alice@",
        "alice@verein.example\r\nBcc: x@y.example",
        "alice@a b",
        "a@b@c, d@e.example",
        "alice@" + "x" * 64 + ".example",
        "a\x00b@verein.example",
    ],
)
def test_what_is_no_address_is_refused_before_any_server_sees_it(address: str) -> None:
    with pytest.raises(UnusableAddressError):
        envelope(a_mail(to_email=address), SETTINGS, {}, SENT_AT)


def test_the_same_mail_is_the_same_bytes_each_time() -> None:
    first, second = (envelope(a_mail(calendars=[CALENDAR]), SETTINGS, {}, SENT_AT).content for _ in range(2))
    assert first == second


def test_text_of_other_scripts_is_as_short_as_it_can_be() -> None:
    text = "Запрошення до вашого заходу. " * 200
    content = envelope(a_mail(text=text), SETTINGS, {}, SENT_AT).content
    assert text_of(parsed(content)).strip() == text.strip()
    assert len(content) < len(text.encode()) * 3 / 2
