"""The door's camera in a browser that reads no QR codes itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, StorageState, expect

from shared.testing import require
from tests.browser.conftest import ACTION_TIMEOUT_MS, CHROMIUM_ARGUMENTS, chromium
from tests.browser.steps import publish_event, register_by_api, unique_address
from tests.browser.test_check_in import at_the_door, code, ledger
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("browser")

WIDTH, HEIGHT = 640, 480
DARK, LIGHT = b"\x10", b"\xeb"  # of the luma of video
OpenPage = Callable[[str], Page]


def film(text: str) -> bytes:
    """One picture of the text as a QR code, as a video without compression (YUV4MPEG2, 4:2:0)."""
    rows = list(segno.make(text, micro=False).matrix_iter(border=4))
    size = HEIGHT // len(rows)
    margin = (WIDTH - size * len(rows)) // 2
    luma = bytearray()
    for row in rows:
        dots = b"".join((DARK if dot else LIGHT) * size for dot in row)
        luma += (LIGHT * margin + dots).ljust(WIDTH, LIGHT) * size
    grey = b"\x80" * (WIDTH * HEIGHT // 2)
    frame = bytes(luma).ljust(WIDTH * HEIGHT, LIGHT) + grey
    return f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420\nFRAME\n".encode() + frame


@pytest.fixture
def before_the_camera(
    browser: Browser, site: RunningSystem, signed_in: StorageState, tmp_path: Path
) -> Iterator[OpenPage]:
    """Opens a page whose camera sees the text as a QR code, and whose browser has no BarcodeDetector."""
    require("jsqr")
    launched: list[Browser] = []

    def open_page(text: str) -> Page:
        seen = tmp_path / "film.y4m"
        seen.write_bytes(film(text))
        camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        arguments = [*CHROMIUM_ARGUMENTS, *camera, f"--use-file-for-fake-video-capture={seen}"]
        launched.append(browser.browser_type.launch(executable_path=chromium(), args=arguments))
        context = launched[-1].new_context(base_url=site.base_url, locale="de-DE", storage_state=signed_in)
        context.set_default_timeout(ACTION_TIMEOUT_MS)
        context.add_init_script("delete window.BarcodeDetector")
        return context.new_page()

    yield open_page
    for one in launched:
        one.close()


def test_it_reads_the_code_of_whoever_comes(site: RunningSystem, before_the_camera: OpenPage) -> None:
    event = publish_event(site, begins_in=timedelta(hours=1))
    amal = register_by_api(site, event, unique_address("kamera"), first_name="Amal")
    page = at_the_door(before_the_camera(code(amal)), event)
    page.context.set_offline(True)  # what reads codes was kept with the page
    page.get_by_role("button", name="Mit der Kamera lesen").click()
    expect(page.locator("#result")).to_contain_text("Willkommen, Amal")
    page.context.set_offline(False)
    page.get_by_role("button", name="Jetzt senden").click()
    expect(page.locator("#unsent")).to_have_text("Alles ist gesendet.")
    assert ledger(site, event) == {amal: [180]}
