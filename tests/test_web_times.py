"""Times in the reader's zone, UTC beside; without scripts UTC alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles.asking import Asking, asking
from doubles.browser import tab_on
from doubles.every_page import EXAMPLES
from doubles.web_history import TRIAL, History
from test_web_server import serving


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    history = History(tmp_path_factory.mktemp("times") / "history.db").fill().watched().beside()
    with asking(history.app()) as asked:
        yield asked


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_no_page_has_a_moment_that_stays_utc(browse: Asking, name: str) -> None:
    for path in EXAMPLES[name]:
        text = re.sub(r"<time [^>]*>[^<]*</time>", "", browse.get(path).text)
        text = re.sub(r'<p class="citation">.*?</p>', "", text)  # the same for everybody
        assert re.findall(r".{0,40}\b\d\d:\d\d UTC", text) == [], path


@pytest.mark.chromium
@pytest.mark.parametrize(
    ("zone", "scripts", "shown"),
    [
        ("Europe/Berlin", True, "2026-11-23 10:12 GMT+1 (09:12 UTC)"),
        ("Pacific/Auckland", True, "2026-11-23 22:12 GMT+13 (09:12 UTC)"),
        ("Pacific/Kiritimati", True, "2026-11-23 23:12 GMT+14 (09:12 UTC)"),
        ("America/Los_Angeles", True, "2026-11-23 01:12 PST (09:12 UTC)"),
        ("UTC", True, "2026-11-23 09:12 UTC"),
        ("Europe/Berlin", False, "2026-11-23 09:12 UTC"),
    ],
)
def test_a_time_is_the_readers(browser: Any, tmp_path: Path, zone: str, scripts: bool, shown: str) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(
            browser, f"http://127.0.0.1:{port}", timezone_id=zone, locale="en-US", java_script_enabled=scripts
        ) as tab,
    ):
        tab.open("/")
        assert tab.page.locator('time[datetime="2026-11-23T09:12:44Z"]').first.inner_text() == shown
        tab.open(f"/trials/ctgov/{TRIAL}")
        day = tab.page.locator("time[datetime='2026-11-23']").first
        assert day.inner_text() == "2026-11-23", "a day is the registry's, and no moment"
        assert tab.troubles == []
