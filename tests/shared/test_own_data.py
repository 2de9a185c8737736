"""What people take away is complete: each table with something of theirs is handed over, or it is said why not."""

from importlib import import_module

import pytest

from shared.personal import PURPOSES
from tests.contracts.documents import personal_registry

SERVICES = {
    "registration": ("services.registration.privacy.own_data", "services.registration.web.my_data"),
    "notifications": ("services.notifications.own_data", "services.notifications.web.my_mails"),
}


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_with_something_of_participants_is_forgotten(service: str) -> None:
    module = import_module(SERVICES[service][0])
    of_participants = {
        table
        for table, columns in personal_registry(service).personal.items()
        if any(PURPOSES[why.purpose].people == "participants" for why in columns.values())
    }
    assert of_participants - set(module.ABOUT) == set(module.NOT_BY_PERSON)


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_has_words_on_the_page(service: str) -> None:
    data, web = SERVICES[service]
    assert set(import_module(web).TITLES) == set(import_module(data).ABOUT)
