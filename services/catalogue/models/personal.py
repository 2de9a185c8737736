"""What catalogue keeps of people: staff, and whom a programme names."""

from shared.personal import CONTRACT, INTEREST, STAFF, Personal, of_all

SPEAKER = Personal("speaker", CONTRACT, "programme")
LIMIT = Personal("guess", INTEREST, "limit")
TYPED = Personal("typed", INTEREST, "programme")

REGISTRY = of_all(
    {
        "accounts": {"email": STAFF, "name": STAFF, "password_hash": STAFF},
        "api_tokens": {"name": STAFF, "digest": STAFF},
        "recovery_codes": {"digest": STAFF},
        "second_factors": {"sealed_secret": STAFF},
        "sign_ins": {"digest": STAFF, "device": STAFF},
        "sign_in_attempts": {"address_digest": LIMIT},
        "series": {"title": TYPED, "description": TYPED, "cancel_reason": TYPED, "search_key": TYPED},
        "events": {
            "title": TYPED,
            "description": TYPED,
            "motto": TYPED,
            "audience": TYPED,
            "cancel_reason": TYPED,
            "search_key": TYPED,
            "reply_to": TYPED,
        },
        "sessions": {"speaker_keys": SPEAKER},
    },
    {
        "accounts": "roles",
        "api_tokens": "scopes",
        "idempotency_keys": "scope key body_digest",
        "series": "slug state certificate_rule",
        "events": "slug state languages kind format invite venue on_declined certificate_rule questions needs",
        "sessions": "time_zone meeting_url venue city_key",
    },
)
