"""What stands ready when a route is called: people with seats or in line, parties, organisations, webhooks."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from services.registration import directory
from services.registration.directory import Draft
from services.registration.links import my_token
from services.registration.models import Delivery, Party, Registration
from shared.audit import ENGINE
from shared.database import new_id
from tests.catalogue.browser import Page
from tests.registration.asking import a_question
from tests.registration.browser import Browser
from tests.registration.front import LINK_KEY, Front, wish
from tests.registration.test_api_webhooks import WEBHOOK
from tests.rules import a_waitlist

BO = {"first_name": "Bo", "last_name": "Berg", "email": "bo@verein.example"}
COLLEAGUE = {**BO, "organisation": "Verein", "locale": "en"}
AYLIN = {**wish("Aylin Kaya"), "organisation": "Verein"}
PDF = {"name": "cv.pdf", "content": "JVBERi0xLjc="}
PEOPLE = b"Nachname;Vorname;E-Mail\nNovak;Ana;ana@example.org\n"
SLUG = "law"
LATE = 21
"""O'clock, when nothing is offered."""


@dataclass
class Scenes:
    """Each method makes what it names, and gives its id or path."""

    front: Front

    def api(self, method: str, path: str, body: Any = None, *, by: str = "") -> TestResponse:
        return self.front.send(method, path, by=by, json={} if body is None else body)

    def page(self, path: str, by: str = "alice", /, **fields: Any) -> Page:
        """The answer to a form with these fields."""
        browser = Browser(self.front, by)
        return browser.post(path, {"csrf_token": browser.open("/my").value("csrf_token"), **fields})

    def event(self, **changes: Any) -> UUID:
        return self.front.house.event(**{"slug": SLUG, "capacity": 3, **changes})

    def seated(self, **changes: Any) -> UUID:
        return self.front.house.register(self.event(**changes), "Ana Novak").registration_id

    def pending(self) -> UUID:
        return self.seated(confirm_address_minutes=60)

    def line(self) -> tuple[UUID, UUID, UUID]:
        """One who has the only seat, and two who wait for an offer."""
        event = self.event(capacity=1, waitlist=a_waitlist(policy="offer", offer_hours=24))
        first, second, third = (self.front.house.register(event).registration_id for _ in range(3))
        return first, second, third

    def waiting(self) -> UUID:
        return self.line()[2]

    def set_aside(self) -> UUID:
        waiting = self.waiting()
        self.front.house.set_aside(waiting)
        return waiting

    def waiting_beside_a_seat(self) -> UUID:
        """It is free at an hour at which nobody is made an offer."""
        seated, _second, third = self.line()
        self.front.house.clock.moment = self.front.house.clock().replace(hour=LATE)
        self.front.house.cancel(seated)
        return third

    def offered(self) -> UUID:
        seated, second, _third = self.line()
        self.front.house.cancel(seated)
        return second

    def answered(self) -> UUID:
        """A person who has answered a question, sent a file and said what they need."""
        questions = [a_question("meal"), a_question("cv", "file")]
        event = self.event(questions=questions, needs=["wheelchair"])
        said = {"answers": {"meal": "all", "cv": PDF}, "needs": {"wheelchair": True}}
        answer = self.front.register(event, "Ana Novak", **said)
        return UUID(answer.get_json()["id"])

    def party(self) -> str:
        """The page of its contact."""
        event = self.event(largest_party=3)
        answer = self.front.post(f"/events/{event}/parties", {"contact": AYLIN, "people": [BO]})
        assert answer.status_code == 201, answer.get_json()
        with self.front.core.database.read() as session:
            return f"/my/{my_token(LINK_KEY, session.scalars(select(Party)).one().contact)}"

    def session(self) -> tuple[str, str, UUID]:
        """The path of an attendance list, the one in the API, and who has a seat."""
        snapshot = self.front.house.snapshot()
        event, held = self.front.house.tell(snapshot), snapshot["sessions"][0]["session_id"]
        registration_id = self.front.house.register(event).registration_id
        self.front.house.clock.turn(days=30, hours=1)
        return f"/organise/events/{event}/attendance/{held}", f"/sessions/{held}/attendance", registration_id

    def meeting(self, **changes: Any) -> tuple[UUID, UUID]:
        """Who has a seat, and the session online that goes on."""
        house = self.front.house
        held = house.session(house.clock() + timedelta(days=1), meeting_url="https://meet.example.org/room", **changes)
        registration_id = house.register(house.event(format="online", sessions=[held])).registration_id
        house.clock.turn(days=1, hours=1)
        return registration_id, held["session_id"]

    def organisation(self, name: str = "Brücke") -> UUID:
        with self.front.core.database.unit_of_work(self.front.core.clock()) as uow:
            made = directory.add(uow, Draft(name), ENGINE)
            uow.commit()
        return made.id

    def webhook(self) -> str:
        """Its path in the API, and below the organisers' pages."""
        return f"/webhooks/{self.api('POST', '/webhooks', WEBHOOK, by='adam').get_json()['id']}"

    def delivery(self) -> str:
        """A delivery that has failed; its path below the webhook's."""
        webhook, delivery_id, now = self.webhook(), new_id(), self.front.core.clock()
        failed = Delivery(
            id=delivery_id,
            webhook_id=UUID(webhook.rpartition("/")[2]),
            message_id=new_id(),
            topic=WEBHOOK["topics"][0],
            body={},
            state="failed",
            attempts=9,
            queued_at=now,
            available_at=now,
        )
        with self.front.core.database.unit_of_work(now) as uow:
            uow.session.add(failed)
            uow.commit()
        return f"{webhook}/deliveries/{delivery_id}"

    def own(self, registration_id: UUID, rest: str) -> str:
        """A path below the person's page."""
        return f"/my/{self.front.token_of(registration_id)}/registrations/{registration_id}/{rest}"

    def room(self, registration_id: UUID, rest: str = "") -> str:
        """A path of the person in the event's room."""
        event_id = self.front.house.registration(registration_id).event_id
        return f"/organise/events/{event_id}/people/{registration_id}{rest}"

    def everybody(self) -> list[str]:
        with self.front.core.database.read() as session:
            return [str(one) for one in session.scalars(select(Registration.id))]

    def tried_out(self) -> tuple[Browser, Page]:
        """A trial of a file with one person, and the browser that looks at it."""
        browser, path = Browser(self.front, "alice"), f"/organise/events/{self.event()}/people/import"
        return browser, browser.send(browser.open(path), file=(io.BytesIO(PEOPLE), "people.csv"))
