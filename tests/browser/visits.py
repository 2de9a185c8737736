"""The pages that the browser visits, by their paths, and the addresses that are no pages of ours.

``{event}``, ``{slug}`` and so on stand for what :mod:`tests.browser.test_every_page` made for the visit.
"""

PUBLIC = [
    "/",
    "/series",
    "/series/mso-grundlagen",
    "/events",
    "/events/satzungsarbeit",
    "/events/25-jahre-fachberatung-mso",
    "/events/{cancelled_slug}",
    "/privacy",
    "/accessibility",
    "/register/events/satzungsarbeit",
    "/register/events/{closed_slug}",
    "/register/events/{full_slug}",
    "/register/events/{cancelled_slug}",
    "/register/events/{slug}",  # which has no seat left
    "/register/events/{slug}/done",  # in a browser that sent nothing
    "/register/events/{slug}/address",
    "/my",
    "/my/sent",
    "/my/not-a-link",
    "/my/{token}",
    "/my/{token}/registrations/{registration}/cancel",
    "/my/{token}/registrations/{registration}/details",
    "/login",
    "/certificates/verify",
    "/certificates/verify/AAAA-BBBB-CCCC",
    "/certificates/verify/{valid_code}",
    "/certificates/verify/{revoked_code}",
    "/mailbox",
    "/mailbox/{mail}",
    "/nowhere",
    "/api/catalogue/v1/",
    "/api/registration/v1/",
    "/api/notifications/v1/",
]
ROOM = [
    "/organise/events/{event}" + tab
    for tab in (
        "",
        "/edit",
        "/questions",
        "/copy",
        "/preview",
        "/cancel",
        "/people",
        "/people/new",
        "/people/bulk/cancel",
        "/people/{registration}",
        "/people/{registration}/cancel",
        "/people/{waiting}/promote",
        "/people/{waiting}/move",
        "/waitlist",
        "/attendance",
        "/attendance/{session}",
        "/needs",
        "/mail",
        "/mail/{mail}",
        "/certificates",
        "/certificates/{number}/revoke",
    )
]
STAFF = [
    "/organise",
    "/organise/events",
    "/organise/events/new",
    "/organise/events/{cancelled}",
    "/organise/series",
    "/organise/series/new",
    "/organise/series/{series}",
    "/organise/series/{series}/edit",
    "/organise/series/{series}/copy",
    "/organise/series/{series}/cancel",
    "/organise/organisations",
    "/organise/organisations/new",
    "/organise/organisations/import",
    "/organise/organisations/{organisation}",
    "/organise/organisations/{organisation}/merge",
    "/organise/organisations/{organisation}/merge?into={other_organisation}",
    "/organise/organisations/spellings",
    "/organise/organisations/spellings/assign?spelling=Br%C3%BCkce",
    "/organise/accounts",
    "/organise/accounts/new",
    "/organise/accounts/{account}",
    *ROOM,
]

NO_PAGES = {
    r"/(ops/\w+/)?(healthz|readyz|metrics)": "text and JSON for those who watch the system",
    r"/assets/.*": "styles, scripts, fonts",
    r"/api/\w+/v1/.+": "JSON and files for programs",
    r".*\.ics": "a file for a calendar",
    r".*\.(pdf|eml|csv|xlsx)": "a file to keep",
    r".*/files/<uuid:file_id>": "a file that came as an answer, to keep",
    r".*/<uuid:mail_id>/html": "the letter itself, in the frame of the page that shows the mail, where no script runs",
    r"/my/<token>/registrations/<uuid:registration_id>/decline": "asked only while a seat is offered",
    r"/login/renew": "leads on to where somebody was going",
}
"""Rules of addresses, as regular expressions, and why nobody needs to look at what they answer."""
