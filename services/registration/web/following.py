"""What a request does after it has changed the directory: the registrations concerned follow at once."""

from collections.abc import Collection
from uuid import UUID

from services.registration import alignment
from services.registration.models import organiser
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff


def follow(organisation_ids: Collection[UUID]) -> None:
    """Bring the registrations in step with these entries. The worker finishes what is interrupted."""
    alignment.follow(this_service().database, now(), organiser(required_staff().account_id), only=organisation_ids)
