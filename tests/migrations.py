"""Whether migrations lead to what the models say. ``python -m tests.migrations`` checks all three services;
``--revise catalogue "what changes"`` writes a new revision."""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Engine, MetaData

from shared import migrations
from shared.database import make_engine
from shared.messages import SERVICES
from shared.testing import ROOT


def metadata_of(service: str) -> MetaData:
    models = importlib.import_module(f"services.{service}.models")
    found: MetaData = models.metadata
    return found


def folder_of(service: str) -> Path:
    return ROOT / "services" / service / "migrations"


def migrated(service: str, url: str) -> Engine:
    engine = make_engine(url)
    migrations.upgrade(engine, folder_of(service), metadata_of(service))
    return engine


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.migrations")
    parser.add_argument("--revise", nargs=2, metavar=("SERVICE", "SUBJECT"))
    revise = parser.parse_args(arguments).revise
    with tempfile.TemporaryDirectory() as folder:
        for service in [revise[0]] if revise else SERVICES:
            engine = migrated(service, f"sqlite:///{folder}/{service}.db")
            if revise:
                migrations.revise(engine, folder_of(service), metadata_of(service), revise[1])
            else:
                migrations.check(engine, folder_of(service), metadata_of(service))
            engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
