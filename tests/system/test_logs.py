"""Logs hold ids, and nothing by which a person could be known or be taken for another."""

import re
from uuid import uuid4

import requests

from tests.system.acts import SPRING_DAY, event_on, publish, register, settle
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
    assert lines_with(system, ['"service":']), "there are logs"
    assert lines_with(system, secrets) == []
    assert [line for line in lines_with(system, ["?"]) if QUERY.search(line)] == []


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
