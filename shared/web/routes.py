"""The one table of which service answers which path, whichever way the services run.

``*`` stands for one segment. The pattern with the most segments wins; paths are passed on unchanged.
"""

ROUTES: dict[str, str] = {
    "/": "catalogue",
    "/api/registration": "registration",
    "/register": "registration",
    "/my": "registration",
    "/check-in": "registration",
    "/organise/organisations": "registration",
    "/organise/audit/registrations": "registration",
    "/organise/funders": "registration",
    "/organise/statistics": "registration",
    "/organise/privacy": "registration",
    "/organise/webhooks": "registration",
    "/organise/series/*/attendance": "registration",
    "/organise/events/*/people": "registration",
    "/organise/events/*/waitlist": "registration",
    "/organise/events/*/attendance": "registration",
    "/organise/events/*/feedback": "registration",
    "/organise/events/*/needs": "registration",
    "/organise/events/*/reports": "registration",
    "/ops/registration": "registration",
    "/api/notifications": "notifications",
    "/calendars": "notifications",
    "/certificates": "notifications",
    "/mailbox": "notifications",
    "/unsubscribe": "notifications",
    "/my/*/mails": "notifications",
    "/organise/audit/mail": "notifications",
    "/organise/mails": "notifications",
    "/organise/replies": "notifications",
    "/organise/certificates": "notifications",
    "/organise/events/*/mail": "notifications",
    "/organise/events/*/certificates": "notifications",
    "/organise/series/*/certificates": "notifications",
    "/ops/notifications": "notifications",
}

_BY_SPECIFICITY = sorted(
    ((tuple(part for part in pattern.split("/") if part), service) for pattern, service in ROUTES.items()),
    key=lambda route: -len(route[0]),
)


def service_for(path: str) -> str:
    """The name of the service that answers this path."""
    segments = path.strip("/").split("/")
    return next(service for pattern, service in _BY_SPECIFICITY if _begins_with(segments, pattern))


def _begins_with(segments: list[str], pattern: tuple[str, ...]) -> bool:
    if len(segments) < len(pattern):
        return False
    return all(wanted in ("*", segment) for wanted, segment in zip(pattern, segments, strict=False))
