"""The errors of the transport. Each message is one line without credentials; what may be retried was.

TransportError
├── NoAnswer      no connection, cut off, too slow, 429 or 5xx, to the last try
├── TooLarge      the answer is larger than it may be
├── Unreadable    the answer's bytes are not what its headers promise, or nothing that we asked for
├── Misdirected   redirected to another host, or in a circle
└── Stopped       the process is to end; nothing was sent
"""

from __future__ import annotations


class TransportError(Exception):
    pass


class NoAnswer(TransportError):
    """status: the last try's, None when there was none. retry_after: seconds that it asked for, if it did."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class TooLarge(TransportError):
    pass


class Unreadable(TransportError):
    pass


class Misdirected(TransportError):
    pass


class Stopped(TransportError):
    pass


class Broken(Exception):
    """One try failed in a way that another may not. Never leaves the transport."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
