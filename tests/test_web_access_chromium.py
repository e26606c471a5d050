"""Logging in, acting and logging out in Chromium, without JavaScript too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from doubles.browser import tab_on
from doubles.logging_in import ACT, BOTH, READ
from doubles.web_history import TRIAL, History
from test_web_server import serving

from monitor.database import open_for_writing

AT = f"/trials/ctgov/{TRIAL}"


@pytest.mark.chromium
@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_link_to_the_page_and_out_again(browser: Any, tmp_path: Path, scripts: bool) -> None:
    history = History(tmp_path / "history.db").fill()
    app = history.app(access=BOTH, acting=lambda: open_for_writing(history.path))
    with (
        serving(app) as port,
        tab_on(
            browser,
            f"http://127.0.0.1:{port}",
            viewport={"width": 390, "height": 900},
            java_script_enabled=scripts,
        ) as tab,
    ):
        page = tab.page
        tab.open(AT)
        assert page.title() == "Log in – trialbell"
        page.get_by_label("Token").fill("wrong-token-0123456789")
        page.get_by_role("button", name="Log in").click()
        assert "not a token" in page.get_by_role("alert").inner_text()
        page.get_by_label("Token").fill(READ)
        page.get_by_role("button", name="Log in").click()
        assert page.url.endswith(AT)
        assert page.get_by_text("Mute or snooze").count() == 0
        page.get_by_role("link", name="Log in to act").click()
        page.get_by_label("Token").fill(ACT)
        page.get_by_role("button", name="Log in").click()
        page.get_by_text("Mute or snooze").click()
        page.get_by_role("button", name="Do it").click()
        assert page.get_by_text("Muted until").count() == 1
        page.get_by_role("button", name="Log out").click()
        assert page.get_by_role("heading", name="Log in").count() == 1
        page.go_back()
        assert page.get_by_label("Token").count() == 1, "the back button shows nothing any more"
        # Chromium says of each answer above 399 that it could not load it.
        assert [one for one in tab.troubles if "403" not in one] == []
