"""The pages in a real browser: a reader's way; nothing executed, nothing foreign asked, nothing cut off."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from doubles.browser import tab_on
from doubles.every_page import PAGES
from doubles.hostile import HOSTILE, MORE, hostile_history
from doubles.web_history import RECORD, TRIAL, History
from test_web_server import serving

pytestmark = pytest.mark.chromium

AT = f"/trials/ctgov/{TRIAL}"


def test_a_reader_goes_from_today_to_a_day_in_the_past(browser: Any, tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}", java_script_enabled=False) as tab,
    ):
        page = tab.page
        tab.open("/")
        page.get_by_role("link", name=TRIAL).first.click()
        assert page.url.endswith(AT)
        page.get_by_label("Compare", exact=True).select_option("3")
        page.get_by_label("with", exact=True).select_option("4")
        page.get_by_role("button", name="Compare").click()
        assert page.url.endswith(f"{AT}/compare/3...4")
        page.locator("ins").first.wait_for()
        page.get_by_role("link", name="Version 4", exact=True).click()
        assert page.url.endswith(f"{AT}/versions/4")
        page.get_by_role("link", name="Eligibility", exact=True).click()
        assert page.url.endswith("#eligibility")
        page.get_by_label("As of the day").fill("2026-11-18")
        page.get_by_role("button", name="Show").click()
        assert page.url.endswith(f"{AT}/on/2026-11-18")
        page.get_by_text("version 2 answers").wait_for()
        page.get_by_role("searchbox").fill("nct7146087")
        page.get_by_role("button", name="Find").click()
        assert page.url.endswith(AT)
        assert tab.troubles == []


def test_filters_work_without_scripts(browser: Any, tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}", java_script_enabled=False) as tab,
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


def test_hostile_records_execute_nothing(browser: Any, tmp_path: Path) -> None:
    history = hostile_history(tmp_path / "hostile.db", [*HOSTILE, *MORE])
    with serving(history.app()) as port, tab_on(browser, f"http://127.0.0.1:{port}") as tab:
        for path in PAGES:
            assert tab.open(path).status == 200
            tab.page.mouse.move(200, 300)
            assert "owned" not in tab.page.title().replace("document.title='owned'", "")
            for scheme in ("javascript", "data", "vbscript"):
                assert tab.page.locator(f'a[href^="{scheme}:" i]').count() == 0
            assert tab.page.locator("iframe, object, embed, img, style").count() == 0
            scripts = tab.page.locator("script").evaluate_all(
                "all => all.map(e => e.getAttribute('src') || '')"
            )
            assert [one.partition("?")[0] for one in scripts] == ["/static/times.js"]
        assert tab.troubles == []


def test_no_page_is_wider_than_its_window(browser: Any, tmp_path: Path) -> None:
    history = hostile_history(tmp_path / "hostile.db", list(HOSTILE))
    with serving(history.app()) as port, tab_on(browser, f"http://127.0.0.1:{port}") as tab:
        for path in (*PAGES, "/nothing"):
            tab.open(path)
            for width in (1280, 400, 320):
                tab.page.set_viewport_size({"width": width, "height": 800})
                assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_page_is_as_light_or_dark_as_the_reader_has_it(browser: Any, tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}") as tab,
    ):
        tab.open("/")
        for scheme in ("light", "dark"):
            tab.page.emulate_media(color_scheme=scheme)
            colour = tab.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            assert (luminance(colour) < 0.1) is (scheme == "dark"), colour


def test_the_keyboard_reaches_the_content_first(browser: Any, tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}") as tab,
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


def luminance(colour: str) -> float:
    """Of `rgb(…)`, as WCAG has it."""
    parts = [int(one) / 255 for one in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_to_fill_in_can_be_seen(browser: Any, tmp_path: Path, scheme: str) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}", color_scheme=scheme) as tab,
    ):
        tab.open(AT)
        for name in ("#top-q", "#as-of", "#compare-a", ".search button"):
            border, inside, placeholder, around = tab.page.locator(name).evaluate(
                "e => [getComputedStyle(e).borderTopColor, getComputedStyle(e).backgroundColor,"
                " getComputedStyle(e, '::placeholder').color,"
                " getComputedStyle(document.documentElement).backgroundColor]"
            )
            assert contrast(border, inside) >= 3, name
            assert contrast(border, around) >= 3, name
            assert contrast(placeholder, inside) >= 4.5, name


def test_on_paper_it_is_light_open_and_says_where_it_was(browser: Any, tmp_path: Path) -> None:
    with (
        serving(History(tmp_path / "history.db").fill().app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}", color_scheme="dark") as tab,
    ):
        tab.open(f"{AT}/compare/4...5")
        tab.page.emulate_media(media="print", color_scheme="dark")
        colour = tab.page.evaluate("getComputedStyle(document.body).color")
        assert luminance(colour) < 0.1
        assert (
            luminance(tab.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")) > 0.9
        )
        assert tab.page.locator(".noise article").first.is_visible(), "folds are open"
        assert tab.page.get_by_text(f"http://127.0.0.1:{port}{AT}/compare/4...5").is_visible()


def test_a_status_as_long_as_a_sentence_stays_in_its_page(browser: Any, tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    record = copy.deepcopy(RECORD)
    record["protocolSection"]["statusModule"]["overallStatus"] = "PAUSED_UNTIL_THE_" * 6 + "END"
    history.snapshot(record, "2026-11-17")
    with (
        serving(history.app()) as port,
        tab_on(browser, f"http://127.0.0.1:{port}", viewport={"width": 390, "height": 800}) as tab,
    ):
        for path in (AT, "/trials", f"{AT}/versions/1"):
            tab.open(path)
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390, path
            right = tab.page.locator(".status").first.evaluate("e => e.getBoundingClientRect().right")
            assert right <= 390, path


def test_every_landmark_has_a_name_of_its_own(browser: Any, tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    record = copy.deepcopy(RECORD)
    record["documentSection"] = {
        "largeDocumentModule": {"largeDocs": [{"label": "Protocol", "date": "2026"}]}
    }
    history.snapshot(record, "2026-11-17")
    with serving(history.app()) as port, tab_on(browser, f"http://127.0.0.1:{port}") as tab:
        tab.open(f"{AT}/versions/1")
        names = tab.page.evaluate(
            "[...document.querySelectorAll('section[aria-labelledby], [role=region], nav')].map(e =>"
            " e.getAttribute('aria-label') || document.getElementById(e.getAttribute('aria-labelledby')).textContent)"
        )
        assert len(names) == len(set(names)), names
