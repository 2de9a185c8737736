"""The reader of QR codes that set-up puts beside the assets when it can."""

import shutil
import subprocess
import sys
from pathlib import Path

from shared.testing import ROOT


def test_without_npm_set_up_says_so_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "decoder"
    (tmp_path / "static").mkdir()
    shutil.copytree(ROOT / "shared/web/decoder", folder, ignore=shutil.ignore_patterns("node_modules"))
    bare = [sys.executable, "-I", "-S"]  # without what the tests have installed
    ended = subprocess.run(
        [*bare, folder / "install.py"], env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.startswith("Browsers that cannot read QR codes themselves will not")
    assert list((tmp_path / "static").iterdir()) == []
