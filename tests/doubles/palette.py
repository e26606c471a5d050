"""A picture of few colours in few bytes: a PNG of a screen, read and written anew with a palette. Plain Python."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height (PNG, 11.2.2)."""
    assert png.startswith(SIGNATURE)
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def with_palette(png: bytes, colours: int, keep: Iterable[bytes] = ()) -> bytes:
    """The same picture in at most so many colours: those to keep, then the most frequent; the others as the nearest.

    png: 8 bits a sample, RGB or RGBA whose pixels are all opaque, not interlaced; as Chromium writes it.
    """
    width, height, rows = _pixels(png)
    counted = Counter(pixel for row in rows for pixel in row)
    kept = _spread(counted, colours, [colour for colour in dict.fromkeys(keep) if colour in counted])
    index = {colour: _nearest(colour, kept) for colour in counted}
    body = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(kept)), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _spread(counted: Counter[bytes], colours: int, kept: list[bytes]) -> list[bytes]:
    """With the most frequent, but none that is nearly one that is there already."""
    for colour, _ in counted.most_common(4_000):
        if len(kept) >= colours:
            break
        if all(_distance(colour, other) > 150 for other in kept):
            kept.append(colour)
    return kept


def _nearest(colour: bytes, kept: list[bytes]) -> int:
    return min(range(len(kept)), key=lambda at: _distance(colour, kept[at]))


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _pixels(png: bytes) -> tuple[int, int, list[list[bytes]]]:
    width, height = size_of(png)
    depth, kind, _, _, interlaced = png[24:29]
    samples = {2: 3, 6: 4}[kind]
    assert (depth, interlaced) == (8, 0)
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    raw = zlib.decompress(packed)
    stride = width * samples
    before = bytearray(stride)
    rows = []
    for start in range(0, len(raw), stride + 1):
        before = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, samples)
        ends = range(0, stride + 1, samples)
        rows.append([bytes(before[a : a + 3]) for a, _ in pairwise(ends)])
    return width, height, rows


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """A line as it is before its filter (PNG, 9.2)."""
    if kind == 0:
        return line
    for at, value in enumerate(line):
        left = line[at - step] if at >= step else 0
        up = above[at]
        match kind:
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case _:
                corner = above[at - step] if at >= step else 0
                guess = min((left, up, corner), key=lambda one, sum_=left + up - corner: abs(sum_ - one))
        line[at] = (value + guess) & 255
    return line
