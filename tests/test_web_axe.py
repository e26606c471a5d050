"""What axe, a checker of accessibility that nobody here wrote, says of every page: nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.browser import chromium
from doubles.every_page import EXAMPLES, PAGES
from doubles.walking import AXE, RUN
from doubles.web_history import History
from test_web_server import serving

from monitor.web.rooms import ADDRESSES


def test_every_address_has_an_example() -> None:
    shown = {one.name for one in ADDRESSES if one.answers and not one.documents}
    assert shown - set(EXAMPLES) == set()


@pytest.mark.chromium
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(tmp_path: Path, scheme: str, width: int) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core: run npm ci")
    axe = AXE.read_text()
    found = []
    with (
        serving(History(tmp_path / "history.db").fill().watched().beside().app()) as port,
        chromium(
            f"http://127.0.0.1:{port}",
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
        ) as tab,
    ):
        for path in (*PAGES, "/nothing"):
            tab.open(path)
            # Through the debugging protocol, which no Content-Security-Policy stands in the way of.
            tab.page.evaluate(f"() => {{ {axe} }}")
            found += [f"{path} {one}" for one in tab.page.evaluate(RUN)]
        assert [one for one in tab.troubles if "/nothing" not in one and "404" not in one] == []
    assert found == []
