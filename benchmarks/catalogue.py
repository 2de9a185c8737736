"""What everybody looks at: an event's page, and the feeds that calendars fetch."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import requests

from benchmarks import scenes
from benchmarks.driving import driven, serving
from benchmarks.rows import Row, rate_row

FEED_ENTRIES = 500


def pages_and_feeds(folder: Path) -> Iterator[Row]:
    url = f"sqlite:///{folder / 'catalogue.db'}"
    slug = scenes.catalogue_with_events(url, events=FEED_ENTRIES)
    with serving("catalogue", url, folder, processes=1) as address:
        hello = driven(address, "gets", {"path": "/limit/hello"}).rate
        etag = requests.get(f"http://{address}/calendar.ics", timeout=30).headers["ETag"]
        for what, options, target in (
            ("public event page", {"path": f"/events/{slug}"}, "≥ 0.4"),
            ("feed, 500 entries, 304", _feed({"If-None-Match": etag}), "≥ 0.7"),
            ("feed, 500 entries, 200, gzip", _feed({"Accept-Encoding": "gzip"}), "≥ 0.4"),
        ):
            yield rate_row(what, driven(address, "gets", options), "Flask's hello world", hello, target)


def _feed(headers: Mapping[str, str]) -> Mapping[str, object]:
    return {"path": "/calendar.ics", "headers": headers}
