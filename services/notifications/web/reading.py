"""Showing one mail: its HTML in a frame that can do nothing, its parts, and the whole of it as a file."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from flask import Response, make_response, render_template

from services.notifications.mime import envelope
from services.notifications.models import Mail
from services.notifications.web.parts import settings
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.web.edge import CONTENT_SECURITY_POLICY
from shared.web.service import now

# A mail has styles of its own and nothing else; links open outside of the frame.
_MAIL_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)


@dataclass(frozen=True, slots=True)
class MailPart:
    """A part of a mail besides its text: ``size`` in bytes, ``method`` that of an invitation."""

    content_type: str
    method: str
    filename: str
    size: int


def page_with_frame(template: str, **context: object) -> Response:
    """A page that shows one of our own in a frame."""
    response = make_response(render_template(template, **context))
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


def framed(html: str) -> Response:
    """The HTML of a mail, for that frame."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    return response


def as_file(mail: Mail, links: dict[str, str]) -> Response:
    """The mail as it goes over the wire (message/rfc822); without links its placeholders stay."""
    response = make_response(_bytes(mail, links))
    response.content_type = "message/rfc822"
    response.headers["Content-Disposition"] = _attachment(mail.id, "eml")
    return response


def calendar_file(mail: Mail, number: int) -> Response:
    """What a mail holds for the calendar; ``number`` counts from 1. Raises :class:`NotFoundError`."""
    if not 1 <= number <= len(mail.calendars):
        raise NotFoundError("no_calendar", _("This mail holds nothing for a calendar."))
    response = make_response(mail.calendars[number - 1].encode())
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = _attachment(mail.id, "ics")
    return response


def parts_of(mail: Mail) -> list[MailPart]:
    """What a mail program will find in it besides text and HTML."""
    message = message_from_bytes(_bytes(mail, {}), _class=EmailMessage, policy=default)
    return [
        MailPart(
            content_type=part.get_content_type(),
            method=str(part.get_param("method") or ""),
            filename=part.get_filename() or "",
            size=len(part.get_payload(decode=True) or b""),
        )
        for part in message.walk()
        if part.get_content_type() in ("text/calendar", "application/ics")
    ]


def _bytes(mail: Mail, links: dict[str, str]) -> bytes:
    return envelope(mail, settings(), links, mail.sent_at or now()).content


def _attachment(mail_id: UUID, ending: str) -> str:
    return f'attachment; filename="{mail_id}.{ending}"'
