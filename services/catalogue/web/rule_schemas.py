"""How the seats of an event are given, as organisers write it: who comes first, reserved seats, offers, quiet hours."""

from marshmallow import fields

from services.catalogue.web.fields import (
    LARGEST_CAPACITY,
    TimeOfDay,
    WholeNumber,
    several,
)
from shared.messages.catalogue import GROUPS_BY, PARTIES, POLICIES, TRANSFERS
from shared.web.schemas import Choice, Content, Instant, Line, Schema

MOST_GROUPS = 10
"""Priority classes of an event, and its pools."""
MOST_ANSWERS = 50
HOURS_OF_TWO_WEEKS = 14 * 24
HOURS_OF_FOUR_WEEKS = 28 * 24


class GroupSchema(Schema):
    """Who belongs to it: people of member organisations, whoever gave one of the answers, or whoever has the code."""

    name = Content(required=True)
    by = Choice(GROUPS_BY, required=True)
    question = Line(allow_none=True, load_default=None)
    answers = several(Line(), MOST_ANSWERS)
    code = Line(longest=40, allow_none=True, load_default=None)


class PoolSchema(GroupSchema):
    """Seats for one group alone, until they are released."""

    seats = WholeNumber(least=1, most=LARGEST_CAPACITY, required=True)
    released_at = Instant(allow_none=True, load_default=None)


class WaitlistSchema(Schema):
    """How the line moves; what is left out is as most events have it."""

    enabled = fields.Boolean(load_default=True)
    policy = Choice(POLICIES, load_default="promote")
    offer_hours = WholeNumber(least=1, most=HOURS_OF_TWO_WEEKS, load_default=48)
    cutoff_hours = WholeNumber(least=0, most=HOURS_OF_TWO_WEEKS, load_default=3)
    closes_hours_before_start = WholeNumber(least=0, most=HOURS_OF_FOUR_WEEKS, load_default=0)
    quiet_from = TimeOfDay(load_default="20:00")
    quiet_until = TimeOfDay(load_default="08:00")
    weekends = fields.Boolean(load_default=False)
    parties = Choice(PARTIES, load_default="wait")
    transfers = Choice(TRANSFERS, load_default="allowed")
    priority_classes = several(fields.Nested(GroupSchema), MOST_GROUPS)
    pools = several(fields.Nested(PoolSchema), MOST_GROUPS)
