"""Bodies of bounded size: one layer of gzip is undone as it arrives, and the cap is never passed by much."""

from __future__ import annotations

import zlib
from typing import Protocol

from monitor.transport.problems import Broken, TooLarge, Unreadable

STEP = 256 * 1024  # decompressed at once: what a small piece of a gzip bomb can cost beyond the cap
GZIP_ONLY = 31  # zlib's word for "a gzip header and trailer, nothing else"


class Body(Protocol):
    """Feed it all pieces in order, then `finish` once; `whole` is the body then."""

    whole: bytearray

    def feed(self, piece: bytes) -> None: ...
    def finish(self) -> None: ...


def body_for(encoding: str, *, cap: int) -> Body:
    """For a Content-Encoding. Raises Unreadable for any that was not asked for."""
    match encoding.strip().lower():
        case "" | "identity":
            return Plain(cap)
        case "gzip" | "x-gzip":
            return Gzip(cap)
    raise Unreadable(f"the answer is compressed in a way that was not asked for: `{encoding.strip()[:40]}`")


class Plain:
    def __init__(self, cap: int) -> None:
        self.whole = bytearray()
        self._cap = cap

    def feed(self, piece: bytes) -> None:
        self.whole += piece
        if len(self.whole) > self._cap:
            raise TooLarge(_too_large(self._cap))

    def finish(self) -> None:
        """Nothing is left over."""


class Gzip:
    def __init__(self, cap: int) -> None:
        self.whole = bytearray()
        self._cap = cap
        self._zlib = zlib.decompressobj(GZIP_ONLY)

    def feed(self, piece: bytes) -> None:
        try:
            while not self._zlib.eof:
                part = self._zlib.decompress(piece, STEP)
                self.whole += part
                if len(self.whole) > self._cap:
                    raise TooLarge(_too_large(self._cap))
                piece = self._zlib.unconsumed_tail
                if not piece and len(part) < STEP:
                    break
        except zlib.error as error:
            raise Broken(f"the gzip stream is damaged ({error})") from None
        if piece or self._zlib.unused_data:
            raise Broken("the gzip stream goes on after its end")

    def finish(self) -> None:
        if not self._zlib.eof:
            raise Broken("the gzip stream is cut short")


def _too_large(cap: int) -> str:
    return f"the answer is larger than {cap // 1024 or 1:,} KB"
