"""nginx in front of the three services: its configuration for one place, and the command that runs it.

``python -m deploy.gateway`` writes ``deploy/nginx/nginx.conf``, which docker-compose.yml uses.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "nginx"
COMPOSED = FOLDER / "nginx.conf"

Addresses = Mapping[str, str]
"""Service → host and port of its web process."""

_UPSTREAM = """\
    upstream {service} {{
{server}        keepalive 32;
        keepalive_timeout 10s;
    }}
"""


class NginxMissingError(Exception):
    """There is no nginx on this machine."""


def configuration(
    listen: str, addresses: Addresses, *, parts: str = f"{FOLDER}/", limited: bool = True, resolver: str = ""
) -> str:
    """The main configuration file.

    ``parts`` is the folder of the files that are the same everywhere. With a ``resolver``, services are looked up
    again while nginx runs, as containers change their addresses (nginx 1.27.3 or newer).
    """
    return Template((FOLDER / "nginx.conf.template").read_text()).substitute(
        listen=listen,
        limited=int(limited),
        parts=parts,
        resolver=f"    resolver {resolver} valid=10s;\n" if resolver else "",
        upstreams="".join(_upstream(*address, looked_up=bool(resolver)) for address in addresses.items()),
    )


def _upstream(service: str, address: str, *, looked_up: bool) -> str:
    zone = f"        zone {service} 64k;\n" if looked_up else ""
    return _UPSTREAM.format(service=service, server=f"{zone}        server {address}{' resolve' * looked_up};\n")


def composed_configuration() -> str:
    """What docker-compose.yml mounts: services by their names in its network."""
    services = ("catalogue", "registration", "notifications")
    return configuration(
        "8080", {service: f"{service}-web:8000" for service in services}, parts="", resolver="127.0.0.11"
    )


def command(directory: Path, text: str) -> list[str]:
    """Write the configuration into ``directory`` and say how nginx runs with it, in the foreground."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "nginx.conf"
    path.write_text(text)
    # Its workers must reach the directory; started by root they would be somebody else.
    user = " user root;" if os.geteuid() == 0 else ""
    return [nginx(), "-e", "stderr", "-p", f"{directory}/", "-c", str(path), "-g", f"daemon off;{user}"]


def nginx() -> str:
    """Path of the program. Raises :class:`NginxMissingError`."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NginxMissingError("nginx is missing; on Debian: apt-get install nginx-light")
    return found


if __name__ == "__main__":
    COMPOSED.write_text(composed_configuration())
