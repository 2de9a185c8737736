import pytest

from shared.web.routes import service_for

ID = "018f0000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "catalogue"),
        ("/calendar.ics", "catalogue"),
        ("/events/satzungsarbeit", "catalogue"),
        ("/events/satzungsarbeit.ics", "catalogue"),
        (f"/organise/events/{ID}", "catalogue"),
        (f"/organise/events/{ID}/people", "registration"),
        (f"/organise/events/{ID}/people/{ID}", "registration"),
        (f"/organise/events/{ID}/waitlist", "registration"),
        (f"/organise/events/{ID}/mail", "notifications"),
        ("/organise/events/new", "catalogue"),
        (f"/organise/series/{ID}", "catalogue"),
        (f"/organise/series/{ID}/attendance", "registration"),
        ("/organise/organisations", "registration"),
        ("/register/events/satzungsarbeit", "registration"),
        ("/registered", "catalogue"),
        ("/my", "registration"),
        ("/my/token", "registration"),
        ("/myself", "catalogue"),
        ("/calendars/token.ics", "notifications"),
        ("/certificates/verify/code", "notifications"),
        ("/api/catalogue/v1/events", "catalogue"),
        ("/api/registration/v1/events", "registration"),
        ("/api/notifications/v1/mails", "notifications"),
        ("/ops/notifications/readyz", "notifications"),
        ("/assets/abc/reihe.css", "catalogue"),
    ],
)
def test_each_path_has_one_service(path: str, service: str) -> None:
    assert service_for(path) == service
