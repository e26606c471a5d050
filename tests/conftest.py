"""What all tests share: the rule that CI may skip nothing for want of a tool, and a clock that stands still."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings

# No verdict depends on speed; CI tries the same examples each time, a developer's machine new ones.
settings.register_profile(
    "trialbell",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("trialbell")

TOOLS = ("chromium", "emulate", "feedsmith", "slack_types")  # markers of tests that need what CI installs


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: not to go through them again and again is a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-everything",
        action="store_true",
        help="a test that is skipped because a tool is absent fails instead (CI)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    needs = [marker for marker in TOOLS if item.get_closest_marker(marker)]
    if report.skipped and needs and item.config.getoption("--require-everything"):
        report.outcome = "failed"
        report.longrepr = f"skipped for want of {', '.join(needs)}, which CI must have: {report.longrepr}"
    return report


class SetClock:
    """The time, standing still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 20, 9, 20, tzinfo=UTC))


@pytest.fixture
def terminal(tmp_path, capsys, monkeypatch):
    from doubles.terminal import Terminal

    return Terminal(tmp_path, capsys, monkeypatch)


@pytest.fixture(scope="module")
def browser():
    """One for all tests of a module: to begin one takes longer than most of them."""
    from doubles.browser import browsing

    with browsing() as begun:
        yield begun


@pytest.fixture
def at_once(monkeypatch):
    """What the transport tries again, it tries again at once. In this process only."""
    monkeypatch.setattr("monitor.transport.retries.pause", lambda tries, random: 0.0)


@pytest.fixture
def ticking():
    from doubles.plain_edits import TickingClock

    return TickingClock()
