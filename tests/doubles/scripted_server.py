"""A server over real sockets that answers each request with the next bytes of a script, exactly as written.

For what no HTTP server would send: half an answer, a head that drips, a gzip stream with a tail.
"""

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Self

Step = bytes | Callable[[socket.socket], None]


def response(
    status: int = 200,
    body: bytes = b"{}",
    *headers: tuple[str, str],
    length: int | None = None,
    type: str = "application/json",
) -> bytes:
    head = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {type}"]
    head += [f"{name}: {value}" for name, value in headers]
    head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode() + body


def gzipped(body: bytes, *headers: tuple[str, str]) -> bytes:
    return response(200, gzip.compress(body), ("Content-Encoding", "gzip"), *headers)


def reset(connection: socket.socket) -> None:
    """Hang up without a word, with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def drip(whole: bytes, every: float) -> Callable[[socket.socket], None]:
    """The first bytes at once up to the last 200, then one at a time."""

    def send(connection: socket.socket) -> None:
        pause = threading.Event()
        with contextlib.suppress(OSError):
            for byte in whole:
                connection.sendall(bytes([byte]))
                pause.wait(every)

    return send


class ScriptedServer:
    """The last step is repeated for further requests. `requests` are the heads as received."""

    def __init__(self, *script: Step) -> None:
        self.script: Sequence[Step] = script
        self.requests: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._closing = False
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def paths(self) -> list[str]:
        return [head.split(" ")[1] for head in self.requests]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while head := self._head(connection):
                self.requests.append(head)
                step = self.script[min(len(self.requests), len(self.script)) - 1]
                if callable(step):
                    step(connection)
                    return
                connection.sendall(step)

    def _head(self, connection: socket.socket) -> str:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return ""
            received += piece
        return received.decode()
