"""A reader who walks from page to page, and axe, which looks at each that they pass.

Axe is a script, and where a reader's browser runs none it cannot be asked there: it looks at the same document, with
what is folded open or shut as the reader has it, in a tab of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from doubles.browser import Tab

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Everything axe knows, "best practices" too.
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  const said = one => one.nodes.slice(0, 3).map(n => n.html + " " + n.failureSummary).join(" | ");
  return found.violations.map(one => one.id + ": " + said(one));
}"""


class Lens:
    """Axe in a tab. A document just like one that it has looked at is not looked at again."""

    def __init__(self, browser: Any) -> None:
        if not AXE.exists():
            pytest.skip("no axe-core: run npm ci")
        self._page = browser.new_context().new_page()
        self._page.add_init_script(AXE.read_text())
        self._page.route("**/*", self._answer)
        self._seen: dict[str, list[str]] = {}
        self._now = ""

    def complaints(self, page: Any) -> list[str]:
        self._now = page.content()
        if self._now not in self._seen:
            parts = urlsplit(page.url)
            self._page.goto(f"{parts.scheme}://{parts.netloc}/seen/{len(self._seen)}")
            self._seen[self._now] = self._page.evaluate(RUN)
        return self._seen[self._now]

    def _answer(self, route: Any) -> None:
        kind = route.request.resource_type
        if kind == "document":
            route.fulfill(body=self._now, content_type="text/html; charset=utf-8")
        elif kind == "script":  # what ours did is in the document already
            route.fulfill(body="", content_type="text/javascript")
        else:
            route.continue_()


class Walker:
    """Each step waits for where it leads and has axe look at it. clicks: steps since `open`, forms counted too."""

    def __init__(self, tab: Tab, lens: Lens) -> None:
        self.tab = tab
        self.page = tab.page
        self.clicks = 0
        self._lens = lens

    @property
    def at(self) -> str:
        return str(self.page.url).removeprefix(self.tab.root)

    def open(self, path: str) -> None:
        assert self.tab.open(path).status == 200
        self.clicks = 0
        self.look()

    def follow(self, name: str, within: str = "main") -> None:
        """The first link of this name."""
        self._step(self.page.locator(within).get_by_role("link", name=name, exact=True).first)

    def press(self, name: str, within: str = "body") -> None:
        self._step(self.page.locator(within).get_by_role("button", name=name).first)

    def unfold(self, summary: str) -> None:
        self.page.locator("summary", has_text=summary).first.click()
        self.look()

    def save(self, name: str, to: Path) -> Path:
        """The file that a link of this name gives."""
        with self.page.expect_download() as coming:
            self.page.locator("main").get_by_role("link", name=name, exact=True).first.click()
        coming.value.save_as(to)
        return to

    def step_of(self, day: str) -> Any:
        """The entry of that day in a course of changes."""
        return self.page.locator("li.step", has=self.page.locator(f'time[datetime="{day}"]')).first

    def reads(self, text: str) -> bool:
        """Whether it stands on the page, visible."""
        return any(one.is_visible() for one in self.page.get_by_text(text).all())

    def look(self) -> None:
        found = self._lens.complaints(self.page)
        assert found == [], (self.at, found)

    def _step(self, locator: Any) -> None:
        with self.page.expect_navigation():
            locator.click()
        self.clicks += 1
        self.look()
