"""What organisers send about the directory of organisations, in forms and JSON alike, and what its API answers."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from services.registration.directory import MOST_ALIASES
from services.registration.entries import Entry
from services.registration.models import Organisation, Standing
from services.registration.web.schemas import PageQuery
from shared.web.schemas import Choice, Line, Schema

LARGEST_REVISION = 2**31 - 1


def _aliases(**options: Any) -> "fields.List[Any]":
    return fields.List(Line(), validate=validate.Length(max=MOST_ALIASES), **options)


class OrganisationSchema(Schema):
    """An entry of the directory. ``aliases`` are other names under which people know the organisation."""

    name = Line(required=True)
    municipality = Line(blank=True, load_default="")
    member = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    aliases = _aliases(load_default=list)


class NewOrganisationSchema(OrganisationSchema):
    """``state`` is ``proposed`` for what somebody should look at before people are told of it."""

    state = Choice((Standing.LISTED, Standing.PROPOSED), load_default=Standing.LISTED)


class OrganisationChangeSchema(Schema):
    """Fields that are not sent stay as they are. ``revision``, if sent, is the one that the entry must have."""

    name = Line()
    municipality = Line(blank=True)
    member = fields.Boolean(truthy={True}, falsy={False})
    aliases = _aliases()
    revision = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_REVISION))


class OrganisationFormSchema(OrganisationSchema):
    """An entry as a form sends it, with the revision that was filled in for."""

    revision = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_REVISION))


class MergerFormSchema(Schema):
    """``q`` is what somebody searches for; ``into`` is chosen from what was found."""

    q = Line(blank=True, load_default="")
    into = fields.UUID(load_default=None)


class SpellingQuery(Schema):
    """A ``spelling`` without an entry, and what somebody searches for instead of it."""

    spelling = Line(required=True)
    q = Line(blank=True, load_default="")


class AssignmentSchema(Schema):
    """Which entry a spelling means."""

    spelling = Line(required=True)
    organisation_id = fields.UUID(required=True)


class MergerSchema(Schema):
    """``into`` is the entry that stays."""

    into = fields.UUID(required=True)


class DirectoryQuery(PageQuery):
    """``q`` is looked for in all names; ``state`` and ``member`` filter if they are sent."""

    q = Line(blank=True, load_default="")
    state = Choice((Standing.LISTED, Standing.PROPOSED), blank=True, load_default="")
    member = Choice(("true", "false"), blank=True, load_default="")


def chosen_membership(query: Mapping[str, Any]) -> bool | None:
    """The ``member`` of a :class:`DirectoryQuery`; None filters nothing."""
    return {"true": True, "false": False}.get(query["member"])


class OrganisationAnswer(Schema):
    """``merged_into`` is the entry that stands for one that is merged."""

    id = fields.UUID()
    name = fields.String()
    municipality = fields.String()
    member = fields.Boolean()
    state = fields.String(metadata={"enum": list(Standing)})
    merged_into = fields.UUID(allow_none=True)
    aliases = fields.List(fields.String())
    revision = fields.Integer()


class EntryAnswer(Schema):
    """A line of the directory; ``registrations`` is how many count for it."""

    id = fields.UUID()
    name = fields.String()
    municipality = fields.String()
    member = fields.Boolean()
    state = fields.String(metadata={"enum": [Standing.LISTED, Standing.PROPOSED]})
    registrations = fields.Integer()


class DirectoryAnswer(Schema):
    items = fields.List(fields.Nested(EntryAnswer))
    next_cursor = fields.String(allow_none=True)


def entry_answer(entry: Entry) -> dict[str, Any]:
    organisation: Organisation = entry.organisation
    return {
        "id": organisation.id,
        "name": organisation.name,
        "municipality": organisation.municipality,
        "member": organisation.member,
        "state": organisation.state,
        "registrations": entry.registrations,
    }
