"""Reading mails that come back: what every program writes is understood, and nothing that is sent does any harm."""

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifications.replies.authentication import is_authentic
from services.notifications.replies.bounces import Failure
from services.notifications.replies.reading import (
    LARGEST_MAIL,
    MOST_BOUNDARIES,
    MOST_PARTS,
    UnreadableMailError,
    read,
)
from tests.notifications.reply_mails import PROGRAMS, STAMP, ReplyMail, bounce

ANSWERS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("partstat", ANSWERS)
def test_an_answer_is_understood_whichever_program_wrote_it(program: str, partstat: str) -> None:
    incoming = read(bytes(ReplyMail(program=program, partstat=partstat, sequence=3)))
    answer = incoming.answer
    assert answer is not None
    assert (answer.kind, answer.answer) == ("answer", ANSWERS[partstat])
    assert (answer.uid, answer.sequence, answer.stamped_at) == (ReplyMail().uid, 3, STAMP)
    assert (answer.attendee, incoming.sender) == ("alice@verein.example", "alice@verein.example")
    assert incoming.key == "reply-1@verein.example"


def test_what_somebody_writes_to_their_answer_is_kept() -> None:
    answer = read(bytes(ReplyMail(program="exchange"))).answer
    assert answer is not None
    assert answer.comment == "Leider bin ich, wie gesagt, krank."


def test_a_proposed_time_is_read_also_by_windows_names_of_zones() -> None:
    answer = read(bytes(ReplyMail(program="exchange", method="COUNTER", partstat="TENTATIVE"))).answer
    assert answer is not None
    assert (answer.kind, answer.answer) == ("counter", "tentative")
    assert answer.starts_at == datetime(2027, 3, 28, 8, tzinfo=UTC)
    assert answer.ends_at == datetime(2027, 3, 28, 14, tzinfo=UTC)


def test_a_proposed_time_in_a_zone_that_nobody_knows_is_left_out() -> None:
    raw = bytes(ReplyMail(program="exchange", method="COUNTER"))
    calendar = ReplyMail(program="exchange", method="COUNTER").calendar
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "alice@verein.example"
    unknown = calendar.replace("TZID=W. Europe Standard Time", "TZID=Customized Time Zone")
    mail.set_content(unknown.encode(), "text", "calendar")
    assert read(raw).answer is not None
    answer = read(mail.as_bytes()).answer
    assert answer is not None
    assert answer.starts_at is None


@pytest.mark.parametrize("partstat", ["DELEGATED", "ACCEPTED"])
def test_a_delegation_says_who_would_come(partstat: str) -> None:
    mail = ReplyMail(program="apple", partstat=partstat, more=';DELEGATED-TO="mailto:Bob@verein.example"')
    answer = read(bytes(mail)).answer
    assert answer is not None
    assert (answer.kind, answer.answer, answer.delegate) == ("delegation", "", "bob@verein.example")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("UID:", "X-UID:"),
        ("DTSTAMP:", "X-DTSTAMP:"),
        ("DTSTAMP:20270301T080000Z", "DTSTAMP:gestern"),
        ("ATTENDEE;", "X-ATTENDEE;"),
        ("PARTSTAT=ACCEPTED", "PARTSTAT=NEEDS-ACTION"),
        ("SEQUENCE:0", "SEQUENCE:-1"),
        ("SEQUENCE:0", "SEQUENCE:99999999999"),
        ("BEGIN:VEVENT", "BEGIN:VTODO"),
        ("END:VCALENDAR", ""),
        ("SUMMARY:", "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@verein.example\nSUMMARY:"),
    ],
)
def test_a_reply_that_lacks_what_it_needs_is_reported_as_unreadable(old: str, new: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "alice@verein.example"
    calendar = ReplyMail().calendar
    assert old in calendar
    mail.set_content(calendar.replace(old, new).encode(), "text", "calendar")
    incoming = read(mail.as_bytes())
    assert incoming.answer is None or incoming.complaint == ""
    assert incoming.concerns_us
    assert incoming.answer is None


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "X"])
def test_what_is_no_answer_does_not_concern_us(method: str) -> None:
    assert not read(bytes(ReplyMail(method=method))).concerns_us


def test_an_answer_in_a_forwarded_mail_is_not_the_senders_own() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "bob@verein.example"
    mail.set_content("See what Alice has sent me.")
    inner = EmailMessage(policy=SMTP)
    inner.set_content(ReplyMail().calendar.encode(), "text", "calendar")
    mail.add_attachment(inner)
    assert not read(mail.as_bytes()).concerns_us


def test_what_no_database_takes_is_left_out_of_addresses() -> None:
    assert read(b"From: <ali\x00ce@x.example>\r\n\r\nHello").sender == "ali ce@x.example"


@pytest.mark.parametrize("sender", ["a@x.example, b@x.example", "", "nobody"])
def test_a_sender_who_is_not_one_address_is_nobody(sender: str) -> None:
    raw = f"From: {sender}\r\nSubject: =?utf-8?B?WnVnZXNhZ3Q=?=\r\n\r\nHello".encode()
    assert "@" not in read(raw).sender
    assert read(raw).subject == "Zugesagt"


def test_a_mail_without_an_id_is_known_again_by_its_content() -> None:
    mail = b"From: a@x.example\r\n\r\nHello"
    assert read(mail).key == read(mail.replace(b"\r\n", b"\n")).key
    assert read(mail).key != read(mail + b"!").key


# --- mails that did not arrive --------------------------------------------------


@pytest.mark.parametrize("head_only", [True, False])
def test_a_bounce_says_which_mail_did_not_get_where(head_only: bool) -> None:
    (failure,) = read(bounce("m-1@verband.example", head_only=head_only)).failures
    assert (failure.message_id, failure.address, failure.status) == (
        "m-1@verband.example",
        "alice@verein.example",
        "5.1.1",
    )
    assert failure.diagnosis.endswith("User unknown in virtual mailbox table")
    assert failure.is_about_address


def test_the_address_that_we_wrote_to_counts_where_mail_was_passed_on() -> None:
    raw = bounce("m-1@verband.example", "alice@elsewhere.example", original="alice@verein.example")
    assert read(raw).failures[0].address == "alice@verein.example"


def test_a_mail_that_is_only_late_has_not_failed() -> None:
    assert not read(bounce("m-1@verband.example", action="delayed", status="4.4.1")).concerns_us


@pytest.mark.parametrize(
    ("status", "about_address"),
    [
        ("5.0.0", False),
        ("5.1.1", True),
        ("5.1.2", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.4.4", True),
        ("5.1.0", False),
        ("5.1.8", False),
        ("5.2.2", False),
        ("5.3.4", False),
        ("5.7.1", False),
        ("4.1.1", False),
        ("", False),
    ],
)
def test_only_what_is_said_of_the_address_speaks_against_it(status: str, about_address: bool) -> None:
    assert Failure("m-1@verband.example", "alice@verein.example", status, "").is_about_address is about_address


# --- who may be believed ---------------------------------------------------------

OURS = "mx.verband.example"


@pytest.mark.parametrize(
    ("field", "authentic"),
    [
        (f"{OURS}; dkim=pass header.d=verein.example header.s=k1", True),
        (f"{OURS} 1; spf=fail; dkim=pass (2048-bit key; x) header.i=@verein.example", True),
        (f'"{OURS}"; dmarc=pass (p=REJECT) header.from=verein.example', True),
        (f"{OURS.upper()}; DKIM=PASS header.d=example.org; dkim=pass header.d=VEREIN.example", True),
        (f"{OURS}; dkim=pass header.d=other.example", False),
        (f"{OURS}; dkim=pass header.d=example", False),
        (f"{OURS}; dkim=fail header.d=verein.example", False),
        (f"{OURS}; dkim=passed header.d=verein.example", False),
        (f"{OURS}; spf=pass smtp.mailfrom=verein.example", False),
        (f"{OURS}; dmarc=pass header.from=sub.verein.example", False),
        (f"{OURS}; none", False),
        ("mx.attacker.example; dkim=pass header.d=verein.example", False),
        (f"mx.attacker.example ({OURS}); dkim=pass header.d=verein.example", False),
        ("", False),
    ],
)
def test_only_our_own_servers_word_on_the_senders_domain_counts(field: str, authentic: bool) -> None:
    assert is_authentic([field], OURS, "alice@verein.example") is authentic


def test_only_the_uppermost_result_of_our_server_counts() -> None:
    real, forged = f"{OURS}; dkim=none", f"{OURS}; dkim=pass header.d=verein.example"
    assert not is_authentic([real, forged], OURS, "alice@verein.example")
    assert is_authentic(["mx.other.example; dkim=fail", forged], OURS, "alice@verein.example")


# --- nothing that is sent does harm ----------------------------------------------


def _costly() -> dict[str, bytes]:
    parted = b"Content-Type: multipart/mixed; boundary=x\n\n"
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000))
    return {
        "too large": b"a" * (LARGEST_MAIL + 1),
        "many parts": parted + b"--x\nContent-Type: text/plain\n\na\n" * (MOST_PARTS + 1),
        "many empty parts": parted + b"--x\n\n" * (MOST_BOUNDARIES + 1),
        "nested": deep[:LARGEST_MAIL],
        "long field": b'Content-Type: multipart/mixed; a="' + b';"' * 500_000,
        "many lines in the head": b"X: y\n" * 100_000 + b"\nHello",
    }


@pytest.mark.parametrize("kind", _costly())
def test_a_mail_that_would_cost_too_much_is_refused_at_once(kind: str) -> None:
    before = time.process_time()
    with pytest.raises(UnreadableMailError):
        read(_costly()[kind])
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    "calendar",
    [
        "BEGIN:VCALENDAR\nMETHOD:REPLY\n" + "BEGIN:VEVENT\n" * 4_000,
        "METHOD:REPLY\n" + " folded\n" * 7_000,
        "METHOD:REPLY\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nATTENDEE" + ";A=B" * 15_000 + ":x",
        "METHOD:REPLY\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=SECONDLY\nDTSTAMP:00010101T000000Z\nEND:VEVENT",
    ],
)
def test_a_calendar_that_is_made_to_cost_much_costs_little(calendar: str) -> None:
    raw = b"From: a@x.example\nContent-Type: text/calendar\n\n" + calendar.encode()
    before = time.process_time()
    assert read(raw).complaint
    assert time.process_time() - before < 2


def _mixed_up() -> st.SearchStrategy[bytes]:
    """Real mails with pieces of others, and with noise, in places where they do not belong."""
    mails = [
        bytes(ReplyMail(program=program, method=method)) for program in PROGRAMS for method in ("REPLY", "COUNTER")
    ]
    mails += [bounce("m-1@verband.example"), bounce("m-1@verband.example", head_only=False)]
    tokens = [
        b"\r\n",
        b":",
        b";",
        b'"',
        b"\\",
        b"=",
        b"--",
        b"BEGIN:VEVENT\r\n",
        b"END:VEVENT\r\n",
        b"TZID=",
        b"\x00",
        b"\xff",
    ]

    @st.composite
    def build(draw: st.DrawFn) -> bytes:
        mail = draw(st.sampled_from(mails))
        for _ in range(draw(st.integers(1, 5))):
            at, width = draw(st.integers(0, len(mail))), draw(st.integers(0, 40))
            piece = draw(
                st.sampled_from(tokens) | st.binary(max_size=20) | st.sampled_from(mails).map(lambda m: m[400:600])
            )
            mail = mail[:at] + piece + mail[at + width :]
        return mail

    return build()


def _reads_without_harm(raw: bytes) -> None:
    before = time.process_time()
    try:
        incoming = read(raw)
    except UnreadableMailError:
        return
    finally:
        assert time.process_time() - before < 2
    assert len(incoming.key) <= 250
    assert len(incoming.sender) <= 254
    assert sum(map(bool, (incoming.answer, incoming.complaint))) <= 1
    answer = incoming.answer
    kept = [incoming.key, incoming.subject, incoming.sender, *(failure.address for failure in incoming.failures)]
    for text in [*kept, *((answer.uid, answer.attendee, answer.delegate, answer.comment) if answer else ())]:
        assert "\x00" not in text
        text.encode()


FEW = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
MANY = settings(max_examples=10_000, suppress_health_check=list(HealthCheck), deadline=None)


@FEW
@given(_mixed_up())
def test_whatever_is_sent_is_read_without_harm(raw: bytes) -> None:
    _reads_without_harm(raw)


@FEW
@given(st.binary(max_size=2_000))
def test_noise_is_read_without_harm(raw: bytes) -> None:
    _reads_without_harm(raw)


@pytest.mark.long
@MANY
@given(_mixed_up())
def test_whatever_is_sent_for_long_is_read_without_harm(raw: bytes) -> None:
    _reads_without_harm(raw)
