"""Keys change while the system stays in use: first both hold, then the new ones alone."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from tests.system.acts import SPRING_DAY, event_on, publish, signed_in
from tests.system.harness import SECRETS, RunningSystem, one_process
from tests.system.mails import link

pytestmark = pytest.mark.xdist_group("one process")

NEW = {name: uuid4().hex for name in SECRETS}
BOTH = {name: f"{NEW[name]},{old}" for name, old in SECRETS.items()}


@pytest.fixture
def own_system(tmp_path: Path) -> Iterator[RunningSystem]:
    with one_process(tmp_path) as system:
        yield system


def restart(system: RunningSystem, keys: dict[str, str]) -> None:
    system.stop("reihe")
    system.start("reihe", "services", **keys)
    system.wait_until_ready()


def is_signed_in(browser: requests.Session, system: RunningSystem) -> bool:
    return browser.get(f"{system.base_url}/organise/account", timeout=30).url.endswith("/organise/account")


def test_sign_ins_links_and_needs_hold_while_keys_change_and_links_end_with_the_old_one(
    own_system: RunningSystem,
) -> None:
    system, address = own_system, "olena@verein.example"
    event = publish(system, event_on(SPRING_DAY, slug="schluessel", capacity=3) | {"needs": ["other"]})
    wish = {"first_name": "Olena", "last_name": "Koval", "email": address, "needs": {"other": "ein stiller Raum"}}
    system.post(f"/api/registration/v1/events/{event['id']}/registrations", wish)
    sent_before = link(system.mails.wait_for(address, 1)[0], "/my/")
    at_work = signed_in(system)
    needs = f"{system.base_url}/organise/events/{event['id']}/needs"
    assert "ein stiller Raum" in at_work.get(needs, timeout=30).text

    restart(system, BOTH)
    assert is_signed_in(at_work, system)
    assert requests.get(sent_before, timeout=30).status_code == 200
    assert "ein stiller Raum" in at_work.get(needs, timeout=30).text
    for service in ("registration", "catalogue"):
        system.run(f"services.{service}", "renew-seals", **BOTH)

    restart(system, NEW)
    assert requests.get(sent_before, timeout=30).status_code == 404
    assert is_signed_in(at_work, system)
    assert "ein stiller Raum" in at_work.get(needs, timeout=30).text
