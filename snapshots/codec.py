"""Bodies of versions to compressed bytes and back. Pure: bytes in, bytes out.

A body stands alone (with a trained dictionary or none), or leans on the body of its newer neighbour, of
which it then holds little more than the differences. What is what is written down by the store, not in the
bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CodecError = zstd.ZstdError  # what the reading functions raise on bytes that are not theirs

DICTIONARY_SIZE = 65536
FEWEST_SAMPLES = 50
MOST_SAMPLES = 200
WHOLE_LEVEL = 5  # level 6 gains 6 % for half as much work again, level 9 ten for more than twice as much
LEANING_LEVEL = 6
_WIDEST_WINDOW = 27  # log2; what any zstd decoder takes without being asked
_MAGIC = b"\x28\xb5\x2f\xfd"  # what every frame begins with; a leaning body does without it
_LONG = 1 << 20  # bytes from which on the far matches of a leaning body are searched for

_Parameter = zstd.CompressionParameter


_WHOLE: dict[int, int] = {
    _Parameter.compression_level: WHOLE_LEVEL,
    _Parameter.checksum_flag: 0,
    _Parameter.dict_id_flag: 0,
}


class Dictionary:
    """A trained dictionary, made ready once: to do so takes longer than to pack a body with it. For one thread."""

    def __init__(self, content: bytes) -> None:
        self.trained = zstd.ZstdDict(content)
        self._compressor: zstd.ZstdCompressor | None = None

    def compress(self, body: bytes) -> bytes:
        if self._compressor is None:
            self._compressor = zstd.ZstdCompressor(options=_WHOLE, zstd_dict=self.trained.as_digested_dict)
        try:
            return self._compressor.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)
        except BaseException:
            self._compressor = None  # what it held of a body that was cut short must not get into the next
            raise


def pack(body: bytes, dictionary: Dictionary | None = None) -> bytes:
    """A body that stands alone."""
    if dictionary is None:
        return zstd.compress(body, options=_WHOLE)
    return dictionary.compress(body)


def unpack(packed: bytes, dictionary: Dictionary | None = None) -> bytes:
    return zstd.decompress(packed, zstd_dict=None if dictionary is None else dictionary.trained)


def pack_against(body: bytes, newer: bytes) -> bytes:
    """A body that can be read only with the bytes of its newer neighbour, which are at least eight."""
    reach = len(body) + len(newer)
    options: dict[int, int] = {
        _Parameter.compression_level: LEANING_LEVEL,
        _Parameter.checksum_flag: 0,
        _Parameter.dict_id_flag: 0,
        # The neighbour must lie within the window, or nothing of it is found again.
        _Parameter.window_log: min(max(reach.bit_length(), 10), _WIDEST_WINDOW),
        _Parameter.enable_long_distance_matching: int(reach >= _LONG),
    }
    return zstd.compress(body, options=options, zstd_dict=_prefix(newer)).removeprefix(_MAGIC)


def unpack_against(packed: bytes, newer: bytes) -> bytes:
    if not packed.startswith(_MAGIC):  # no frame's own first byte can be the magic number's
        packed = _MAGIC + packed
    return zstd.decompress(packed, zstd_dict=_prefix(newer))


def train(bodies: Sequence[bytes]) -> bytes | None:
    """A dictionary's bytes from sample bodies; None when they are too few or too small to learn from."""
    if len(bodies) < FEWEST_SAMPLES:
        return None
    try:
        return zstd.train_dict(bodies[:MOST_SAMPLES], DICTIONARY_SIZE).dict_content
    except CodecError:
        return None  # bodies then stand without one, which costs room and nothing else


def _prefix(newer: bytes) -> tuple[zstd.ZstdDict, int]:
    return zstd.ZstdDict(newer, is_raw=True).as_prefix
