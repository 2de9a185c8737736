"""What a certificate says: drawn from the event as it took place, the registration, and the hours attended."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from services.notifications.certificates.codes import new_code
from services.notifications.certificates.designs import Look, signed_by, text_in
from services.notifications.certificates.numbers import Number
from services.notifications.documents.certificate import AttendedSession, CertificateContent
from services.notifications.models import Earned, Event, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Venue
from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _

_NO_CONTENTS = ("break", "reception")
_LONGEST_INITIAL = 4

_NEEDED: Mapping[str, Text] = {
    "name": _("The person’s name has neither letter nor digit. Please correct the registration."),
    "title": _("The event’s title has neither letter nor digit. Please correct the event."),
    "issuer": _("The organiser’s name has neither letter nor digit. Whoever operates this installation can set it."),
    "signatory": _("The signatory’s name has neither letter nor digit. Whoever operates this installation can set it."),
}

SnapshotPart = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Material:
    """What one certificate is made of, as it stood when it was taken up."""

    earned: Earned
    registration: Registration
    events: tuple[Event, ...]
    """Attended, by their beginning: one, or several modules of a series."""
    number: Number
    issued_at: datetime
    look: Look

    @property
    def versions(self) -> tuple[int, ...]:
        return versions_of(self.earned, self.registration, self.events)


def versions_of(earned: Earned, registration: Registration, events: Sequence[Event]) -> tuple[int, ...]:
    """A document that was made of these holds only while they stay so."""
    return (earned.revision, registration.version, *(event.version for event in events))


@dataclass(frozen=True, slots=True)
class _Module:
    """An event of which something was attended: ``parts`` are the sessions in order of time, with the minutes."""

    snapshot: SnapshotPart
    parts: Sequence[tuple[SnapshotPart, int]]

    @property
    def items(self) -> list[SnapshotPart]:
        """The programme items that took place at these sessions."""
        held = [part for part, _minutes in self.parts]
        return [item for item in self.snapshot["programme"] if _belongs_to(item, held)]


def verify_url(base_url: str, code: str) -> str:
    return f"{base_url}/certificates/verify/{code}"


def content_of(material: Material, settings: NotificationsSettings) -> CertificateContent:
    """The certificate in the person's language, with a verify code of its own.

    Raises :class:`InvalidError` where something is missing; ``errors`` says of which field.
    """
    reader, look = Reader.of(material.registration.locale, settings), material.look
    modules, code = _attended(material), new_code()
    snapshot, series_title = modules[-1].snapshot, material.earned.series_title
    issuer = snapshot["issuer"]
    items = [item for module in modules for item in module.items]
    # Of a series the table of sessions names the modules; what each of them held would fill pages.
    topics = [] if series_title else [item for item in items if item["kind"] not in _NO_CONTENTS]
    text = {
        "name": material.registration.name,
        "title": reader.read(series_title or snapshot["title"]),
        "issuer": ", ".join(filter(None, (issuer["name"], issuer["association"]))),
        **signed_by(look, {**issuer, "signatory": issuer["signatory"] or issuer["name"]}),
    }
    _check_needed(text)
    return CertificateContent(
        **text,
        number=str(material.number),
        code=code,
        verify_url=verify_url(settings.base_url, code),
        organisation=material.registration.organisation,
        series_title=_series_title(material, snapshot, reader),
        sessions=tuple(
            session for module in modules for session in _sessions(module, reader, in_series=series_title is not None)
        ),
        contents=tuple(reader.read(item["title"]) for item in topics),
        speakers=tuple(_speakers(items)),
        place="; ".join(dict.fromkeys(filter(None, (_place(module, reader) for module in modules)))),
        issued_at=material.issued_at,
        locale=reader.locale,
        signature_image=look.signature,
        logo_image=look.logo,
        text=text_in(look, reader),
    )


def _series_title(material: Material, snapshot: SnapshotPart, reader: Reader) -> str:
    """Of a whole series the same as the title; empty for an event that belongs to none."""
    title = material.earned.series_title or (snapshot["series"]["title"] if snapshot["series"] else None)
    return reader.read(title) if title else ""


def _check_needed(text: Mapping[str, str]) -> None:
    errors = {field: [refusal] for field, refusal in _NEEDED.items() if not any(map(str.isalnum, text[field]))}
    if errors:
        field = next(iter(errors))
        raise InvalidError(f"{field}_missing", _NEEDED[field], errors=errors)


def _attended(material: Material) -> list[_Module]:
    """The sessions at which the person was; cancelled ones do not count."""
    minutes = {UUID(part["session_id"]): int(part["minutes"]) for part in material.earned.sessions}
    modules = [_Module(event.snapshot, _present(event.snapshot, minutes)) for event in material.events]
    held = [module for module in modules if module.parts]
    if not held:
        refusal = _(
            "The sessions that the person attended are no longer part of the event. Please check the attendance."
        )
        raise InvalidError("sessions_missing", refusal, errors={"sessions": [refusal]})
    return held


def _present(snapshot: SnapshotPart, minutes: Mapping[UUID, int]) -> list[tuple[SnapshotPart, int]]:
    found = ((part, minutes.get(UUID(part["session_id"]), 0)) for part in _taking_place(snapshot))
    return [(part, there) for part, there in found if there]


def _taking_place(snapshot: SnapshotPart) -> list[SnapshotPart]:
    parts = [part for part in snapshot["sessions"] if not part["cancelled"]]
    return sorted(parts, key=lambda part: datetime.fromisoformat(part["starts_at"]))


def _belongs_to(item: SnapshotPart, parts: Sequence[SnapshotPart]) -> bool:
    """Whether a programme item took place at one of these sessions."""
    begins = datetime.fromisoformat(item["starts_at"])
    return any(
        datetime.fromisoformat(part["starts_at"]) <= begins < datetime.fromisoformat(part["ends_at"]) for part in parts
    )


def _sessions(module: _Module, reader: Reader, *, in_series: bool) -> Iterator[AttendedSession]:
    """Each with what it is called: in a series by its module too."""
    all_ids = [part["session_id"] for part in _taking_place(module.snapshot)]
    name = _module_name(module.snapshot, reader) if in_series else reader.read(module.snapshot["title"])
    for part, minutes in module.parts:
        title = name
        if len(all_ids) > 1:
            number = all_ids.index(part["session_id"]) + 1
            place = reader.say(_("Session %(number)d of %(count)d", number=number, count=len(all_ids)))
            title = f"{name} ({place})" if in_series else place
        yield _session(part, minutes, title)


def _module_name(snapshot: SnapshotPart, reader: Reader) -> str:
    title = reader.read(snapshot["title"])
    if snapshot["module_number"] is None:
        return title
    return reader.say(_("Module %(number)d: %(title)s", number=snapshot["module_number"], title=title))


def _session(part: SnapshotPart, minutes: int, title: str) -> AttendedSession:
    starts_at, ends_at = datetime.fromisoformat(part["starts_at"]), datetime.fromisoformat(part["ends_at"])
    attended = min(timedelta(minutes=minutes), ends_at - starts_at)
    units = part["teaching_units"]
    if units is not None:
        units = round(units * (attended / (ends_at - starts_at)), 1)
    return AttendedSession(starts_at, ends_at, part["time_zone"], title, units, attended)


def _speakers(items: Sequence[SnapshotPart]) -> list[str]:
    """Each once, with the organisation."""
    named = (
        ", ".join(filter(None, (speaker["name"], speaker["organisation"])))
        for item in items
        for speaker in item["speakers"]
    )
    return list(dict.fromkeys(named))


def _place(module: _Module, reader: Reader) -> str:
    """Where the attended sessions were, each place once."""
    snapshot = module.snapshot
    venues = [Venue.from_json(part["venue"]) for part, _minutes in module.parts if part["venue"]]
    place = "; ".join(dict.fromkeys(", ".join(filter(None, (venue.name, venue.city))) for venue in venues))
    if snapshot["format"] == "online" or not place:
        return reader.say(_("Online")) if snapshot["format"] != "in_person" else ""
    return reader.say(_("%(place)s, and online", place=place)) if snapshot["format"] == "hybrid" else place


@dataclass(frozen=True, slots=True)
class Shown:
    """What the verify page says of a certificate."""

    title: str
    first_day: date
    last_day: date
    teaching_units: float | None
    minutes: int

    @classmethod
    def of(cls, content: CertificateContent) -> "Shown":
        units = [session.teaching_units for session in content.sessions]
        known = [number for number in units if number is not None]
        length = sum((session.duration for session in content.sessions), timedelta())
        return cls(
            title=content.title,
            first_day=min(session.local[0] for session in content.sessions).date(),
            last_day=max(session.local[1] for session in content.sessions).date(),
            teaching_units=round(sum(known), 1) if len(known) == len(units) else None,
            minutes=round(length.total_seconds() / 60),
        )


def masked(*names: str) -> str:
    """Enough to recognise one's own name, too little to learn another's: ``O. S.``."""
    return " ".join(f"{initial}." for name in names if (initial := _initial(name)))


def _initial(name: str) -> str:
    """The first letter or digit with the marks that belong to it."""
    start = next((place for place, sign in enumerate(name) if sign.isalnum()), len(name))
    marks = takewhile(lambda sign: unicodedata.category(sign).startswith("M"), name[start + 1 :])
    return "".join((name[start : start + 1], *marks))[:_LONGEST_INITIAL].upper()
