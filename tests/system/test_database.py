"""PostgreSQL ends the services' connections, as it does when it is restarted."""

from tests.system.acts import settle
from tests.system.breakable import Breakable, breaks
from tests.system.crowd import Crowd
from tests.system.databases import cut_connections, end_leases
from tests.system.harness import TOKEN
from tests.system.logs import lines_with

pytestmark = breaks


def test_all_services_recover_by_themselves_with_nothing_lost_or_doubled(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    settle(system, event["id"])
    crowd = Crowd(system, event["id"], size=60)
    crowd.begin()
    for count in (10, 25, 40):
        crowd.wait_for(count)
        assert cut_connections(system)
    assert {answer["state"] for answer in crowd.end()} == {"confirmed"}
    # A claim whose commit was cut off may hold although its worker does not know of it.
    end_leases(system)
    settle(system, event["id"])
    assert system.mails.counted(crowd.addresses) == dict.fromkeys(crowd.addresses, 1)
    assert "All promises are kept." in system.run("services.registration", "check")
    assert lines_with(system, ["guest-", "verein.example", "Beispiel", TOKEN]) == [], "errors are logged without values"
