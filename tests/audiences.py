"""Who reads a sentence: participants read all of them, but for those that occur in organisers' places alone.

A new module or page is for participants until it is named here, so that nothing of theirs is forgotten.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from shared.testing import ROOT

ORGANISERS_FRAMES = frozenset({"organise_layout.html", "room_layout.html"})
"""Templates that extend one of these are organisers' pages."""

ORGANISERS_PLACES = {
    "shared": (
        "audit.py",
        "idempotency.py",
        "paging.py",
        "spreadsheet*.py",
        "typesetting.py",
        "web/api.py",
        "web/audit_*.py",
        "web/sign_in.py",
        "web/templates/api.html",
        "web/templates/organise_layout.html",
    ),
    "catalogue": (
        "account*.py",
        "actions.py",
        "copying.py",
        "models/*.py",
        "programme.py",
        "questions.py",
        "rules.py",
        "seat_rules.py",
        "second_factor.py",
        "sessions.py",
        "sign_ins.py",
        "staff_calendar.py",
        "turns.py",
        "web/answer_choices.py",
        "web/fields.py",
        "web/organise_*.py",
        "web/own_account.py",
        "web/sign_in.py",
        "templates/catalogue/organise/*",
        "templates/catalogue/second_step.html",
        "templates/catalogue/sign_in.html",
    ),
    "registration": (
        "actions.py",
        "attendance.py",
        "attendance_sheet.py",
        "calendar_answers.py",
        "directory.py",
        "door.py",
        "door_links.py",
        "exports.py",
        "importing.py",
        "line.py",
        "lists/*.py",
        "meeting_reports.py",
        "notes.py",
        "organisation_table.py",
        "pack/*.py",
        "precedence.py",
        "privacy/consent_purposes.py",
        "privacy/processing.py",
        "privacy/processors.py",
        "waitlist.py",
        "webhooks.py",
        "web/api.py",
        "web/api_statistics.py",
        "web/check_in.py",
        "web/histories.py",
        "web/organise_*.py",
        "web/webhook_words.py",
        "templates/registration/bulk_parts.html",
        "templates/registration/check_in.html",
        "templates/registration/names.html",
        "templates/registration/organisation_choice.html",
        "templates/registration/privacy_parts.html",
        "templates/registration/screen.html",
        "templates/registration/statistics_parts.html",
        "templates/registration/upcoming_card.html",
        "templates/registration/webhook_parts.html",
    ),
    "notifications": (
        "actions.py",
        "certificates/designs.py",
        "certificates/failures.py",
        "certificates/issuing.py",
        "certificates/jobs.py",
        "certificates/listing.py",
        "certificates/occasions.py",
        "certificates/pictures.py",
        "circulars/*.py",
        "letters/templates.py",
        "mailing.py",
        "reminders/*.py",
        "replies/*.py",
        "samples.py",
        "web/audit.py",
        "web/certificate_schemas.py",
        "web/certificate_template.py",
        "web/circulars.py",
        "web/designs.py",
        "web/mail_filters.py",
        "web/mailbox.py",
        "web/reading.py",
        "web/schemas.py",
        "web/words.py",
        "wordings.py",
        "templates/notifications/certificate_revoke.html",
        "templates/notifications/certificate_room.html",
        "templates/notifications/circular_parts.html",
        "templates/notifications/letters/wording_*.html",
        "templates/notifications/mail*.html",
        "templates/notifications/reminder_parts.html",
        "templates/notifications/returned_card.html",
        "templates/notifications/upcoming_card.html",
        "templates/notifications/wording*.html",
    ),
}

_EXTENDS = re.compile(r'\{%-?\s*extends\s+"([^"]+)"')


def is_for_participants(part: str, folder: Path, name: str) -> bool:
    """Whether participants may read what stands in this file of a part."""
    if any(fnmatch(name, pattern) for pattern in ORGANISERS_PLACES[part]):
        return False
    return not (name.endswith(".html") and _has_organisers_frame(folder / name))


@cache
def _has_organisers_frame(template: Path) -> bool:
    extended = _EXTENDS.search(template.read_text("utf-8"))
    return extended is not None and extended[1] in ORGANISERS_FRAMES


def idle_patterns() -> Iterator[str]:
    """Patterns that no file has any more."""
    for part, patterns in ORGANISERS_PLACES.items():
        folder = ROOT / "shared" if part == "shared" else ROOT / "services" / part
        files = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
        yield from (f"{part}/{pattern}" for pattern in patterns if not any(fnmatch(file, pattern) for file in files))
