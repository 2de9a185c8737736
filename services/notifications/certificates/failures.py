"""Why a certificate could not be made: kept as it was raised, and said in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from shared.errors import InvalidError
from shared.languages import Text
from shared.languages import text as _

_FIELDS: Mapping[str, Text] = {
    "name": _("Name"),
    "organisation": _("Organisation"),
    "title": _("Title of the event"),
    "series_title": _("Title of the series"),
    "sessions": _("Sessions"),
    "contents": _("Programme"),
    "speakers": _("Speakers"),
    "place": _("Place"),
    "issuer": _("Issuing organisation"),
    "signatory": _("Signatory"),
    "signatory_role": _("Role of the signatory"),
    "logo_line": _("Funder’s line"),
    "text": _("Text"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """``code`` is for programs, ``text`` says what to mend, ``where`` names the parts of the certificate concerned."""

    code: str
    text: Text
    fields: tuple[str, ...]

    @classmethod
    def of(cls, error: InvalidError) -> Self:
        """``errors`` of the refusal are keyed as the certificate's content: ``name``, ``sessions.0.title``."""
        return cls(error.code, error.text, tuple(dict.fromkeys(key.split(".")[0] for key in error.errors)))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(value["code"], Text(value["msgid"], parameters=value["parameters"]), tuple(value["fields"]))

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "msgid": self.text.msgid,
            "parameters": dict(self.text.parameters),
            "fields": list(self.fields),
        }

    @property
    def where(self) -> list[Text]:
        return [_FIELDS[field] for field in self.fields if field in _FIELDS]
