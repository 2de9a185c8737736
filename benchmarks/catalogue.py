"""What everybody looks at: an event's page, and the feeds that calendars fetch."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import requests

from benchmarks import scenes
from benchmarks.driving import driven, serving
from benchmarks.rows import Row, rate_row
from benchmarks.statements import counted
from services.catalogue import app as catalogue
from services.catalogue.settings import CatalogueSettings

FEED, FEED_ENTRIES = "/calendar.ics", 500
COMPRESSED = {"Accept-Encoding": "gzip"}
A_BROWSER = {**COMPRESSED, "Accept-Language": "de-DE,de;q=0.9,en;q=0.8", "Cookie": "reihe_language=de"}


def pages_and_feeds(folder: Path) -> Iterator[Row]:
    url = f"sqlite:///{folder / 'catalogue.db'}"
    slug = scenes.catalogue_with_events(url, events=FEED_ENTRIES)
    with serving("catalogue", url, folder, processes=1) as address:
        hello = driven(address, "gets", {"path": "/limit/hello"}).rate
        etag = requests.get(f"http://{address}{FEED}", headers=COMPRESSED, timeout=30).headers["ETag"]
        unchanged = {**COMPRESSED, "If-None-Match": etag}
        for what, path, headers, status, target in (
            ("public event page", f"/events/{slug}", A_BROWSER, 200, "≥ 0.4"),
            (f"feed, {FEED_ENTRIES} entries, 304", FEED, unchanged, 304, "≥ 0.7"),
            (f"feed, {FEED_ENTRIES} entries, 200, gzip", FEED, COMPRESSED, 200, "≥ 0.4"),
        ):
            outcome = driven(address, "gets", {"path": path, "headers": headers})
            statements = _statements(url, path, headers)
            yield rate_row(what, outcome, "Flask's hello world", hello, target, status=status, statements=statements)


def _statements(url: str, path: str, headers: Mapping[str, str]) -> str:
    """How many SQL statements the first answer of a process needs, and the next within a second."""
    core = catalogue.compose(CatalogueSettings.from_environment(scenes.environment(url)))
    client = catalogue.create_app(core).test_client()
    numbers = []
    for _ in range(2):
        with counted(core.database) as statements:
            client.get(path, headers=dict(headers))
        numbers.append(len(statements))
    core.close()
    return "{} at first, then {}".format(*numbers)
