"""The pages in a real browser: a reader's way; nothing executed, nothing foreign asked, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.browser import chromium
from doubles.web_history import TRIAL, History
from test_web_safety import HOSTILE, PAGES, hostile_history
from test_web_server import serving

pytestmark = pytest.mark.chromium

AT = f"/trials/ctgov/{TRIAL}"


def test_a_reader_goes_from_lately_to_a_day_in_the_past(tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        chromium(f"http://127.0.0.1:{port}", java_script_enabled=False) as tab,
    ):
        page = tab.page
        tab.open("/")
        page.get_by_role("link", name=TRIAL).first.click()
        assert page.url.endswith(AT)
        page.get_by_label("Compare", exact=True).select_option("3")
        page.get_by_label("with", exact=True).select_option("4")
        page.get_by_role("button", name="Compare").click()
        assert page.url.endswith(f"{AT}/compare/3...4")
        assert page.locator("ins").first.is_visible()
        page.get_by_role("link", name="Version 4", exact=True).click()
        assert page.url.endswith(f"{AT}/versions/4")
        page.get_by_role("link", name="Eligibility", exact=True).click()
        assert page.url.endswith("#eligibility")
        page.get_by_label("As of the day").fill("2026-11-18")
        page.get_by_role("button", name="Show").click()
        assert page.url.endswith(f"{AT}/on/2026-11-18")
        assert page.get_by_text("version 2 answers").is_visible()
        page.get_by_role("searchbox").fill("nct7146087")
        page.get_by_role("button", name="Find").click()
        assert page.url.endswith(AT)
        assert tab.troubles == []


def test_filters_work_without_scripts(tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        chromium(f"http://127.0.0.1:{port}", java_script_enabled=False) as tab,
    ):
        tab.open("/")
        tab.page.locator("summary", has_text="Filter").click()
        tab.page.get_by_label("At least").select_option("critical")
        tab.page.get_by_role("button", name="Apply").click()
        assert "severity=critical" in tab.page.url
        assert tab.page.locator("article").count() == 1
        tab.page.get_by_role("link", name="Show all").click()
        assert tab.page.locator("article").count() == 2
        assert tab.troubles == []


def test_hostile_records_execute_nothing(tmp_path: Path) -> None:
    history = hostile_history(tmp_path / "hostile.db", list(HOSTILE))
    with serving(history.app()) as port, chromium(f"http://127.0.0.1:{port}") as tab:
        for path in PAGES:
            assert tab.open(path).status == 200
            tab.page.mouse.move(200, 300)
            assert "owned" not in tab.page.title().replace("document.title='owned'", "")
            for scheme in ("javascript", "data", "vbscript"):
                assert tab.page.locator(f'a[href^="{scheme}:" i]').count() == 0
            assert tab.page.locator("script, iframe, object, embed, img, style").count() == 0
        assert tab.troubles == []


@pytest.mark.parametrize("width", [320, 400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_window(tmp_path: Path, width: int, scheme: str) -> None:
    history = hostile_history(tmp_path / "hostile.db", list(HOSTILE))
    root_of = "document.documentElement"
    with (
        serving(history.app()) as port,
        chromium(
            f"http://127.0.0.1:{port}", viewport={"width": width, "height": 800}, color_scheme=scheme
        ) as tab,
    ):
        for path in (*PAGES, "/nothing"):
            tab.open(path)
            assert tab.page.evaluate(f"{root_of}.scrollWidth") <= width, path
        colour = tab.page.evaluate(f"getComputedStyle({root_of}).backgroundColor")
        assert (sum(map(int, colour.strip("rgb()").split(","))) < 380) is (scheme == "dark")


def test_the_keyboard_reaches_the_content_first(tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        chromium(f"http://127.0.0.1:{port}") as tab,
    ):
        tab.open(AT)
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert tab.page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        tab.page.keyboard.press("Enter")
        assert tab.page.evaluate("document.activeElement.id") == "main"
        assert tab.page.get_by_role("main").count() == 1
        assert tab.page.get_by_role("banner").count() == 1
        assert tab.page.get_by_role("contentinfo").count() == 1
        assert tab.page.get_by_role("heading", level=1).count() == 1
