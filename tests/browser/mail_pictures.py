"""Takes a picture of each kind of mail in each language, light and dark, on a phone and on a desk, to look at:
``python -m tests.browser.mail_pictures <folder>``.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from services.notifications.app import compose
from services.notifications.models import metadata
from shared.languages import FOR_PARTICIPANTS
from shared.testing import TurnableClock, engine_with_tables
from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.notifications.certificate_parts import AFTER, a_training, attend, issue_what_is_due, revoke, the_certificate
from tests.notifications.parts import Office, Someone, html_of, settings_for
from tests.notifications.test_letters import live_through_everything

WIDTHS = {"phone": 390, "desk": 720}


def html_by_kind(locale: str, folder: Path) -> dict[str, str]:
    """The HTML of one mail of each kind, as it is sent."""
    url = f"sqlite:///{folder / locale}.db"
    with engine_with_tables(url, metadata):
        clock = TurnableClock()
        office = Office(compose(settings_for(url), clock=clock), clock)
        person = Someone("Amira", "Yılmaz", "amira@verein.example", locale)
        live_through_everything(office, person)
        _earn_and_lose_a_certificate(office, Someone("Amira", "Yılmaz", "amira@anderswo.example", locale))
        found: dict[str, str] = {}
        for mail, message in zip(office.mails(), office.send(), strict=True):
            found.setdefault(mail.kind, html_of(message))
        office.core.close()
    return found


def _earn_and_lose_a_certificate(office: Office, person: Someone) -> None:
    training = a_training()
    attend(office, training, person)
    office.clock.turn(**AFTER)
    issue_what_is_due(office)
    revoke(office, the_certificate(office, person).number)


def take(browser: Browser, folder: Path, name: str, html: str) -> None:
    for scheme in ("light", "dark"):
        for device, width in WIDTHS.items():
            context = browser.new_context(viewport={"width": width, "height": 400}, color_scheme=scheme)
            page = context.new_page()
            page.set_content(html)
            page.screenshot(path=folder / f"{name}-{scheme}-{device}.png", full_page=True)
            context.close()


def main(target: str) -> int:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as databases, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        for locale in FOR_PARTICIPANTS:
            for kind, html in html_by_kind(locale, Path(databases)).items():
                take(browser, folder, f"{kind}-{locale}", html)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
