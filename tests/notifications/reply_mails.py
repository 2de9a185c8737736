"""Mails that come back, built as calendar programs and mail servers build them; the wording is our own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

STAMP = datetime(2027, 3, 1, 8, tzinfo=UTC)

_ZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""

PROGRAMS: Mapping[str, str] = {
    "google": """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:{method}
BEGIN:VEVENT
DTSTART:20270328T080000Z
DTEND:20270328T140000Z
DTSTAMP:{stamp}
ORGANIZER;CN=Fachberatung MSO:mailto:reihe@verband.example
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={address};X-NUM-GUESTS=0{more}:mailto:{address}
CREATED:20270111T090000Z
DESCRIPTION:Satzung\\, Haftung
LAST-MODIFIED:{stamp}
LOCATION:Haus der Vielfalt
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Association law
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""",
    "exchange": "BEGIN:VCALENDAR\nMETHOD:{method}\nPRODID:Microsoft Exchange Server 2010\nVERSION:2.0\n"
    + _ZONE
    + """BEGIN:VEVENT
ATTENDEE;PARTSTAT={partstat};CN=Alice{more}:MAILTO:{address}
COMMENT;LANGUAGE=de-DE:Leider bin ich\\, wie gesagt\\, krank.\\n
UID:{uid}
SUMMARY;LANGUAGE=de-DE:Abgelehnt: Vereinsrecht
DTSTART;TZID=W. Europe Standard Time:20270328T100000
DTEND;TZID=W. Europe Standard Time:20270328T160000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{stamp}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
LOCATION;LANGUAGE=de-DE:
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
""",
    "apple": """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:{method}
PRODID:-//Apple Inc.//macOS 14.5//EN
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;CN="Öztürk, Alice";CUTYPE=INDIVIDUAL;EMAIL={address};PARTSTAT={partstat}{more}:mailto:{address}
DTEND;TZID=Europe/Berlin:20270328T160000
DTSTAMP:{stamp}
DTSTART;TZID=Europe/Berlin:20270328T100000
ORGANIZER;CN=Fachberatung MSO;EMAIL=reihe@verband.example:mailto:reihe@verband.example
SEQUENCE:{sequence}
SUMMARY:Association law
UID:{uid}
END:VEVENT
END:VCALENDAR
""",
    "thunderbird": """BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:{method}
BEGIN:VEVENT
CREATED:20270111T090000Z
LAST-MODIFIED:{stamp}
DTSTAMP:{stamp}
UID:{uid}
SUMMARY:Association law
ORGANIZER;CN=Fachberatung MSO:mailto:reihe@verband.example
ATTENDEE;CN=Alice;RSVP=TRUE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat}{more}:
 mailto:{address}
DTSTART:20270328T080000Z
DTEND:20270328T140000Z
SEQUENCE:{sequence}
X-MOZ-RECEIVED-SEQUENCE:{sequence}
END:VEVENT
END:VCALENDAR
""",
}


@dataclass(frozen=True)
class ReplyMail:
    """What somebody's calendar sends; ``bytes()`` is the mail as it arrives."""

    uid: str = "r-0192f0c1-7b2a-4c3d-8e4f-a1b2c3d4e5f6@reihe.example"
    address: str = "alice@verein.example"
    partstat: str = "ACCEPTED"
    program: str = "google"
    method: str = "REPLY"
    sequence: int = 0
    stamp: datetime = STAMP
    more: str = ""
    """Further parameters of ATTENDEE."""
    sender: str = ""
    message_id: str = "<reply-1@verein.example>"
    headers: Mapping[str, str] = field(default_factory=dict)

    def but(self, **changes: object) -> "ReplyMail":
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def calendar(self) -> str:
        return PROGRAMS[self.program].format(
            method=self.method,
            uid=self.uid,
            address=self.address,
            partstat=self.partstat,
            sequence=self.sequence,
            stamp=f"{self.stamp:%Y%m%dT%H%M%SZ}",
            more=self.more,
        )

    def __bytes__(self) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"Alice Öztürk <{self.sender or self.address}>"
        mail["To"] = "reihe@verband.example"
        mail["Subject"] = "Accepted: Association law"
        mail["Message-ID"] = self.message_id
        for name, value in self.headers.items():
            mail[name] = value
        mail.set_content("Alice has answered.")
        mail.add_alternative(
            self.calendar.replace("\n", "\r\n").encode(), "text", "calendar", params={"method": self.method}
        )
        return mail.as_bytes()


def bounce(
    message_id: str,
    address: str = "alice@verein.example",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    head_only: bool = True,
    original: str = "",
    own_id: str = "<bounce-1@mx.verein.example>",
) -> bytes:
    """What a mail server sends that could not deliver a mail (RFC 3464)."""
    returned = (
        f"text/rfc822-headers\n\nFrom: reihe@verband.example\nMessage-ID: <{message_id}>\nSubject: Place confirmed\n"
        if head_only
        else f"message/rfc822\n\nMessage-ID: <{message_id}>\nSubject: Place confirmed\n\nHello Alice\n"
    )
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    text = f"""From: Mail Delivery System <MAILER-DAEMON@mx.verein.example>
To: reihe@verband.example
Subject: Undelivered Mail Returned to Sender
Message-ID: {own_id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=bounce"

--=bounce
Content-Type: text/plain

This mail could not be delivered.

--=bounce
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.verein.example
Arrival-Date: Mon, 11 Jan 2027 10:00:00 +0100

{first}Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{address}>: Recipient address rejected:
    User unknown in virtual mailbox table

--=bounce
Content-Type: {returned}
--=bounce--
"""
    return text.replace("\n", "\r\n").encode()
