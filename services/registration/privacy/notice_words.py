"""An event's privacy notice (Art. 13 GDPR) in words: from what is declared of each field, and what the event asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.registration.models import Event, Processor
from services.registration.privacy.consents import Asked, concerns
from services.registration.privacy.keeping import how_long
from services.registration.settings import RegistrationSettings
from shared.languages import Text, localised, translations
from shared.languages import text as _
from shared.personal import BASES, PURPOSES
from shared.record import Activity, activities
from shared.web.language import SHARED_CATALOGUES

CATALOGUES = (SHARED_CATALOGUES, Path(__file__).parents[1] / "translations")

Section = dict[str, Any]
"""``heading``, ``paragraphs``, and ``rows`` of a table with the heads ``columns``, which may be none."""

DATA: Mapping[str, Text] = {
    "place": _("Your name, e-mail address, language and organisation"),
    "evidence": _("Your name and organisation, and at which sessions you were"),
    "answer": _("Your answers to the questions of this event"),
    "need": _("What you need to take part, if you tell us"),
    "consent": _("To what you have consented, when and in which words"),
    "mail": _("The e-mails that we send you"),
    "reply": _("What your calendar or your mail server answers to them"),
    "verify": _("Number and code of your certificate, with your name masked"),
    "request": _("What you ask of us about your data, and our answer"),
    "note": _("What organisers note about your registration"),
    "opinion": _("What you say of the event afterwards, if you do"),
    "once": _("A mark of the request by which you registered"),
    "flood": _("A mark of your network and address that nobody can read back"),
    "delivery": _("Your registration, where another system of the organiser is told of it"),
    "message": _("Your registration, on its way between the parts of this software"),
    "audit": _("Who changed something about your registration, and when"),
}
"""What each purpose that concerns participants needs of them."""
BESIDES = frozenset({"note", "request", "once", "flood", "delivery", "message", "audit"})
"""Those of which nobody thinks who registers."""


@dataclass(frozen=True, slots=True)
class House:
    """What every notice of an installation says alike."""

    settings: RegistrationSettings
    processors: Sequence[Processor] = field(default=())
    consents: Sequence[Asked] = field(default=())


def notice_texts(house: House, event: Event) -> dict[str, list[Section]]:
    """The notice in every language of the installation."""
    return {locale: _Writer(house, event, locale).sections() for locale in house.settings.locales}


class _Writer:
    def __init__(self, house: House, event: Event, locale: str) -> None:
        self._house, self._event, self._locale = house, event, locale
        self._translator = translations(locale, *CATALOGUES)

    def sections(self) -> list[Section]:
        return [
            self._responsible(),
            self._purposes(),
            *self._questions(),
            *self._consents(),
            self._besides(),
            self._readers(),
            self._rights(),
        ]

    def _say(self, text: Text) -> str:
        return text.in_language(self._translator)

    def _section(
        self, heading: Text, *paragraphs: Text | str, columns: Sequence[Text] = (), rows: Sequence[Sequence[str]] = ()
    ) -> Section:
        return {
            "heading": self._say(heading),
            "paragraphs": [one if isinstance(one, str) else self._say(one) for one in paragraphs if one],
            "columns": [self._say(column) for column in columns],
            "rows": [list(row) for row in rows],
        }

    def _responsible(self) -> Section:
        settings = self._house.settings
        names = (settings.organiser, settings.association, settings.contact_email)
        watched = _("Data protection: %(contact)s", contact=settings.privacy_contact)
        return self._section(
            _("Who is responsible"), *(one for one in names if one), watched if settings.privacy_contact else ""
        )

    def _purposes(self) -> Section:
        return self._section(
            _("What we keep of you, and why"),
            _(
                "Name and e-mail address are needed, as we could not give you a place otherwise. All else is up to "
                "you, but for questions that are marked as required."
            ),
            columns=self._heads(),
            rows=[self._row(one) for one in self._of_this_event() if one.purpose not in BESIDES],
        )

    def _besides(self) -> Section:
        return self._section(
            _("What is kept besides, so that all of this works and nobody abuses it"),
            columns=self._heads(),
            rows=[self._row(one) for one in self._of_this_event() if one.purpose in BESIDES],
        )

    def _heads(self) -> Sequence[Text]:
        return (_("What we keep"), _("What for"), _("Why we may"), _("For how long"))

    def _of_this_event(self) -> Iterator[Activity]:
        """Each purpose once, as registration or, failing that, another service declares it; what matters most first."""
        absent = self._absent()
        by_purpose = {one.purpose: one for one in sorted(activities(), key=lambda one: one.service == "registration")}
        return (by_purpose[purpose] for purpose in DATA if purpose not in absent)

    def _absent(self) -> set[str]:
        """What this event has no use for."""
        uses = {
            "answer": any(question.is_asked for question in self._event.all_questions),
            "need": bool(self._event.needs),
            "consent": any(self._asked()),
            "verify": self._event.certificate_rule is not None,
        }
        return {purpose for purpose, used in uses.items() if not used}

    def _row(self, one: Activity) -> list[str]:
        words = (DATA[one.purpose], PURPOSES[one.purpose].words, BASES[one.basis])
        return [*map(self._say, words), self._say(how_long(one.kept, self._house.settings))]

    def _questions(self) -> Iterator[Section]:
        asked = {question.key for question in self._event.all_questions if question.is_asked}
        parts = [part for part in self._event.questions if part["key"] in asked]
        if parts:
            yield self._section(
                _("The questions of this event"),
                columns=(_("Question"), _("What for"), _("For how long")),
                rows=[self._question(part) for part in parts],
            )

    def _question(self, part: Mapping[str, Any]) -> list[str]:
        label, purpose = (localised(part[name], self._locale) for name in ("label", "purpose"))
        otherwise = self._say(_("to organise this event"))
        return [label, purpose or otherwise, self._say(how_long(part["retention"], self._house.settings))]

    def _asked(self) -> Iterator[Asked]:
        return (one for one in self._house.consents if concerns(one.purpose, self._event))

    def _consents(self) -> Iterator[Section]:
        rows = [
            [localised(one.text.title, self._locale), localised(one.text.text, self._locale)] for one in self._asked()
        ]
        if rows:
            yield self._section(
                _("What you may consent to"),
                _("Your registration does not depend on it, and you can withdraw it on your own page at any time."),
                columns=(_("In short"), _("In full")),
                rows=rows,
            )

    def _readers(self) -> Section:
        settings = self._house.settings
        who: list[Text | str] = [
            _("The organisers of the event see your data; what you need to take part, only those among them who must.")
        ]
        if settings.funder_line:
            who.append(_("A funder may see the attendance list: names, organisations and sessions."))
        if self._house.processors:
            who.append(_("On our behalf, and only as we say, data is processed by:"))
        rows = [[one.name, one.task, one.place] for one in self._house.processors]
        columns = (_("Who"), _("What they do"), _("Where")) if rows else ()
        return self._section(_("Who sees your data"), *who, columns=columns, rows=rows)

    def _rights(self) -> Section:
        return self._section(
            _("What you may ask of us"),
            _(
                "On your own page, to which every e-mail from us has the link, you can see what we keep of you, take "
                "it with you, correct it, restrict or object to its use, and have it deleted."
            ),
            _("You can withdraw what you have consented to at any time, from then on."),
            _("You can complain to the data protection authority of your federal state."),
        )
