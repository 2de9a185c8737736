"""What notifications keeps of people, and why."""

from shared.personal import (
    CONTACT,
    CONTRACT,
    EVIDENCE,
    INTEREST,
    STAFF_ACCOUNTS,
    STAFF_PLAIN,
    Personal,
    of_all,
)

MAIL = Personal("mail", CONTRACT, "mail")
REPLY = Personal("reply", CONTRACT, "mail")
VERIFIED = Personal("verify", INTEREST, "verifying")
SIGNING = Personal("signing", INTEREST, "programme")
TYPED = Personal("typed", INTEREST, "programme")

REGISTRY = of_all(
    {
        **STAFF_ACCOUNTS,
        "people": {"email": CONTACT, "name": CONTACT},
        "registrations": {
            "first_name": EVIDENCE,
            "last_name": EVIDENCE,
            "email": CONTACT,
            "organisation": EVIDENCE,
        },
        "invitations": {"uid": CONTACT, "answer": CONTACT},
        "mails": {
            "to_name": MAIL,
            "to_email": MAIL,
            "subject": MAIL,
            "text": MAIL,
            "html": MAIL,
            "calendars": MAIL,
            "message_id": MAIL,
            "error": MAIL,
        },
        "replies": {
            "key": REPLY,
            "sender": REPLY,
            "subject": REPLY,
            "uid": REPLY,
            "attendee": REPLY,
            "answer": REPLY,
            "comment": REPLY,
            "delegate": REPLY,
        },
        "undeliverable_addresses": {"email": CONTACT, "said": CONTACT},
        "earned_certificates": {"sessions": EVIDENCE, "sort_key": EVIDENCE},
        "certificates": {
            "number": VERIFIED,
            "code": VERIFIED,
            "name_masked": VERIFIED,
            "digest": VERIFIED,
            "reason": VERIFIED,
            "pdf": EVIDENCE,
        },
        "certificate_designs": {"signatory": SIGNING, "signatory_role": SIGNING, "signature": SIGNING, "text": TYPED},
        "events": {"reply_to": TYPED},
        "circulars": {"subject": TYPED, "text": TYPED},
        "reminders": {"subject": TYPED, "text": TYPED},
        "wordings": {"parts": TYPED},
    },
    {
        **STAFF_PLAIN,
        "idempotency_keys": "scope key body_digest",
        "certificate_designs": "accent logo_line logo template",
        "certificate_job_items": "outcome",
        "certificates": "locale title state revoked_because",
        "circular_recipients": "outcome",
        "circulars": "states",
        "domain_paces": "domain",
        "earned_certificates": "series_title state failure",
        "events": "slug title state city snapshot reason",
        "former_snapshots": "snapshot",
        "invitations": "status mailed_as facts",
        "mailboxes": "name",
        "mails": "kind state locale calendar_method",
        "people": "locale",
        "registrations": "locale state",
        "reminder_dates": "outcome",
        "reminders": "timing unit audience",
        "replies": "kind state reason",
        "wordings": "template",
    },
)
