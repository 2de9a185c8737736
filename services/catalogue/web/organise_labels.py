"""What the fields of the organisers' forms are called in the summary of what is wrong."""

from services.catalogue.web.organise_typed import Values
from shared.languages import NAMES, Text
from shared.languages import text as _
from shared.web import language

VENUE = {
    "venue": _("Venue"),
    "venue.name": _("Name of the venue"),
    "venue.street": _("Street and number"),
    "venue.postcode": _("Postcode"),
    "venue.city": _("Town"),
    "venue.country": _("Country"),
    "venue.room": _("Room"),
    "venue.accessibility": _("How to get in"),
    "venue.latitude": _("Latitude"),
    "venue.longitude": _("Longitude"),
}
EVENT = {
    "slug": _("Address of the page"),
    "title": _("Title"),
    "description": _("Description"),
    "motto": _("Motto"),
    "audience": _("For whom"),
    "languages": _("Languages"),
    "needs": _("Needs that are asked for"),
    "kind": _("Kind"),
    "format": _("Format"),
    "invite": _("How sessions get into calendars"),
    "series_id": _("Part of the series"),
    "module_number": _("Module"),
    "capacity": _("Seats"),
    "registration_opens_at": _("Registration opens"),
    "registration_closes_at": _("Registration closes"),
    "max_per_organisation": _("At most of one organisation"),
    "max_per_organisation_until": _("The limit for each organisation ends"),
    "largest_party": _("People in one registration"),
    "confirm_address_minutes": _("Minutes to confirm the address"),
    "on_declined": _("When somebody declines in their calendar"),
    "reply_to": _("Answers to mails go to"),
    "waitlist": _("Waitlist"),
    "waitlist.policy": _("Waitlist"),
    "waitlist.offer_hours": _("Hours to accept an offer"),
    "waitlist.cutoff_hours": _("Offers end before the start"),
    "waitlist.quiet_from": _("No offers from"),
    "waitlist.quiet_until": _("No offers until"),
    "waitlist.closes_hours_before_start": _("The waitlist closes before the start"),
    "waitlist.parties": _("A party that does not fit in"),
    "waitlist.transfers": _("Passing a seat on"),
    "waitlist.priority_classes": _("Who comes first on the waitlist"),
    "waitlist.pools": _("Reserved seats"),
    "certificate_share": _("Certificate"),
    "certificate_sessions": _("Certificate, number of sessions"),
    "sessions": _("Sessions"),
    "programme": _("Programme"),
    **VENUE,
}
SERIES = {
    "slug": _("Address of the page"),
    "title": _("Title"),
    "description": _("Description"),
    "certificate_share": _("Certificate"),
    "certificate_sessions": _("Certificate, number of sessions"),
    "certificate_modules": _("Certificate, number of modules"),
    "required_modules": _("Modules that are required"),
}
SESSION = {
    "starts_at": _("begins"),
    "ends_at": _("ends"),
    "time_zone": _("time zone"),
    "teaching_units": _("teaching units"),
    "meeting_url": _("meeting link"),
    "required": _("required for the certificate"),
    **VENUE,
}
ITEM = {"starts_at": _("begins"), "ends_at": _("ends"), "kind": _("kind"), "title": _("title")}
SPEAKER = {"name": _("name"), "role": _("role"), "organisation": _("organisation")}
GROUP = {
    "name": _("name"),
    "by": _("who belongs to it"),
    "given": _("answers"),
    "code": _("code"),
}
POOL = {**GROUP, "seats": _("seats"), "released_at": _("free for all")}
LOCALISED = frozenset({"title", "description", "motto", "audience", "venue.accessibility"})


def of_event(values: Values) -> dict[str, str]:
    """Label by the name of the field, for the rows that the values have."""
    labels = _with_languages(EVENT)
    for number in range(len(values["sessions"])):
        row = language.say(_("Session %(number)d", number=number + 1))
        labels |= _row(f"sessions.{number}", row, SESSION)
        labels |= _in_all_languages(f"sessions.{number}.venue.accessibility", labels)
    labels |= _of_groups(values["waitlist"])
    for number, item in enumerate(values["programme"]):
        labels |= _of_item(f"programme.{number}", number, item)
    return labels


def of_series() -> dict[str, str]:
    return _with_languages(SERIES)


def _with_languages(fields: dict[str, Text]) -> dict[str, str]:
    labels = {name: language.say(label) for name, label in fields.items()}
    for name in labels.keys() & LOCALISED:
        labels |= {f"{name}.{code}": f"{labels[name]} ({own_name})" for code, own_name in NAMES.items()}
    return labels


def _of_groups(waitlist: Values) -> dict[str, str]:
    labels: dict[str, str] = {}
    for number in range(len(waitlist["priority_classes"])):
        row = language.say(_("Group %(number)d", number=number + 1))
        labels |= _row(f"waitlist.priority_classes.{number}", row, GROUP)
    for number in range(len(waitlist["pools"])):
        row = language.say(_("Reserved seats %(number)d", number=number + 1))
        labels |= _row(f"waitlist.pools.{number}", row, POOL)
    return labels


def _of_item(prefix: str, number: int, item: Values) -> dict[str, str]:
    row = language.say(_("Programme item %(number)d", number=number + 1))
    labels = _row(prefix, row, ITEM)
    labels |= _in_all_languages(f"{prefix}.title", labels)
    for person in range(len(item["speakers"])):
        speaker = language.say(_("speaker %(number)d", number=person + 1))
        labels |= _row(f"{prefix}.speakers.{person}", f"{row}, {speaker}", SPEAKER)
    return labels


def _in_all_languages(field: str, labels: dict[str, str]) -> dict[str, str]:
    return {f"{field}.{code}": labels[field] for code in NAMES}


def _row(prefix: str, row: str, fields: dict[str, Text]) -> dict[str, str]:
    return {prefix: row, **{f"{prefix}.{name}": f"{row}, {language.say(label)}" for name, label in fields.items()}}
