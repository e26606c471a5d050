"""Serves the application with uvicorn, in the main thread or in another, until told to stop."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import uvicorn
from starlette.applications import Starlette

from monitor.web.connection import connection
from monitor.web.errors import CannotListen, PortTaken

GRACE = 5  # seconds for pages that are being made when we stop
MAX_CONNECTIONS = 200  # at once; more are told to come back (503)
PATIENCE = 10.0  # seconds for a request to come as a whole


def serve(
    app: Starlette,
    host: str,
    port: int,
    *,
    ready: Callable[[int], None] = lambda port: None,
    stop: threading.Event | None = None,
    patience: float = PATIENCE,
) -> None:
    """Serve until stopped. `ready` is called once with the port (the one given, or for 0 the one found).

    With `stop` the caller decides when it ends, and no signal handler is touched: set it from any thread.
    Without it, in the main thread, SIGINT and SIGTERM end it and are raised again after it.
    Raises PortTaken or CannotListen before anything is served.
    """
    listener = listen(host, port)
    try:
        server = _Server(_config(app, patience), ready=ready, stop=stop, port=listener.getsockname()[1])
        server.run(sockets=[listener])
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket."""
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise CannotListen(
            f"no such address to listen on: `{shown}`", hint="use 127.0.0.1, or an address of this machine"
        ) from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # With SO_REUSEADDR two may bind until one of them listens: so listen here, where it can be told.
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"another program listens there: `{shown}`",
                hint="end it, or choose another port with `--port` or `[web] port` (0 finds a free one)",
            ) from error
        raise CannotListen(
            f"cannot listen on this address ({error.strerror or error}): `{shown}`",
            hint="ports below 1024 need special rights; use 127.0.0.1 or an address of this machine",
        ) from error
    listener.setblocking(False)
    return listener


def _config(app: Starlette, patience: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=connection(patience),
        ws="none",
        lifespan="on",
        log_config=None,  # the application's logging stands
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE,
    )


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        *,
        ready: Callable[[int], None],
        stop: threading.Event | None,
        port: int,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._stop = stop
        self._port = port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self._port)

    async def on_tick(self, counter: int) -> bool:
        """uvicorn asks ten times a second."""
        if self._stop is not None and self._stop.is_set():
            self.should_exit = True
        return await super().on_tick(counter)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        # override: uvicorn's is a generator function; what it returns is used as a context manager only.
        return super().capture_signals() if self._stop is None else nullcontext()
