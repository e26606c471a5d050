"""A WebSocket to Slack: what comes by it, and whether the other side is still there.

`websockets` has the frames. slack_sdk's own client (3.48) loses what it has read of a frame at a time-out, spins on a
connection that was closed without a close frame, goes without TLS to any port but 443, and sleeps and calls itself
when it is rate limited.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

CLOSE_WITHIN = 2.0  # seconds
# Their debug output has the connection's address, which lets anybody in.
_SILENT = logging.getLogger("notifiers.slack.websocket")
_SILENT.setLevel(logging.CRITICAL + 1)


class LineFailed(Exception):
    """There is no connection, or no longer. `str()` is for a person, with no secret in it."""

    def __init__(self, words: str, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class Line:
    """Used from one thread, but for `close`. All but that raise LineFailed."""

    def __init__(self, address: str, within: float) -> None:
        from websockets.sync.client import connect

        self.opened_at: datetime | None = None
        self.refresh_at: datetime | None = None
        self.heard = False  # by the last `hear`: a message, or the answer to a ping
        self._pong: threading.Event | None = None
        self._open = contextlib.ExitStack()
        try:
            self._socket: ClientConnection = self._open.enter_context(
                connect(
                    address,
                    open_timeout=within,
                    close_timeout=CLOSE_WITHIN,
                    ping_interval=None,  # `hear` asks, when nothing came
                    compression=None,
                    logger=_SILENT,
                )
            )
        except Exception as error:  # noqa: BLE001 - an address, a proxy or an answer like none before is no end of it
            words = type(error).__name__  # some of their own have the address in them
            if isinstance(error, ImportError):
                words = "a SOCKS proxy is set and not supported: set an HTTP one in `https_proxy`"
            raise LineFailed(f"the connection could not be opened: {words}") from None

    def hello(self, within: float) -> dict[str, Any]:
        """What Slack says first."""
        try:
            message = json.loads(self._receive(within) or "")
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or message.get("type") != "hello":
            raise LineFailed("Slack did not say hello")
        return message

    def hear(self, within: float) -> str | None:
        """The next message; None when none came within so many seconds. LineFailed when the other side is gone."""
        text = self._receive(within)
        answered = self._pong is not None and self._pong.is_set()
        self.heard = text is not None or answered
        if self.heard:
            self._pong = None
        elif self._pong is not None:
            raise LineFailed(f"Slack has not answered for {2 * within:g} s")
        if text is None:
            self._pong = self._ask()
        return text

    def waiting(self) -> str | None:
        """A message that is there already; None for none."""
        return self._receive(0)

    def send(self, text: str) -> None:
        """One message."""
        from websockets.exceptions import WebSocketException

        try:
            self._socket.send(text)
        except (OSError, WebSocketException):
            raise LineFailed(self._how_closed()) from None

    def close(self) -> None:
        """Says goodbye, and waits for no more than CLOSE_WITHIN for its answer. May be called twice."""
        with contextlib.suppress(Exception):
            self._open.close()

    def _ask(self) -> threading.Event:
        from websockets.exceptions import WebSocketException

        try:
            return self._socket.ping()
        except (OSError, WebSocketException):
            raise LineFailed(self._how_closed()) from None

    def _receive(self, within: float) -> str | None:
        from websockets.exceptions import WebSocketException

        try:
            text = self._socket.recv(timeout=within)
        except TimeoutError:
            return None
        except (OSError, WebSocketException):
            raise LineFailed(self._how_closed()) from None
        return text if isinstance(text, str) else ""

    def _how_closed(self) -> str:
        code = self._socket.close_code
        return "the connection broke" if code in (None, 1006) else f"Slack closed the connection ({code})"
