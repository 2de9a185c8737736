"""What stands in the query and the headers of requests."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, ValidationError, fields

from services.catalogue.selection import EVERYTHING, Selection
from services.catalogue.web.answers import STATES
from services.catalogue.web.fields import LanguageCode, WholeNumber
from shared.errors import InvalidError
from shared.languages import text as _
from shared.messages.catalogue import EVENT_KINDS
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.web.schemas import Choice, Instant, Line, Schema, load

_TAG = r'"([0-9]{1,9})(-[0-9a-f]*)?"'


class IfMatch(fields.String):
    """The version that the writer saw, from an entity tag as this API sends it; None for ``*`` or without it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})["pattern"] = rf"^({_TAG}|\*)$"
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int | None:  # type: ignore[override]  # it loads a version
        tag = super()._deserialize(value, attr, data, **kwargs).strip()
        if tag == "*":
            return None
        found = re.fullmatch(_TAG, tag)
        if not found:
            raise ValidationError([_("Please send the ETag of the answer that the change is based on.")])
        return int(found[1])


class WritingHeaders(Schema):
    if_match = IfMatch(data_key="If-Match", load_default=None)


class CreatingHeaders(Schema):
    idempotency_key = Line(data_key="Idempotency-Key", longest=200, load_default="")


class ListQuery(Schema):
    state = Choice(STATES, load_default="")
    q = Line(blank=True, load_default="")
    limit = WholeNumber(least=1, most=LARGEST_LIMIT, load_default=DEFAULT_LIMIT)
    cursor = Line(longest=1_000, load_default=None)


class EventQuery(ListQuery):
    kind = Choice(EVENT_KINDS, load_default="")
    series_id = fields.UUID(load_default=None)
    from_ = Instant(data_key="from", load_default=None)
    until = Instant(load_default=None)


class RevisionQuery(Schema):
    revision = Choice(("published", "pending"), load_default="published")


class SelectionQuery(Schema):
    """As it stands in the address of a page or a feed, beside the reader's language and the like."""

    class Meta:
        unknown = EXCLUDE

    kind = Choice(EVENT_KINDS, blank=True, load_default="")
    city = Line(blank=True, load_default="")
    language = LanguageCode(blank=True, load_default="")
    speaker = Line(blank=True, load_default="")


def asked_selection() -> Selection:
    """What this request's address narrows to. Raises :class:`InvalidError`."""
    if not request.query_string:
        return EVERYTHING
    try:
        return Selection(**load(SelectionQuery, request.args))
    except InvalidError as error:
        raise InvalidError("selection_unknown", _("This address was mistyped."), errors=error.errors) from error
