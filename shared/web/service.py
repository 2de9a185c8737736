"""What a request can reach: the parts that the composition root put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from flask import current_app

from shared.clock import Clock
from shared.config import Settings
from shared.database import Database
from shared.staff import StaffDirectory

EXTENSION = "reihe"


@dataclass(frozen=True)
class Service:
    """One service's web side. ``pulse`` says, for ``/readyz``, how old the oldest outbox and inbox rows are."""

    name: str
    settings: Settings
    database: Database
    staff: StaffDirectory
    clock: Clock
    package: Path
    """The service's folder; its ``templates`` and ``translations`` are looked up there."""
    pulse: Callable[[], dict[str, Any]] = dict


def this_service() -> Service:
    return cast("Service", current_app.extensions[EXTENSION])


def now() -> datetime:
    """The present instant, from the service's clock."""
    return this_service().clock()
