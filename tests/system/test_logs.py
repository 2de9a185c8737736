"""Logs hold ids, and nothing by which a person could be known or be taken for another."""

import re
from collections.abc import Iterable
from uuid import uuid4

import requests

from tests.system.acts import (
    SPRING_DAY,
    event_on,
    issue_certificate,
    publish,
    register,
    send_form,
    settle,
    signed_in,
    tick_attendance,
)
from tests.system.harness import SECRETS, TOKEN, RunningSystem
from tests.system.logs import lines_with
from tests.system.mails import link

QUERY = re.compile(r"\?[\w%.-]+=")


def test_no_log_tells_names_addresses_tokens_passwords_or_queries(system: RunningSystem) -> None:
    mark = uuid4().hex[:8]
    event = publish(system, event_on(SPRING_DAY, slug=f"vereinsrecht-{mark}", capacity=1))
    address = f"rosalind-{mark}@verein.example"
    register(system, event["id"], address)
    register(system, event["id"], f"emmy-{mark}@verein.example")
    (mail,) = system.mails.wait_for(address, 1)
    own_page, calendar = link(mail, "/my/"), own_calendar(system, link(mail, "/my/"))
    for path in (own_page, calendar, own_page[:-3], calendar.replace(".ics", "x.ics")):
        system.get(path.removeprefix(system.base_url), headers={"Referer": own_page})
    for path in (
        f"/api/registration/v1/events/{event['id']}/registrations?q=rosalind",
        f"/api/notifications/v1/mails?event_id={event['id']}&cursor=wrong-{mark}",
        f"/events/{event['slug']}?for=rosalind-{mark}",
        f"/nowhere?email={address}",
    ):
        system.get(path, staff=True)
    send_what_is_wrong(system, event, mark)
    settle(system, event["id"])

    tokens = [own_page.rpartition("/")[2], calendar.rpartition("/")[2].removesuffix(".ics"), TOKEN, *SECRETS.values()]
    secrets = ["rosalind", "emmy", "noether", "Beispiel", "verein.example", f"wrong-{mark}", *tokens]
    assert_silent(system, secrets)


def test_no_log_tells_of_anybody_from_the_form_to_the_erasure(system: RunningSystem) -> None:
    mark = uuid4().hex[:8]
    more = {"needs": ["other"], "largest_party": 3}
    event = publish(system, event_on(SPRING_DAY, slug=f"jubilaeum-{uuid4().hex[:8]}", capacity=5) | more)
    registrations = f"/api/registration/v1/events/{event['id']}"
    address, need, organisation = f"lise-{mark}@verein.example", f"quiet-{mark}", f"Frauenbund {mark}"
    lise = {"first_name": "Lise", "last_name": f"Meitner{mark}", "email": address, "organisation": organisation}
    one = system.post(f"{registrations}/registrations", {**lise, "locale": "ar", "needs": {"other": need}})
    others = [
        {"first_name": name, "last_name": f"Hahn{mark}", "email": f"{name}-{mark}@verein.example"} for name in "ab"
    ]
    party = system.post(f"{registrations}/parties", {"contact": lise | {"email": f"x{address}"}, "people": others})
    assert (one.status_code, party.status_code) == (201, 201), party.text
    own_page = link(system.mails.wait_for(address, 1)[0], "/my/")
    tick_attendance(system, event, one.json()["id"])
    certificate = issue_certificate(system, event["id"], one.json()["id"])
    document = link(system.mails.wait_for(address, 2)[-1], "/my/")
    for path in ("", "/data", "/erasure", "/mails/data.zip", f"/registrations/{one.json()['id']}/details"):
        system.get(own_page.removeprefix(system.base_url) + path)
    system.get(f"/certificates/verify/{certificate['code']}")
    door = door_link(system, event["id"])
    requests.get(door, timeout=30)
    done = send_form(requests.Session(), f"{own_page}/erasure")
    assert done.url.endswith("/my/erased"), done.text
    settle(system, event["id"])

    tokens = [one.rpartition("/")[2] for one in (own_page, document, door)]
    assert_silent(system, [mark, "meitner", certificate["code"], *tokens])


def assert_silent(system: RunningSystem, secrets: Iterable[str]) -> None:
    assert lines_with(system, ['"service":']), "there are logs"
    assert lines_with(system, secrets) == []
    assert [line for line in lines_with(system, ["?"]) if QUERY.search(line)] == []


def door_link(system: RunningSystem, event_id: str) -> str:
    """As an organiser makes it for a helper without an account."""
    path = f"{system.base_url}/organise/events/{event_id}/attendance/door"
    page = send_form(signed_in(system), path, name="Eingang").text
    found = re.search(r"https?://[^\s<>\"]+/check-in/with/[\w-]+", page)
    assert found, page
    return found.group()


def own_calendar(system: RunningSystem, own_page: str) -> str:
    page = system.get(own_page.removeprefix(system.base_url)).text
    found = re.search(r"/calendars/[\w-]+\.ics", page)
    assert found, page
    return found.group()


def send_what_is_wrong(system: RunningSystem, event: dict[str, str], mark: str) -> None:
    registrations = f"/api/registration/v1/events/{event['id']}/registrations"
    system.post(
        registrations, {"first_name": "Emmy", "last_name": "Noether\0", "email": f"emmy-{mark}@@verein.example"}
    )
    system.post(registrations, [f"emmy-{mark}@verein.example"])
    system.post(registrations, "emmy" * 500_000)
    form = {"first_name": "Emmy", "last_name": "Noether", "email": f"emmy-{mark}@verein.example"}
    for path in (f"/register/events/{event['slug']}", "/my", "/login"):
        requests.post(system.base_url + path, data={**form, "password": f"wrong-{mark}"}, timeout=30)
    requests.get(
        f"{system.base_url}/api/catalogue/v1/me", headers={"Authorization": f"Bearer wrong-{mark}"}, timeout=30
    )
