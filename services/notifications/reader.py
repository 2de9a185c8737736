"""One reader: the language of everything a mail or a calendar says to them."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from babel import dates

from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import SessionFacts
from shared import formats
from shared.languages import RIGHT_TO_LEFT, Content, Text, babel_locale, localised, translations

CATALOGUES = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Reader:
    """``time_zone`` is the installation's: times of another zone are shown with its name."""

    locale: str
    time_zone: str

    @classmethod
    def of(cls, locale: str, settings: NotificationsSettings) -> Self:
        """The reader of a language; of the installation's first, where it does not have this one."""
        known = settings.locales
        return cls(locale if locale in known else known[0], settings.time_zone)

    @property
    def direction(self) -> str:
        return "rtl" if self.locale in RIGHT_TO_LEFT else "ltr"

    @property
    def translator(self) -> NullTranslations:
        return translations(self.locale, CATALOGUES)

    def say(self, sentence: Text) -> str:
        return sentence.in_language(self.translator)

    def read(self, content: Content) -> str:
        return localised(content, self.locale)

    def date(self, facts: SessionFacts) -> str:
        """The day on which the session begins, as short as can be."""
        return formats.short_date(facts.starts_at, self.locale, facts.time_zone)

    def when(self, facts: SessionFacts) -> tuple[str, str]:
        """Day and hours: ``Sonntag, 28. März 2027`` and ``10:00–16:00``; both days in the first where it runs over
        midnight. A zone whose clocks differ from the installation's is named."""
        return self._when(facts.starts_at, facts.ends_at, facts.time_zone)

    # Everybody at an event is told the same hours, several times in each mail.
    @lru_cache(maxsize=1024)  # noqa: B019  # readers are few: a language each
    def _when(self, starts_at: datetime, ends_at: datetime, time_zone: str) -> tuple[str, str]:
        first, last = (moment.astimezone(ZoneInfo(time_zone)) for moment in (starts_at, ends_at))
        zone = self._zone_if_another(starts_at, time_zone)
        if first.date() != last.date():
            return formats.span(first, last, self.locale, time_zone), zone.strip()
        hours = [formats.time(moment, self.locale, time_zone) for moment in (first, last)]
        return formats.date(first, self.locale, time_zone), f"{hours[0]}–{hours[1]}{zone}"

    def span(self, facts: SessionFacts) -> str:
        """Both on one line."""
        return ", ".join(filter(None, self.when(facts)))

    def moment(self, value: datetime, time_zone: str) -> str:
        """For example ``Sonntag, 28. März 2027, 10:00``, by the clocks of the zone; the installation's, if empty."""
        shown = formats.date_and_time(value, self.locale, time_zone or self.time_zone)
        return f"{shown}{self._zone_if_another(value, time_zone or self.time_zone)}"

    def _zone_if_another(self, value: datetime, time_zone: str) -> str:
        own, theirs = (value.astimezone(ZoneInfo(zone)) for zone in (self.time_zone, time_zone))
        if own.utcoffset() == theirs.utcoffset():
            return ""
        return f" ({dates.get_timezone_name(theirs, 'long', locale=babel_locale(self.locale))})"
