"""What registration keeps of people, and why."""

from shared.personal import (
    AGREEMENT,
    CONSENT,
    CONTACT,
    CONTRACT,
    DUTY,
    EVIDENCE,
    INTEREST,
    STAFF_ACCOUNTS,
    STAFF_PLAIN,
    Personal,
    of_all,
)

ANSWER = Personal("answer", CONTRACT, "question")
NEED = Personal("need", CONSENT, "needs", True)
NOTE = Personal("note", INTEREST, "contact")
HELPER = Personal("helper", INTEREST, "contact")
VERIFIED = Personal("verify", INTEREST, "verifying")
ONCE = Personal("once", CONTRACT, "contact")
LIMIT = Personal("flood", INTEREST, "limit")
DELIVERY = Personal("delivery", INTEREST, "delivery")
AGREED = Personal("consent", AGREEMENT, "consent")
ASKED = Personal("request", DUTY, "request")
SPEAKER = Personal("speaker", CONTRACT, "programme")
TYPED = Personal("typed", INTEREST, "programme")
OPINION = Personal("opinion", INTEREST, "programme")

REGISTRY = of_all(
    {
        **STAFF_ACCOUNTS,
        "events": {"programme": SPEAKER},
        "people": {"email": CONTACT},
        "registrations": {
            "first_name": EVIDENCE,
            "last_name": EVIDENCE,
            "email": CONTACT,
            "organisation": EVIDENCE,
            "organisation_key": EVIDENCE,
            "code": CONTACT,
            "idempotency_key": ONCE,
            "body_digest": ONCE,
            "search_key": EVIDENCE,
            "sort_key": EVIDENCE,
        },
        "parties": {"contact_name": CONTACT},
        "enrolments": {"idempotency_key": ONCE, "body_digest": ONCE},
        "answers": {"value": ANSWER, "search_key": ANSWER},
        "answer_files": {"name": ANSWER, "content": ANSWER},
        "list_scans": {"name": EVIDENCE, "content": EVIDENCE, "digest": EVIDENCE},
        "needs": {"sealed": NEED},
        "notes": {"text": NOTE},
        "decisions": {"note": NOTE},
        "attendance": {"reason": EVIDENCE, "device": EVIDENCE},
        "series_verdicts": {"sort_key": EVIDENCE, "standing": EVIDENCE, "sessions": EVIDENCE},
        "certificates": {"number": VERIFIED, "code": VERIFIED},
        "calendar_answers": {"answer": CONTACT},
        "feedback_portions": {"texts": OPINION},
        "webhook_deliveries": {"body": DELIVERY},
        "data_requests": {"text": ASKED, "answer": ASKED},
        "consents": {"locale": AGREED},
        "consent_texts": {"title": TYPED, "text": TYPED},
        "processors": {"name": TYPED, "task": TYPED},
        "door_links": {"name": HELPER},
        "attempts": {"subject": LIMIT},
    },
    {
        **STAFF_PLAIN,
        "attempts": "limit_name",
        "certificates": "state",
        "decisions": "outcome reason actor inputs",
        "event_statistics": "figures",
        "events": "slug title kind format series venue issuer state cancellation_reason time_zone waitlist "
        "certificate_rule questions needs",
        "organisations": "name municipality state sort_key",
        "organisation_names": "name key",
        "seat_counters": "withheld",
        "series": "slug title certificate_rule event_ids",
        "verdicts": "sessions",
        "webhooks": "url topics secret",
        "enrolments": "series mode refused",
        "event_sessions": "time_zone meeting_url venue",
        "people": "locale",
        "registrations": "locale state",
        "webhook_deliveries": "topic state error",
        "answer_files": "media_type",
        "answers": "question",
        "attendance": "kind",
        "feedback_portions": "ratings",
        "list_scans": "session_ids media_type",
        "funder_profiles": "name line columns",
        "data_requests": "kind",
        "privacy_notices": "texts digest",
        "processors": "place",
    },
)
