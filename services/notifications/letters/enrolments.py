"""Letters about an enrolment in a series: what became of each module, all seats at once, or all given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notifications import personal_links
from services.notifications.letters.calendar import about_files, about_invitations, subscription
from services.notifications.letters.cards import Card, event_card
from services.notifications.letters.letter import Enclosed, Letter, Linked, greeting, letter_of
from services.notifications.letters.standings import standing
from services.notifications.letters.templates import OF_SERIES, Template
from services.notifications.models import Event, Registration
from services.notifications.reader import Reader
from shared.languages import Text
from shared.languages import text as _


@dataclass(frozen=True, slots=True)
class Module:
    """One module, with the registration that the person has; without one, ``refused`` is the code of why."""

    event: Event
    registration: Registration | None
    position: int | None = None
    waits_for_series: bool = False
    refused: str | None = None

    @property
    def state(self) -> str:
        """Empty without a registration."""
        return self.registration.state if self.registration else ""

    @property
    def is_off(self) -> bool:
        """Whether there is nothing to come to, whatever the registration says."""
        return self.event.is_cancelled


@dataclass(frozen=True, slots=True)
class EnrolmentContext:
    """Who is written to, and about which modules of which ``series``, as messages have it."""

    reader: Reader
    name: str
    series: Mapping[str, Any]
    mode: str
    modules: tuple[Module, ...]
    base_url: str
    now: datetime

    @property
    def title(self) -> str:
        return self.reader.read(self.series["title"])

    @property
    def greeting(self) -> str:
        return greeting(self.reader, self.name)

    @property
    def my_page(self) -> Linked:
        return Linked(self.reader.say(_("My registrations")), personal_links.my_page(self.base_url))

    @property
    def series_page(self) -> Linked:
        return Linked(self.reader.say(_("The series’ page")), f"{self.base_url}/series/{self.series['slug']}")

    @property
    def waits_for_series(self) -> bool:
        return any(module.waits_for_series for module in self.modules)

    def letter(self, template: Template, **more: Any) -> Letter:
        """A letter to this person in the words of a template."""
        values = {"name": self.name, "title": self.title}
        return letter_of(
            template,
            self.reader,
            values,
            greeting=self.greeting,
            preview=self.overview(),
            cards=self.cards(),
            **more,
        )

    def has(self, state: str) -> bool:
        return any(module.state == state for module in self.modules if not module.is_off)

    def deadline(self, state: str) -> str:
        """The first until which a module in this state awaits an answer; empty if none does."""
        waiting = [module.registration for module in self.modules if module.state == state and module.registration]
        moments = [registration.deadline for registration in waiting if registration.deadline]
        return self.reader.moment(min(moments), "") if moments else ""

    def cards(self) -> tuple[Card, ...]:
        return tuple(self._card(module) for module in self.modules)

    def overview(self) -> str:
        """Each module with its state, on one line."""
        return "; ".join(f"{self.reader.read(module.event.title)}: {self._standing(module)}" for module in self.modules)

    def _card(self, module: Module) -> Card:
        event = module.event.told
        return event_card(
            self.reader,
            event,
            event.worth_telling(self.now),
            shows_links=module.state == "confirmed",
            state=self._standing(module),
            is_off=module.is_off,
        )

    def _standing(self, module: Module) -> str:
        if module.is_off:
            return self.reader.say(_("does not take place"))
        if module.registration is None:
            return self.reader.say(_REFUSALS.get(module.refused or "", _("not registered")))
        return standing(self.reader, module.state, module.position)


_REFUSALS: Mapping[str, Text] = {
    "already_registered": _("not registered: this address is registered already"),
    "closed": _("not registered: registration is closed"),
    "not_open_yet": _("not registered: registration has not opened yet"),
    "event_full": _("not registered: all seats are taken"),
    "waitlist_closed": _("not registered: all seats are taken, and the waitlist is closed"),
    "organisation_full": _("not registered: all seats for your organisation are taken"),
}


_IF_YOU_CANNOT_COME = _("You cannot come after all? On your page you can cancel single modules or all of them.")

ENROLLED = Template(
    key="enrolled",
    name=_("Registered for a series"),
    subject=_("Your registration for the series: %(title)s", title="{title}"),
    heading=_("Your registration for the series"),
    text=(_("Thank you for registering. Below you see how it stands with each module."),),
    closing=(_IF_YOU_CANNOT_COME,),
    placeholders=OF_SERIES,
)


def enrolled(context: EnrolmentContext, enclosed: Enclosed) -> Letter:
    """The person has registered for the series or some of its modules."""
    say = context.reader.say
    until = context.deadline("pending")
    return context.letter(
        ENROLLED,
        notes=(
            *(say(sentence) for sentence in _outlooks(context)),
            *((say(_about_address(until)),) if until else ()),
            *about_invitations(context.reader, enclosed),
        ),
        button=Linked(say(_("Confirm my address")), context.my_page.url) if until else context.my_page,
        links=_links(context, enclosed),
    )


def _outlooks(context: EnrolmentContext) -> tuple[Text, ...]:
    """What those who wait are to expect."""
    if context.waits_for_series:
        return (
            _(
                "You would like to have the whole series. As soon as all modules have a seat for you, you get them "
                "together. Until then you keep your place in each line."
            ),
        )
    if context.has("waitlisted"):
        return (_("Each waitlist moves on its own. As soon as a seat comes free for you, you get a mail."),)
    return ()


def _about_address(until: str) -> Text:
    return _(
        "Please confirm until %(deadline)s that this address is yours. Otherwise the seats become free again.",
        deadline=until,
    )


_WAITED = _("Thank you for waiting. Now there is a seat for you in every module that you were waiting for.")

COMPLETED = Template(
    key="series_seats",
    name=_("Seats in the whole series"),
    subject=_("You have a seat in the whole series: %(title)s", title="{title}"),
    heading=_("All modules have a seat for you"),
    text=(_WAITED,),
    closing=(_IF_YOU_CANNOT_COME,),
    placeholders=OF_SERIES,
)
OFFERED = Template(
    key="series_offered",
    name=_("Seats in the whole series offered"),
    subject=_("The whole series is free for you: %(title)s", title="{title}"),
    heading=_("All modules have a seat for you"),
    text=(_WAITED,),
    closing=(_IF_YOU_CANNOT_COME,),
    placeholders=OF_SERIES,
)


def completed(context: EnrolmentContext, enclosed: Enclosed) -> Letter:
    """The person waited for the whole, and all modules have a seat for them now."""
    say = context.reader.say
    until = context.deadline("offered")
    return context.letter(
        OFFERED if until else COMPLETED,
        notes=(
            *((say(_about_offers(until)),) if until else ()),
            *about_invitations(context.reader, enclosed),
        ),
        button=Linked(say(_("Accept or decline")), context.my_page.url) if until else context.my_page,
        links=_links(context, enclosed),
    )


def _about_offers(until: str) -> Text:
    return _(
        "Some of the seats are held for you until %(deadline)s. Please say until then whether you take them.",
        deadline=until,
    )


CANCELLED = Template(
    key="enrolment_cancelled",
    name=_("Registration for a series cancelled"),
    subject=_("Registration for the series cancelled: %(title)s", title="{title}"),
    heading=_("Your registration for the series is cancelled"),
    text=(_("You have cancelled all modules that were left. Thank you for letting us know."),),
    closing=(_("You would like to come after all? You can register again on the series’ page."),),
    placeholders=OF_SERIES,
)


def cancelled(context: EnrolmentContext, enclosed: Enclosed) -> Letter:
    """All that was left of the enrolment has been cancelled."""
    return context.letter(
        CANCELLED,
        notes=(about_files(context.reader, enclosed.cancellations),) if enclosed.cancellations else (),
        button=context.my_page,
        links=(context.series_page,),
    )


def _links(context: EnrolmentContext, enclosed: Enclosed) -> tuple[Linked, ...]:
    """Below a letter about seats: the personal calendar, wherever there is something in it."""
    if not enclosed.requests:
        return (context.series_page,)
    return (subscription(context.reader, context.base_url), context.series_page)
