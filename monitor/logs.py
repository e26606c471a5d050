"""One log line per unit of work, to stderr: pretty on a terminal, JSON otherwise. No secret and no trial text.

structlog loads asyncio and more: a command that writes no line does without.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO, cast

from monitor.lean import without


class _Stderr:
    """Whatever stderr is when a line is written: it may be another stream by then, or none."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text) if sys.stderr is not None else 0

    def flush(self) -> None:
        if sys.stderr is not None:
            sys.stderr.flush()


class Log:
    """Writes lines from a level up."""

    def __init__(self) -> None:
        self._level = logging.WARNING  # a command that chooses nothing prints no line into its own output
        self._writer: Any = None

    def configure(self, level: int) -> None:
        self._level = level
        self._writer = None

    def info(self, what: str, **facts: Any) -> None:
        if self._level <= logging.INFO:
            self._opened().info(what, **facts)

    def warning(self, what: str, **facts: Any) -> None:
        if self._level <= logging.WARNING:
            self._opened().warning(what, **facts)

    def error(self, what: str, **facts: Any) -> None:
        if self._level <= logging.ERROR:
            self._opened().error(what, **facts)

    def _opened(self) -> Any:
        if self._writer is None:
            self._writer = _writer(self._level)
        return self._writer


def _writer(level: int) -> Any:
    with without("rich"):  # it draws tracebacks with it; ours say what to do instead
        import structlog

    interactive = sys.stderr is not None and sys.stderr.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if interactive
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return structlog.wrap_logger(
        structlog.PrintLogger(file=cast(TextIO, _Stderr())),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


log = Log()


def configure(*, level: int = logging.INFO) -> None:
    """Once, by the command that runs a service or a poll."""
    log.configure(level)


# The HTTP library logs whole addresses at INFO, and a webhook's address is a secret.
for _name in ("httpx", "httpcore", "slack_sdk", "apscheduler"):
    logging.getLogger(_name).setLevel(logging.ERROR)
