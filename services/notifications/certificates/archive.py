"""All certificates of an event, or for a series, as one ZIP."""

import tempfile
import unicodedata
import zipfile
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from services.notifications.certificates.occasions import Occasion
from services.notifications.models import Certificate, Registration

_AT_A_TIME = 50
_MOST_IN_MEMORY = 10 * 1024 * 1024
_LONGEST_NAME = 80


def archive_of(session: Session, occasion: Occasion, time_zone: str) -> IO[bytes]:
    """Those that are valid, each as ``2027-0042 Haddad, Layla.pdf``; a file for the caller to send and close.

    Larger ones lie on the disk, and no more than a few documents are in memory at once.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_MOST_IN_MEMORY)  # noqa: SIM115  # the caller sends and closes it
    zone = ZoneInfo(time_zone)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # a PDF is compressed already
        for row in session.execute(_valid(occasion)).yield_per(_AT_A_TIME):
            certificate, registration = row.Certificate, row.Registration
            name = f"{certificate.number} {file_name(f'{registration.last_name}, {registration.first_name}')}.pdf"
            moment = certificate.issued_at.astimezone(zone)
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), certificate.pdf)
    file.seek(0)
    return file


def _valid(occasion: Occasion) -> Select[Certificate, Registration]:
    query = select(Certificate, Registration).join(Registration, Registration.id == Certificate.registration_id)
    query = query.where(occasion.has(Certificate), Certificate.state == "valid").order_by(Certificate.number)
    return query.options(undefer(Certificate.pdf))


def file_name(name: str) -> str:
    """What of a person's name can stand in the name of a file on any system: letters, digits, blanks, ``,.'-``."""
    kept = (sign for sign in unicodedata.normalize("NFC", name) if sign in " ,.'-" or _is_letter(sign))
    return " ".join("".join(kept).split())[:_LONGEST_NAME].strip(" .,")


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"
