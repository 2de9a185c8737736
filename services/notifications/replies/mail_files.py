"""Mails in files: one in its wire form (.eml), or many in an mbox (RFC 4155)."""

import mailbox
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path


def mails_in(path: Path) -> Iterator[bytes]:
    """Each mail of a file, in order. Raises ``OSError``."""
    with path.open("rb") as stream:
        is_mbox = stream.read(5) == b"From "
    if not is_mbox:
        yield path.read_bytes()
        return
    with closing(mailbox.mbox(path, create=False)) as box:
        for key in box.iterkeys():
            yield box.get_bytes(key)
