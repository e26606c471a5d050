"""A connection to the browser's server that is not held open by whoever says nothing, or takes nothing.

uvicorn bounds the time between two requests alone. Here the first must come as a whole within a time as well, and so
must each that was begun; and an answer must be taken. Else a few hundred connections would shut everybody out.
"""

from __future__ import annotations

import asyncio

from h11 import IDLE, SEND_BODY
from uvicorn.protocols.http.h11_impl import H11Protocol

UNREAD = 3  # times the patience: in which something of an answer must be taken


def connection(patience: float) -> type[H11Protocol]:
    """patience: seconds for a request to come as a whole."""

    class Connection(H11Protocol):
        _given_up: asyncio.TimerHandle | None = None
        _unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            # override: as uvicorn has it.
            super().connection_made(transport)
            self._expect()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._expect()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self._given_up is None and self.conn.their_state is SEND_BODY:
                self._expect()
            if self._unread is None:
                self._offer()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._offer()

        def resume_writing(self) -> None:
            super().resume_writing()
            self._offer()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget()
            self._taken()
            super().connection_lost(exc)

        def _expect(self) -> None:
            """Time runs from a request's beginning to its end, whatever comes meanwhile; not while it is answered."""
            if self.conn.their_state not in (IDLE, SEND_BODY) or self.transport.is_closing():
                self._forget()
            elif self._given_up is None:
                self._given_up = self.loop.call_later(patience, self.transport.close)

        def _forget(self) -> None:
            if self._given_up is not None:
                self._given_up.cancel()
                self._given_up = None

        def _offer(self) -> None:
            """Time runs while an answer waits to be taken, and anew whenever some of it was; also of a connection
            that is closed but for that."""
            self._taken()
            if waits := self.transport.get_write_buffer_size():
                self._unread = self.loop.call_later(UNREAD * patience, self._look, waits)

        def _look(self, waited: int) -> None:
            self._unread = None
            if self.transport.get_write_buffer_size() >= waited:
                self.transport.abort()
            else:
                self._offer()

        def _taken(self) -> None:
            if self._unread is not None:
                self._unread.cancel()
                self._unread = None

    return Connection
