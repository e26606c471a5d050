"""One log line per unit of work, to stderr: pretty on a terminal, JSON otherwise. No secret and no trial text."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO, cast

from monitor.lean import without

with without("rich"):  # it draws tracebacks with it; ours say what to do instead
    import structlog


class _Stderr:
    """Whatever stderr is when a line is written: it may be another stream by then, or none."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text) if sys.stderr is not None else 0

    def flush(self) -> None:
        if sys.stderr is not None:
            sys.stderr.flush()


def configure(*, level: int = logging.INFO) -> None:
    """Once, by the command that runs a service or a poll."""
    interactive = sys.stderr.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if interactive
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )
    # The HTTP library logs whole addresses at INFO, and a webhook's address is a secret.
    for name in ("httpx", "httpcore", "slack_sdk", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)


configure(
    level=logging.WARNING
)  # a command that chooses nothing still prints no log line into its own output
log = structlog.get_logger("trialbell")
