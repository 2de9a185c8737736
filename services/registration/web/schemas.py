"""What people and programs send to registration, in forms and JSON alike, and what its API answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.registration.attendance import KINDS
from services.registration.feedback import MOST_DAYS, RATINGS
from services.registration.models import CODE_LENGTH, DOOR_NAME_LENGTH
from services.registration.rule import Traits
from services.registration.states import State
from shared.languages import text as _
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.web.schemas import Choice, EmailAddress, Instant, Line, Paragraphs, Schema
from shared.web.service import this_service

REASON_LENGTH = 1_000
NOTE_LENGTH = 2_000
FEEDBACK_LENGTH = 2_000
LARGEST_PARTY = 50
"""As many people as any event lets register together."""
MOST_MODULES = 100
ALL_MODULES = "all"
MODES = ("each", "whole")
CURSOR_LENGTH = 1_000
DEVICE_LENGTH = 60
FURTHEST_POSITION = 1_000_000


class Language(fields.String):
    """One of the installation's languages."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        known = this_service().settings.locales
        if code not in known:
            raise ValidationError([_("This must be one of: %(choices)s.", choices=", ".join(known))])
        return code


class ChosenEntry(fields.UUID):
    """The directory's entry that stands beside the name of an organisation; forms send it empty if none was chosen.

    It tells apart what has the same name, and counts only with one of its own names.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_default=None, allow_none=True, **kwargs)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        return super().deserialize(None if value == "" else value, attr, data, **kwargs)


def _answers() -> fields.Dict:
    """By the key of the question; what a value may be depends on its kind, which ``questions.py`` knows."""
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))


class Digits(fields.Integer):
    """A number as a form sends it."""

    def __init__(self, *, smallest: int, largest: int, **kwargs: Any) -> None:
        self._smallest, self._largest = smallest, largest
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number: int = super()._deserialize(value, attr, data, **kwargs)
        if not self._smallest <= number <= self._largest:
            bounds = {"least": self._smallest, "most": self._largest}
            raise ValidationError([_("This must be a number from %(least)d to %(most)d.", **bounds)])
        return number


class NamedSchema(Schema):
    """Whom a registration is for, or who makes it."""

    first_name = Line(required=True)
    last_name = Line(required=True)
    email = EmailAddress(required=True)
    organisation = Line(blank=True, load_default="")
    organisation_id = ChosenEntry()


class ContactSchema(NamedSchema):
    """Who registers a party, be it with or without themselves."""

    locale = Language()


class WishSchema(NamedSchema):
    """A wish for a seat. What a version cannot keep is unknown here, and refused.

    ``answers`` are by the key of the question, ``needs`` by name; the event says what it asks for. Whoever was given a
    ``code`` for the event sends it; one that nothing is known of does no harm.
    """

    code = Line(blank=True, longest=CODE_LENGTH, load_default="")
    locale = Language()
    answers = _answers()
    needs = _answers()

    @post_load
    def _with_traits(self, values: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        code = values.pop("code")
        return {**values, "traits": Traits(code=code)}


class PartyMemberSchema(Schema):
    """One of the people of a party. Without an address, mails go to the contact; so with the organisation."""

    first_name = Line(required=True)
    last_name = Line(required=True)
    email = EmailAddress(blank=True, load_default="")
    organisation = Line(blank=True, load_default="")
    organisation_id = ChosenEntry()
    code = Line(blank=True, longest=CODE_LENGTH, load_default="")
    answers = _answers()
    needs = _answers()


class PartySchema(Schema):
    """Several people at once. Unless ``all_or_nothing``, the party takes the seats that there are."""

    contact = fields.Nested(ContactSchema, required=True)
    people = fields.List(fields.Nested(PartyMemberSchema), required=True, validate=validate.Length(1, LARGEST_PARTY))
    all_or_nothing = fields.Boolean(load_default=True, truthy={True}, falsy={False})


class Modules(fields.Field[list[UUID] | None]):
    """Ids of events, each named once, or ``"all"``, which is None."""

    def __init__(self, **kwargs: Any) -> None:
        self._ids = fields.List(fields.UUID(), validate=validate.Length(1, MOST_MODULES))
        ids = {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1, "maxItems": MOST_MODULES}
        every = {"type": "string", "enum": [ALL_MODULES]}
        kwargs.setdefault("metadata", {})["oneOf"] = [every, ids]
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[UUID] | None:
        return None if value == ALL_MODULES else list(dict.fromkeys(self._ids.deserialize(value, attr, data, **kwargs)))


class EnrolmentSchema(WishSchema):
    """A wish for modules of a series. What one person says is said once for all modules: each gets what it asks for.

    ``mode`` ``each``: every module stands alone. ``whole``: the person has all of them at once, or waits until all have
    a seat, and has only the ``fallback_modules`` meanwhile.
    """

    modules = Modules(required=True)
    mode = Choice(MODES, load_default="each")
    fallback_modules = fields.List(fields.UUID(), validate=validate.Length(max=MOST_MODULES), load_default=list)


class ModulesSchema(Schema):
    """The modules of an enrolment as they are to be; ``answers`` and ``needs`` are for those that are new."""

    modules = fields.List(fields.UUID(), required=True, validate=validate.Length(max=MOST_MODULES))
    answers = _answers()
    needs = _answers()


class PersonSchema(NamedSchema):
    """Whom an organiser adds by hand. What ``answers`` leaves open, they can answer on their own page.

    ``beyond_capacity`` gives a seat in any case, and needs a ``reason``.
    """

    code = Line(blank=True, longest=CODE_LENGTH, load_default="")
    locale = Language()
    reason = Paragraphs(blank=True, longest=REASON_LENGTH, load_default="")
    answers = _answers()
    beyond_capacity = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    notify = fields.Boolean(load_default=True, truthy={True}, falsy={False})

    @validates_schema
    def _give_a_reason(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if values["beyond_capacity"] and not values["reason"]:
            raise ValidationError({"reason": [_("Please say why this person gets a seat in any case.")]})


class TransferSchema(NamedSchema):
    """The colleague who gets a person's seat."""

    locale = Language(required=True)


class PartyCancellationSchema(Schema):
    """Whom of a party its contact cancels."""

    people = fields.List(fields.UUID(), required=True, validate=validate.Length(max=LARGEST_PARTY))


class AddressSchema(Schema):
    email = EmailAddress(required=True)


class IdempotencySchema(Schema):
    idempotency_key = Line(data_key="Idempotency-Key", load_default=None)


class CorrectionSchema(Schema):
    """``answers`` replaces those that are sent, ``needs`` replaces all of them."""

    first_name = Line()
    last_name = Line()
    organisation = Line(blank=True)
    organisation_id = ChosenEntry()
    locale = Language()
    answers = _answers()
    needs = _answers()


class OwnDetailsSchema(Schema):
    """Who somebody is, as they correct it in a form themselves."""

    first_name = Line(required=True)
    last_name = Line(required=True)
    organisation = Line(blank=True, load_default="")
    organisation_id = ChosenEntry()


class DetailsSchema(OwnDetailsSchema):
    """What stands about a person, as an organiser corrects it in a form."""

    locale = Line(required=True)


class LanguageSchema(Schema):
    locale = Language(required=True)


class ReasonSchema(Schema):
    """An organiser's reason, which is kept in the log of decisions."""

    reason = Paragraphs(required=True, longest=REASON_LENGTH)


class NoteSchema(Schema):
    """What an organiser writes down about a registration."""

    text = Paragraphs(required=True, longest=NOTE_LENGTH)


class MoveSchema(ReasonSchema):
    """Where in line somebody shall stand, counted from 1."""

    position = fields.Integer(strict=True, required=True, validate=validate.Range(1, FURTHEST_POSITION))


class MoveFormSchema(ReasonSchema):
    """The same as a form sends it: the position in digits."""

    position = Digits(smallest=1, largest=FURTHEST_POSITION, required=True)


class EntrySchema(Schema):
    """One row of attendance. Without ``from`` and ``until`` it stands for the whole session."""

    id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True)
    kind = Choice(KINDS, required=True)
    at = Instant(required=True)
    present = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    from_at = Instant(data_key="from", allow_none=True, load_default=None)
    until_at = Instant(data_key="until", allow_none=True, load_default=None)
    corrects = fields.UUID(allow_none=True, load_default=None)
    reason = Paragraphs(blank=True, longest=REASON_LENGTH, load_default="")
    device = Line(blank=True, longest=DEVICE_LENGTH, load_default="")


class DoorEntrySchema(EntrySchema):
    """One row of attendance at any session of an event."""

    session_id = fields.UUID(required=True)


class DoorLinkSchema(Schema):
    """Who gets a link for the door."""

    name = Line(required=True, longest=DOOR_NAME_LENGTH)


class FeedbackSettings(Schema):
    """Whether an event asks for feedback, and for how many days."""

    offered = Choice(("yes",), blank=True, load_default="")
    days = Digits(smallest=1, largest=MOST_DAYS, required=True)


class FeedbackSchema(Schema):
    """What somebody says of an event; a rating is empty if they would rather not say."""

    overall = Choice(RATINGS, blank=True, load_default="")
    content = Choice(RATINGS, blank=True, load_default="")
    organisation = Choice(RATINGS, blank=True, load_default="")
    language = Choice(RATINGS, blank=True, load_default="")
    helped = Paragraphs(longest=FEEDBACK_LENGTH, blank=True, load_default="")
    improve = Paragraphs(longest=FEEDBACK_LENGTH, blank=True, load_default="")

    @validates_schema
    def says_something(self, data: dict[str, str], **_kwargs: Any) -> None:
        if not any(data.values()):
            raise ValidationError([_("Please answer at least one question.")])


class WalkInSchema(Schema):
    """Somebody who came without being registered, as a device at the door sends it."""

    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    first_name = Line(required=True)
    last_name = Line(required=True)
    email = EmailAddress(required=True)
    organisation = Line(blank=True, load_default="")
    at = Instant(required=True)
    device = Line(blank=True, longest=DEVICE_LENGTH, load_default="")


class PageSize(fields.Integer):
    """How many entries a page may have."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {}).update(minimum=1, maximum=LARGEST_LIMIT)
        super().__init__(load_default=DEFAULT_LIMIT, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number: int = super()._deserialize(value, attr, data, **kwargs)
        if not 1 <= number <= LARGEST_LIMIT:
            raise ValidationError([_("This must be a number from 1 to %(most)d.", most=LARGEST_LIMIT)])
        return number


class PageQuery(Schema):
    limit = PageSize()
    cursor = Line(longest=CURSOR_LENGTH, load_default=None)


class PeopleQuery(PageQuery):
    state = Choice(tuple(State), blank=True, load_default="")
    organisation = Line(blank=True, load_default="")
    q = Line(blank=True, load_default="")


class FilterQuery(Schema):
    """Which people of an event are meant; ``answers`` by the key of the question. ``lacking``: answers are missing.

    ``enrolled``: who is registered for the series.
    """

    state = Choice(tuple(State), blank=True, load_default="")
    organisation = Line(blank=True, load_default="")
    q = Line(blank=True, load_default="")
    lacking = fields.Boolean(load_default=False)
    party = fields.UUID(load_default=None)
    enrolled = fields.Boolean(load_default=False)
    answers = fields.Dict(keys=Line(), values=Line(blank=True), load_default=dict)


class BulkQuery(FilterQuery):
    """For whom an act on many is: those who are ``selected``, or ``everybody`` whom the filter fits."""

    selected = fields.List(fields.UUID(), validate=validate.Length(max=LARGEST_LIMIT), load_default=list)
    everybody = fields.Boolean(load_default=False)


class TableQuery(FilterQuery):
    """The organisers' table of people. Names always stand in it; ``columns`` are the others that are chosen."""

    order = Choice(("name", "seq"), load_default="name")
    columns = fields.List(Line(), load_default=list)
    cursor = Line(longest=CURSOR_LENGTH, load_default=None)


class OrganisationQuery(Schema):
    """``q`` is what somebody has typed of a name so far."""

    q = Line(blank=True, load_default="")


class DecisionQuery(PageQuery):
    registration_id = fields.UUID(load_default=None)


class AttendanceQuery(PageQuery):
    q = Line(blank=True, load_default="")


class SheetSchema(Schema):
    """A session's list with ticks, as a form sends it."""

    shown = fields.List(fields.UUID())
    ticked = fields.List(fields.UUID())
    these = fields.List(fields.UUID(), data_key="only")
    reason = Paragraphs(blank=True, longest=REASON_LENGTH)
