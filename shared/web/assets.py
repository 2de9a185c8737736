"""Static files under names that hold their hash, so that they may be cached for ever."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

STATIC = Path(__file__).parent / "static"
EXTENSION = "reihe-assets"


@dataclass(frozen=True)
class Asset:
    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:16]

    @property
    def url(self) -> str:
        return f"/assets/{self.digest}/{self.name}"

    @property
    def media_type(self) -> str:
        kind = "text/javascript" if self.name.endswith(".js") else mimetypes.guess_type(self.name)[0]
        return f"{kind}; charset=utf-8" if kind and kind.startswith("text/") else kind or "application/octet-stream"


def load_assets(accent: str) -> dict[str, Asset]:
    """All static files by name, and ``installation.css`` with the installation's own accent colour.

    Every service has all of them, for any service may be asked for any; also what set-up has put beside them.
    """
    assets = {path.name: Asset(path.name, path.read_bytes()) for path in STATIC.iterdir() if path.is_file()}
    own_colour = f":root {{ --accent: {accent}; }}\n" if accent else ""
    assets["installation.css"] = Asset("installation.css", own_colour.encode())
    return assets


def asset(name: str) -> str:
    """The address of a static file; a name that does not exist is a mistake in a template and raises."""
    return _assets()[name].url


def asset_if_there(name: str) -> str:
    """The same of a file that set-up may have left out; empty then."""
    found = _assets().get(name)
    return found.url if found else ""


def content(name: str) -> bytes:
    """A static file that is also served under a name of its own."""
    return _assets()[name].content


bp = Blueprint("assets", __name__)


@bp.get("/assets/<digest>/<name>")
def serve(digest: str, name: str) -> Response:
    found = _assets().get(name)
    if found is None or found.digest != digest:
        raise NotFound
    response = Response(found.content, content_type=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(found.digest)
    return response.make_conditional(request)  # type: ignore[return-value]  # the same object


def _assets() -> dict[str, Asset]:
    found: dict[str, Asset] = current_app.extensions[EXTENSION]
    return found
