"""What can go wrong in a use case, as both doors understand it.

HTTP turns these into pages and problem+json, message handlers into retry, defer or park.
"""

from collections.abc import Mapping, Sequence

from shared.languages import Text

FieldErrors = Mapping[str, Sequence[Text | str]]
"""Field, nested ones joined with dots (``sessions.0.ends_at``) → what is wrong with it."""


class ReiheError(Exception):
    """Base of all refusals. ``code`` is stable and for programs, ``text`` is for people."""

    status = 500

    def __init__(self, code: str, text: Text, *, errors: FieldErrors | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.errors: FieldErrors = errors or {}


class UnreadableError(ReiheError):
    """What was sent is not even in the form that it says it has."""

    status = 400


class NotFoundError(ReiheError):
    status = 404


class NotSignedInError(ReiheError):
    status = 401


class ForbiddenError(ReiheError):
    status = 403


class ConflictError(ReiheError):
    """The wish is well-formed, but the present state does not allow it."""

    status = 409


class StaleError(ReiheError):
    """Somebody else changed it first (``If-Match`` does not fit)."""

    status = 412


class InvalidError(ReiheError):
    """The input is refused; ``errors`` says which fields and how to mend them."""

    status = 422


class TooManyError(ReiheError):
    status = 429


class BusyError(ReiheError):
    """Not now; the same request may be sent again."""

    status = 503


class NotYetKnownError(Exception):
    """A message speaks of something that another message has yet to bring: defer it, don't park it."""
