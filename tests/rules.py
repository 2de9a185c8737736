"""How the seats of an event are given, and where answers go, as catalogue's messages tell it."""

from typing import Any

SEATS_AS_USUAL: dict[str, Any] = {
    "max_per_organisation": None,
    "max_per_organisation_until": None,
    "largest_party": 1,
    "confirm_address_minutes": None,
    "on_declined": "ask",
    "reply_to": None,
}


def a_waitlist(**changes: Any) -> dict[str, Any]:
    """The waitlist of an event whose organiser says nothing more of it."""
    return {
        "enabled": True,
        "policy": "promote",
        "offer_hours": 48,
        "cutoff_hours": 3,
        "closes_hours_before_start": 0,
        "quiet_from": "20:00",
        "quiet_until": "08:00",
        "weekends": False,
        "parties": "wait",
        "transfers": "allowed",
        "priority_classes": [],
        "pools": [],
        **changes,
    }


def a_group(by: str = "membership", **changes: Any) -> dict[str, Any]:
    """Whom a priority class or a pool is for."""
    return {"name": {"de": "Mitglieder"}, "by": by, "question": None, "answers": [], "code": None, **changes}


def a_pool(seats: int, by: str = "membership", **changes: Any) -> dict[str, Any]:
    """Reserved seats, for good unless ``released_at`` says otherwise."""
    return {**a_group(by), "seats": seats, "released_at": None, **changes}
