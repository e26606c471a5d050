"""Why the browser could not be served.

CannotListen        the address cannot be listened on
└── PortTaken       another program listens there
"""

from __future__ import annotations


class CannotListen(Exception):
    """`str()` is one line for a person."""

    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class PortTaken(CannotListen):
    pass
