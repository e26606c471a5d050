"""What Apprise and its libraries log, kept for who sends and for nobody else: whole addresses stand in it.

To be imported before apprise, which speaks while it is imported.
"""

from __future__ import annotations

import logging
import threading


class _Ear(logging.Handler):
    """Keeps what is logged in a thread that listens, and drops all else."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.listening = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        lines = getattr(self.listening, "lines", None)
        if lines is not None:
            try:
                lines.append(record.getMessage())
            except Exception:  # noqa: BLE001 - a log line that cannot be written says nothing
                return


_EAR = _Ear()


class Listening:
    """While it lasts, what is logged in this thread is gathered."""

    def __enter__(self) -> list[str]:
        lines: list[str] = []
        _EAR.listening.lines = lines
        return lines

    def __exit__(self, *_: object) -> None:
        _EAR.listening.lines = None


for _name in ("apprise", "urllib3", "requests", "charset_normalizer"):
    _logger = logging.getLogger(_name)
    _logger.propagate = False
    _logger.addHandler(_EAR)
logging.getLogger("apprise").setLevel(logging.DEBUG)  # only there it says that nobody was reached
