"""The image of one service, as far as it can be made without an engine: what the Dockerfile copies, and how it ends."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from shared.testing import ROOT

DOCKERFILE = ROOT / "deploy/Dockerfile"


@dataclass(frozen=True)
class Instruction:
    keyword: str
    text: str


def instructions(service: str) -> list[Instruction]:
    """The Dockerfile's instructions with the service put in, continued lines joined."""
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text()))
    lines = [line.replace("${SERVICE}", service) for line in text.splitlines() if line.strip()]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def copied(service: str) -> list[tuple[str, str]]:
    """(source in the repository, place in the image) of each COPY that takes from the repository."""
    found = [i.text.split() for i in instructions(service) if i.keyword == "COPY" and "--from" not in i.text]
    return [(words[0], words[1]) for words in found]


def make_image_folder(service: str, folder: Path) -> None:
    """Put into ``folder`` what the image has in its working directory, translations compiled."""
    for source, place in copied(service):
        target = folder / place / (Path(source).name if place.endswith("/") else "")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, target)
    compiling = next(i.text for i in instructions(service) if i.keyword == "RUN" and "pybabel" in i.text)
    command = compiling.replace("/venv/bin/", f"{shlex.quote(str(Path(sys.executable).parent))}/")
    subprocess.run(["sh", "-ec", command], cwd=folder, check=True, capture_output=True)
