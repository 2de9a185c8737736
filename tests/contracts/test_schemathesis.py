"""Whatever is sent to the three interfaces, they answer as their documents say, and never with a fault of their own."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.messages import SERVICES
from tests.contracts.likely import Known, likely
from tests.notifications.reply_mails import ReplyMail
from tests.system.acts import (
    SPRING_DAY,
    enrol,
    event_on,
    issue_certificate,
    publish,
    publish_series,
    register,
    tick_attendance,
)
from tests.system.harness import TOKEN, RunningSystem
from tests.system.mails import invitation_of, link

Operation = APIOperation[Any, Any, Any, Any]

pytestmark = pytest.mark.xdist_group("api")

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]
URI_TOO_LONG = 414
"""The HTTP server says so itself, before a service sees the request."""
THE_DAY_BEFORE = {
    "timing": "before_start",
    "amount": 1,
    "unit": "days",
    "each_session": True,
    "audience": "confirmed",
}
LAST = ("/cancel", "/revoke", "/stop")
"""What ends a thing is tried when everything else has been."""


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_a_documented_one(api: RunningSystem, service: str) -> None:
    fuzz(api, service, examples=12)


@pytest.mark.long
@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_a_documented_one_however_often_one_asks(api: RunningSystem, service: str) -> None:
    fuzz(api, service, examples=150)


def fuzz(api: RunningSystem, service: str, *, examples: int) -> None:
    """``examples`` for each operation that fit its document more or less, and as many that do not."""
    document = api.get(f"/api/{service}/v1/openapi.json").json()
    asked = schemathesis.openapi.from_dict(document)
    generated = schemathesis.openapi.from_dict(likely(document, something_of_everything(api)))
    operations: list[Operation] = [found.ok() for found in generated.get_all_operations()]  # type: ignore[union-attr]  # an error has no ok()
    for operation in sorted(operations, key=lambda operation: operation.path.endswith(LAST)):
        original = asked[operation.path][operation.method.upper()]
        for mode in GenerationMode:
            _ask(api, operation, original, mode, examples)


def _ask(api: RunningSystem, operation: Operation, original: Operation, mode: GenerationMode, examples: int) -> None:
    needs_token = "security" in operation.definition.raw

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), as_staff=st.just(True) if needs_token else st.booleans())
    def is_answered_as_documented(case: Case[Any], as_staff: bool) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"} if as_staff else {}
        answer = case.call(base_url=api.base_url, headers=headers)
        assume(answer.status_code != URI_TOO_LONG)
        success = answer.status_code < 400
        assert not success or str(answer.status_code) in original.definition.raw["responses"]
        _as_sent(case, original).validate_response(answer, checks=CHECKS, headers=headers)

    is_answered_as_documented()


def _as_sent(case: Case[Any], original: Operation) -> Case[Any]:
    """The same request to the operation of the document itself."""
    return original.Case(
        method=case.method,
        path_parameters=case.path_parameters,
        headers=case.headers,
        query=case.query,
        body=case.body,
        media_type=case.media_type,
    )


def something_of_everything(api: RunningSystem) -> Known:
    """A series, events, people with seats and on the waitlist, mails, a certificate; how each can be asked for."""
    mark = uuid4().hex[:8]
    series = api.post("/api/catalogue/v1/series", {"title": {"de": f"Reihe {mark}"}}, staff=True).json()
    training = publish_series(api, slug=f"grundlagen-{mark}")
    event = publish(api, event_on(SPRING_DAY, slug=f"vereinsrecht-{mark}", capacity=2))
    draft = api.post("/api/catalogue/v1/events", event_on(slug=f"entwurf-{mark}", capacity=5), staff=True).json()
    addresses = [f"{name}-{mark}@verein.example" for name in ("olena", "mehmet", "fatima", "joao")]
    people = [register(api, event["id"], address) for address in addresses]
    mails = {address: api.mails.wait_for(address, 1)[0] for address in addresses}
    module = publish(api, {**event_on(SPRING_DAY, slug=f"satzung-{mark}", capacity=2), "series_id": training["id"]})
    enrolments = [enrol(api, training["id"], address) for address in addresses]
    tick_attendance(api, event, people[0]["id"])
    certificate = issue_certificate(api, event["id"], people[0]["id"])
    job = api.post(f"/api/notifications/v1/events/{event['id']}/certificates", {}, staff=True).json()
    circulars = [write_circular(api, event["id"]) for _ in range(2)]
    replies = [take_in_reply(api, mails[addresses[0]], number) for number in range(4)]
    reminder = api.post(f"/api/notifications/v1/events/{event['id']}/reminders", THE_DAY_BEFORE, staff=True).json()
    listed: Mapping[str, Any] = api.get(f"/api/notifications/v1/mails?event_id={event['id']}", staff=True).json()
    return {
        "series_id": [series["id"], training["id"]],
        "enrolment_id": [one["id"] for one in enrolments],
        "event_id": [event["id"], event["id"], draft["id"], module["id"]],
        "session_id": [session["id"] for session in event["sessions"]],
        "registration_id": [person["id"] for person in people],
        "mail_id": [mail["id"] for mail in listed["items"]],
        "circular_id": circulars,
        "reply_id": replies,
        "reminder_id": [reminder["id"]],
        "template": ["confirmed", "waitlisted", "link", "reminder"],
        "job_id": [job["id"]],
        "number": [certificate["number"]],
        "code": [certificate["code"]],
        "token": [link(mail, "/my/").rpartition("/")[2] for mail in mails.values()],
        "locale": ["de", "en"],
        "time_zone": ["Europe/Berlin", "America/New_York"],
        "If-Match": ['"1"', '"2"', "*"],
    }


def write_circular(api: RunningSystem, event_id: str) -> str:
    """A draft; its id."""
    letter = {"subject": {"de": "Laptop"}, "text": {"de": "Bitte mitbringen."}, "states": ["confirmed"]}
    drafted = api.post(f"/api/notifications/v1/events/{event_id}/circulars", letter, staff=True).json()
    return str(drafted["id"])


def take_in_reply(api: RunningSystem, invited: EmailMessage, number: int) -> str:
    """A calendar's reply to the invitation in a mail, from an address that was not invited; its id. It waits."""
    invitation = invitation_of(invited)
    assert invitation is not None
    uid = str(invitation[1]["UID"])
    file = api.folder / f"reply-{uid}-{number}.eml"
    file.write_bytes(bytes(ReplyMail(uid=uid, sender="somebody@private.example", message_id=f"<{number}-{uid}>")))
    api.run("services.notifications", "read-mail", str(file))
    (newest,) = api.get("/api/notifications/v1/replies?limit=1", staff=True).json()["items"]
    return str(newest["id"])
