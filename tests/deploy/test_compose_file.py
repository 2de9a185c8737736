"""What docker-compose.yml promises, read from the file itself."""

import re
import subprocess
import sys
from itertools import chain

import pytest

from services.catalogue.settings import CatalogueSettings
from services.notifications.settings import NotificationsSettings
from services.registration.settings import RegistrationSettings
from shared.config import Settings
from shared.messages import SERVICES
from shared.testing import ROOT
from tests.deploy.composed import (
    FILE,
    VARIABLE,
    MissingVariableError,
    compose_file,
    services,
    settings_of,
    with_values,
)

SETTINGS: dict[str, type[Settings]] = {
    "catalogue": CatalogueSettings,
    "registration": RegistrationSettings,
    "notifications": NotificationsSettings,
}
OWN = [f"{service}-{kind}" for service in SERVICES for kind in ("migrate", "web", "worker")]
SECRET = re.compile(r"KEY|PASSWORD|TOKEN")


def variables(settings: type[Settings]) -> set[str]:
    return {field.metadata["variable"] for field in settings.__dataclass_fields__.values()}


def test_it_fits_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_it_runs_gateway_three_webs_three_workers_database_broker_and_mail_catcher() -> None:
    assert set(services()) == {*OWN, "gateway", "postgres", "rabbitmq", "mail-catcher"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_a_service_can_be_set_and_no_other_is_passed(service: str) -> None:
    containers = [name for name in OWN if name.startswith(service)]
    passed = set(chain.from_iterable(settings_of(name) for name in containers))
    assert passed == variables(SETTINGS[service])


@pytest.mark.parametrize("container", OWN)
def test_a_container_starts_its_own_service_from_its_own_image(container: str) -> None:
    service, kind = container.split("-")
    described = services()[container]
    assert described["command"][:4] == ["python", "-m", f"services.{service}", kind]
    assert described["image"] == f"reihe-{service}"
    assert described["build"] == {"context": ".", "dockerfile": "deploy/Dockerfile", "args": {"SERVICE": service}}


def test_no_secret_has_a_default() -> None:
    """Each is required somewhere, so that nothing starts without; an account's and those that sign may be empty."""
    defaults: dict[str, set[str]] = {}
    for name, operator, rest in VARIABLE.findall(FILE.read_text()):
        if SECRET.search(name):
            defaults.setdefault(name, set()).add("required" if operator == "?" else rest)
    optional = {"REIHE_ADMIN_PASSWORD", "REIHE_API_TOKEN", "REIHE_DKIM_KEY", "REIHE_SIGNING_KEY"}
    assert {name for name, found in defaults.items() if "required" not in found} == optional
    assert set(chain.from_iterable(defaults.values())) == {"required", ""}


@pytest.mark.parametrize(
    "name",
    [
        "REIHE_SECRET_KEY",
        "REIHE_LINK_KEY",
        "REIHE_NEEDS_KEY",
        "REIHE_SECOND_FACTOR_KEY",
        "REIHE_POSTGRES_PASSWORD",
        "REIHE_AMQP_PASSWORD",
    ],
)
def test_a_missing_secret_is_named_and_how_to_make_it(name: str) -> None:
    others = {found: "x" for found, _, _ in VARIABLE.findall(FILE.read_text()) if found != name}
    with pytest.raises(MissingVariableError, match=f"{name}: make one with openssl rand -hex"):
        with_values(FILE.read_text(), others)


@pytest.mark.parametrize("container", [name for name in services() if name != "postgres"])
def test_a_container_has_no_rights_it_does_not_need(container: str) -> None:
    described = services()[container]
    assert described["read_only"] is True
    assert described["cap_drop"] == ["ALL"]
    assert described["security_opt"] == ["no-new-privileges:true"]
    assert container in OWN or described["user"] not in ("root", "0")


def test_the_database_cannot_write_its_image_nor_gain_rights() -> None:
    # Its image begins as root, to own its volume, and then steps down.
    assert services()["postgres"]["read_only"] is True
    assert services()["postgres"]["security_opt"] == ["no-new-privileges:true"]


def test_nothing_is_open_to_the_world_but_through_a_proxy_on_this_host() -> None:
    published = list(chain.from_iterable(described.get("ports", []) for described in services().values()))
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_database_and_broker_are_in_a_network_of_their_own() -> None:
    assert compose_file()["networks"]["inside"] == {"internal": True}
    assert services()["postgres"]["networks"] == services()["rabbitmq"]["networks"] == ["inside"]
    assert "inside" not in services()["gateway"]["networks"]


def test_only_what_speaks_to_the_world_reaches_it() -> None:
    """Besides the gateway: whoever hands over mails and whoever delivers webhooks."""
    outside = {name for name, described in services().items() if "outside" in described["networks"]}
    assert outside == {"gateway", "notifications-worker", "registration-worker", "mail-catcher"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_when_its_database_is_there_and_booking_needs_no_broker(service: str) -> None:
    migrated = {f"{service}-migrate": {"condition": "service_completed_successfully"}}
    assert services()[f"{service}-migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services()[f"{service}-migrate"]["restart"] == "no"
    assert services()[f"{service}-web"]["depends_on"] == migrated
    assert services()[f"{service}-worker"]["depends_on"] == {**migrated, "rabbitmq": {"condition": "service_healthy"}}


@pytest.mark.parametrize("container", ["gateway", "postgres", "rabbitmq"])
def test_health_is_looked_at(container: str) -> None:
    assert services()[container]["healthcheck"]["test"][0] == "CMD"


def test_images_of_others_have_a_version() -> None:
    for name in ("gateway", "postgres", "rabbitmq", "mail-catcher"):
        assert re.fullmatch(r"[a-z/]+:v?\d+[\w.-]*", services()[name]["image"])


def test_files_that_are_mounted_exist() -> None:
    mounts = chain.from_iterable(described.get("volumes", []) for described in services().values())
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert len(files) == 4
    assert all((ROOT / file).exists() for file in files)


def test_data_lives_in_volumes() -> None:
    volumes = [mount for described in services().values() for mount in described.get("volumes", [])]
    assert set(compose_file()["volumes"]) == {mount.split(":")[0] for mount in volumes if not mount.startswith("./")}
