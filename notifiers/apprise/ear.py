"""What Apprise logs, kept for who sends and dropped for everybody else: whole addresses and tokens stand in it.

To be imported before apprise, which speaks while it is imported.
"""

from __future__ import annotations

import contextlib
import logging
import threading

_HEARD = threading.local()


def _gather(record: logging.LogRecord) -> None:
    lines = getattr(_HEARD, "lines", None)
    if lines is not None:
        with contextlib.suppress(Exception):  # a line that cannot be written says nothing
            lines.append(record.getMessage())


class _Ear(logging.Filter):
    """Lets nothing through to any handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        _gather(record)
        return False


class _EarOfParts(logging.Handler):
    """For loggers beneath Apprise's own (`apprise.…`), whose lines its filters do not see: they go no further."""

    def emit(self, record: logging.LogRecord) -> None:
        _gather(record)


class Listening:
    """While it lasts, what Apprise logs in this thread is gathered."""

    def __enter__(self) -> list[str]:
        lines: list[str] = []
        _HEARD.lines = lines
        return lines

    def __exit__(self, *_: object) -> None:
        _HEARD.lines = None


_LOG = logging.getLogger("apprise")
_LOG.addFilter(_Ear())
_LOG.addHandler(_EarOfParts())
_LOG.propagate = False
_LOG.setLevel(logging.DEBUG)  # only there it says that nobody was reached
for _name in ("urllib3", "requests", "charset_normalizer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
