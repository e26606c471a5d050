"""Headless Chromium from Debian, driven by playwright; and what it had to complain about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Tab:
    """A page that remembers every console error, uncaught exception, dialog and request to elsewhere."""

    def __init__(self, page: Any, root: str) -> None:
        self.page = page
        self.root = root
        self.troubles: list[str] = []
        page.on("console", lambda message: self._note(message.type in ("error", "warning"), message.text))
        page.on("pageerror", lambda error: self._note(True, f"uncaught: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", lambda request: self._note(self._is_foreign(request.url), f"asked: {request.url}"))

    def open(self, path: str) -> Any:
        return self.page.goto(self.root + path, wait_until="load")

    def _note(self, bad: bool, text: str) -> None:
        if bad:
            self.troubles.append(text)

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _is_foreign(self, address: str) -> bool:
        return urlsplit(address).netloc != urlsplit(self.root).netloc


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser, for tabs of any settings; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab_on(browser: Any, root: str, **context: Any) -> Iterator[Tab]:
    """A tab on a server of ours, with settings, cookies and storage of its own."""
    opened = browser.new_context(**context)
    try:
        yield Tab(opened.new_page(), root)
    finally:
        opened.close()
