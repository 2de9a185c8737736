"""Files that people send with an answer: few kinds, bounded, and what they say they are."""

import base64
import binascii
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from shared.languages import text as _
from shared.text import has_control_characters, one_line

LARGEST_FILE = 5 * 1024 * 1024
"""Bytes."""
MOST_FILES = 3
"""That one form can send."""
NAME_LENGTH = 120

MEDIA_TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}
_MAGIC: Mapping[str, bytes] = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, checked: its name has no path, its content fits its media type."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is stored already."""

    file_id: UUID
    name: str
    size: int


def check_upload(raw: Any) -> Upload:
    """A checked file from a form (``(name, bytes)``) or from JSON (``{"name": .., "content": base64}``).

    Raises ValueError with a sentence for people.
    """
    name, content = _sent(raw)
    name = clean_name(name)
    media_type = MEDIA_TYPES.get(PurePosixPath(name).suffix.lower())
    if media_type is None:
        raise ValueError(_("Please choose a PDF, a picture (JPEG, PNG) or a document (DOCX, ODT)."))
    if not content:
        raise ValueError(_("This file is empty."))
    if len(content) > LARGEST_FILE:
        raise ValueError(_("This file is too large: at most 5 MB."))
    if not _is(media_type, content):
        raise ValueError(_("This file is not what its name says. Please save it again in the right format."))
    return Upload(name, media_type, content)


def _sent(raw: Any) -> tuple[str, bytes]:
    if isinstance(raw, tuple):
        return raw
    if isinstance(raw, Mapping) and isinstance(raw.get("name"), str) and isinstance(raw.get("content"), str):
        try:
            return raw["name"], base64.b64decode(raw["content"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError(_("The content of a file is sent as base64.")) from error
    raise ValueError(_("A file is sent with its name and content."))


def clean_name(name: str) -> str:
    """The last part of what may be a path of any system, short and on one line.

    Raises ValueError with a sentence for people.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    if has_control_characters(last):
        raise ValueError(_("The name of this file cannot be used. Please rename it."))
    path = PurePosixPath(one_line(last))
    return path.stem[: NAME_LENGTH - len(path.suffix)] + path.suffix


def kind_of(content: bytes) -> str | None:
    """The media type of a PDF, JPEG or PNG, by how it begins; None for anything else."""
    return next((kind for kind, magic in _MAGIC.items() if content.startswith(magic)), None)


def _is(media_type: str, content: bytes) -> bool:
    if media_type in _MAGIC:
        return content.startswith(_MAGIC[media_type])
    return content.startswith(_ZIP) and _is_document(media_type, content)


def _is_document(media_type: str, content: bytes) -> bool:
    """Whether the archive has the parts of its kind of document; no more than its declared type is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if media_type == MEDIA_TYPES[".docx"]:
                return {"[Content_Types].xml", "word/document.xml"} <= set(archive.namelist())
            with archive.open("mimetype") as declared:
                return declared.read(len(media_type) + 1) == media_type.encode()
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return False
