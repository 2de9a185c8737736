"""The file that docker-compose.yml mounts is the tested one, for another place."""

import re
import shutil
import subprocess
from pathlib import Path

from deploy import gateway
from shared.testing import require

LOOKS_UP_AGAIN = (1, 27, 3)
"""nginx from this version on follows containers that change their addresses."""


def test_the_composed_configuration_is_made_from_the_template() -> None:
    assert gateway.COMPOSED.read_text() == gateway.composed_configuration(), "run `python -m deploy.gateway`"


def test_nginx_accepts_the_composed_configuration(tmp_path: Path) -> None:
    require("nginx")
    for part in gateway.FOLDER.glob("*.conf"):
        shutil.copy(part, tmp_path)
    text = gateway.composed_configuration()
    if nginx_version() < LOOKS_UP_AGAIN:
        text = re.sub(r"server \w+-web:8000 resolve;", "server 127.0.0.1:8000;", text)
    checked = subprocess.run([*gateway.command(tmp_path, text), "-t"], capture_output=True, text=True, check=False)
    assert (checked.returncode, "[warn]" in checked.stderr) == (0, False), checked.stderr


def nginx_version() -> tuple[int, ...]:
    said = subprocess.run([gateway.nginx(), "-v"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"nginx/([0-9.]+)", said)
    assert found is not None, said
    return tuple(int(part) for part in found[1].split("."))
