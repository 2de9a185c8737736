"""The design of certificates: what organisers choose of it, checked by making a sample of it in every language."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import typst
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.certificates.pictures import fault_of
from services.notifications.documents.certificate import (
    ACCENT,
    AttendedSession,
    CertificateContent,
    compile_certificate,
)
from services.notifications.models import HOUSE, Design
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_account, differences
from shared.bounded_typesetting import TemplateFaultError
from shared.database import UnitOfWork
from shared.errors import InvalidError
from shared.languages import Content, Text
from shared.languages import text as _
from shared.staff import Staff

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LEAST_CONTRAST = 4.5
"""With the white paper, as WCAG 2.2 asks of text (1.4.3)."""

_MARKED = _("Please check the fields that are marked.")


@dataclass(frozen=True, slots=True)
class Look:
    """``accent`` is ``#rrggbb``; ``logo`` and ``signature`` are PNG or JPEG.

    What is empty is, for a series, as the house has it, and for the house as the settings say.
    """

    accent: str = ""
    signatory: str = ""
    signatory_role: str = ""
    logo_line: str = ""
    text: Content = field(default_factory=dict)
    """One more paragraph, by language."""
    logo: bytes | None = None
    signature: bytes | None = None
    template: str = ""
    """The layout, in typst's language: the house's alone; empty for ours."""

    @property
    def pictures(self) -> dict[str, bytes]:
        named = {"logo": self.logo, "signature": self.signature}
        return {name: picture for name, picture in named.items() if picture is not None}

    def over(self, house: "Look") -> "Look":
        """With what the house has where this has nothing. Nobody's name stands below somebody else's signature."""
        signs = self if self.signatory else house
        return Look(
            accent=self.accent or house.accent,
            signatory=signs.signatory,
            signatory_role=signs.signatory_role,
            logo_line=self.logo_line or house.logo_line,
            text={**house.text, **self.text},
            logo=self.logo or house.logo,
            signature=self.signature or signs.signature,
            template=house.template or self.template,
        )


def look_of(session: Session, series_id: UUID | None = None) -> Look:
    """What was chosen for the house, or for a series of its own."""
    design = session.get(Design, series_id or HOUSE)
    return _look(design) if design else Look()


def looks_in(session: Session, series_ids: Collection[UUID | None]) -> dict[UUID | None, Look]:
    """How certificates look, for each series and, None, outside of series."""
    wanted = {one or HOUSE for one in series_ids} | {HOUSE}
    looks = {one.id: _look(one) for one in session.scalars(select(Design).where(Design.id.in_(wanted)))}
    house = looks.get(HOUSE, Look())
    return {one: looks.get(one, Look()).over(house) if one else house for one in series_ids}


def _look(design: Design) -> Look:
    return Look(
        accent=design.accent,
        signatory=design.signatory,
        signatory_role=design.signatory_role,
        logo_line=design.logo_line,
        text=design.text,
        logo=design.logo,
        signature=design.signature,
        template=design.template,
    )


def save(uow: UnitOfWork, look: Look, actor: Staff, series_id: UUID | None = None) -> None:
    """Use this look, which has been checked, for all that is issued from now on, in the house or in a series."""
    before = look_of(uow.session, series_id)
    design = uow.session.get(Design, series_id or HOUSE, with_for_update=True)
    if design is None:
        design = Design(id=series_id or HOUSE)
        uow.session.add(design)
    design.accent, design.text = look.accent, dict(look.text)
    design.signatory, design.signatory_role, design.logo_line = look.signatory, look.signatory_role, look.logo_line
    design.logo, design.signature = look.logo, look.signature
    design.template = look.template
    design.changed_at = uow.now
    changes = differences(_logged(before), _logged(look))
    subject = Subject("series", series_id) if series_id else Subject("design")
    uow.audit("design.changed", by_account(actor.account_id), subject, changes=changes)


def _logged(look: Look) -> dict[str, Any]:
    """Pictures by the beginning of their SHA-256."""
    pictures = {name: sha256(picture).hexdigest()[:12] for name, picture in look.pictures.items()}
    return {
        "accent": look.accent,
        "signatory": look.signatory,
        "signatory_role": look.signatory_role,
        "logo_line": look.logo_line,
        "text": dict(look.text),
        "logo": "",
        "signature": "",
        "layout": sha256(look.template.encode()).hexdigest()[:12] if look.template else "",
        **pictures,
    }


def check(look: Look, settings: NotificationsSettings, now: datetime, house: Look | None = None) -> None:
    """Raises :class:`InvalidError`, with an entry for each field, for what no certificate could be made with.

    ``house`` stands behind the look of a series.
    """
    faults: dict[str, list[Text | str]] = {
        name: [fault] for name, picture in look.pictures.items() if (fault := fault_of(picture))
    }
    if look.accent and (fault := _fault_of_colour(look.accent)):
        faults["accent"] = [fault]
    if faults:
        raise InvalidError("invalid", _MARKED, errors=faults)
    for locale in settings.locales:
        sample(look.over(house or Look()), locale, settings, now)


def _fault_of_colour(accent: str) -> Text | None:
    if not _COLOUR.fullmatch(accent):
        return _("Please enter a colour such as #0c5a60.")
    if contrast_with_white(accent) < _LEAST_CONTRAST:
        return _("This colour is too light to be read on white paper. Please choose a darker one.")
    return None


def contrast_with_white(colour: str) -> float:
    """From 1 to 21, as WCAG 2.2 defines it; ``colour`` is ``#rrggbb``."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def sample(look: Look, locale: str, settings: NotificationsSettings, now: datetime) -> bytes:
    """A PDF that shows the look in a language and says that it certifies nothing.

    Raises :class:`InvalidError` for letters that the fonts lack, for pictures that cannot be read and for a template
    that makes no document.
    """
    reader = Reader.of(locale, settings)
    accent = look.accent or settings.accent or ACCENT
    try:
        return compile_certificate(
            _sample_content(look, reader, settings, now),
            reader.translator.gettext,
            accent=accent,
            template=look.template,
        )
    except TemplateFaultError as error:
        raise InvalidError("template_broken", _MARKED, errors={"template": [_said_of(error)]}) from error
    except typst.TypstError as error:
        broken = _("This picture cannot be read. Please save it again, as PNG or JPEG.")
        raise InvalidError("picture_broken", _MARKED, errors={name: [broken] for name in look.pictures}) from error


def _said_of(error: TemplateFaultError) -> Text:
    fault, line = error.first
    if not fault:
        return _("The template took too long or too much memory, or made too large a document.")
    if not line:
        return _("The template makes no document: %(fault)s", fault=fault)
    return _("The template makes no document. Line %(line)s: %(fault)s", line=line, fault=fault)


def _sample_content(look: Look, reader: Reader, settings: NotificationsSettings, now: datetime) -> CertificateContent:
    title = reader.say(_("A sample, which certifies nothing"))
    code = "0000-0000-0000"
    otherwise = {
        "signatory": settings.signatory or settings.organiser,
        "signatory_role": settings.signatory_role,
        "logo_line": settings.funder_line,
    }
    session = AttendedSession(now - timedelta(hours=6), now, settings.time_zone, title, 8)
    return CertificateContent(
        **signed_by(look, otherwise),
        number=f"{now.year}-0000",
        code=code,
        verify_url=f"{settings.base_url}/certificates/verify/{code}",
        name="Olena Beispiel",
        organisation="",
        title=title,
        series_title="",
        sessions=(session,),
        contents=(),
        speakers=(),
        place="",
        issuer=", ".join(filter(None, (settings.organiser, settings.association))),
        issued_at=now,
        locale=reader.locale,
        text=text_in(look, reader),
        logo_image=look.logo,
        signature_image=look.signature,
    )


def signed_by(look: Look, otherwise: Mapping[str, str]) -> dict[str, str]:
    """``signatory``, ``signatory_role`` and ``logo_line``; the role belongs to whom it was entered with."""
    own = {"signatory": look.signatory, "signatory_role": look.signatory_role}
    theirs = {name: otherwise[name] for name in own}
    return {**(own if look.signatory else theirs), "logo_line": look.logo_line or otherwise["logo_line"]}


def text_in(look: Look, reader: Reader) -> str:
    """The paragraph in the reader's language; nothing where it was not written in it."""
    return look.text.get(reader.locale, "")
