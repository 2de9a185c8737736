"""The list of what is run (`make sbom`) holds all that is locked, and its checksums."""

import json
import re
import subprocess
import sys
from pathlib import Path

from shared.testing import ROOT

LOCKED = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def test_each_locked_dependency_stands_there_with_version_and_checksum(tmp_path: Path) -> None:
    target = tmp_path / "sbom.cdx.json"
    command = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "requirements",
        "requirements.txt",
        "--pyproject",
        "pyproject.toml",
    ]
    subprocess.run([*command, "--output-file", str(target)], cwd=ROOT, check=True, capture_output=True, timeout=60)
    written = json.loads(target.read_text())
    assert (written["bomFormat"], written["metadata"]["component"]["name"]) == ("CycloneDX", "reihe")
    found = {(part["name"].lower(), part["version"]) for part in written["components"]}
    locked = {(name.lower(), version) for name, version in LOCKED.findall((ROOT / "requirements.txt").read_text())}
    assert found == locked
    assert all(reference["hashes"] for part in written["components"] for reference in part["externalReferences"])
