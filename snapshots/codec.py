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

Dictionary = zstd.ZstdDict
CodecError = zstd.ZstdError  # what the reading functions raise on bytes that are not theirs

DICTIONARY_SIZE = 65536
FEWEST_SAMPLES = 50
MOST_SAMPLES = 200
WHOLE_LEVEL = 9  # level 19 gains 5 % for ten times the work
LEANING_LEVEL = 6
_WIDEST_WINDOW = 27  # log2; what any zstd decoder takes without being asked
_LONG = 1 << 20  # bytes from which on the far matches of a leaning body are searched for

_Parameter = zstd.CompressionParameter


def pack(body: bytes, dictionary: Dictionary | None = None) -> bytes:
    """A body that stands alone."""
    options: dict[int, int] = {
        _Parameter.compression_level: WHOLE_LEVEL,
        _Parameter.checksum_flag: 0,
        _Parameter.dict_id_flag: 0,
    }
    # Digested once for all bodies, which is half of the work.
    digested = None if dictionary is None else dictionary.as_digested_dict
    return zstd.compress(body, options=options, zstd_dict=digested)


def unpack(packed: bytes, dictionary: Dictionary | None = None) -> bytes:
    return zstd.decompress(packed, zstd_dict=dictionary)


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
    return zstd.compress(body, options=options, zstd_dict=_prefix(newer))


def unpack_against(packed: bytes, newer: bytes) -> bytes:
    return zstd.decompress(packed, zstd_dict=_prefix(newer))


def train(bodies: Sequence[bytes]) -> bytes | None:
    """A dictionary's bytes from sample bodies; None when they are too few or too small to learn from."""
    if len(bodies) < FEWEST_SAMPLES:
        return None
    try:
        return zstd.train_dict(bodies[:MOST_SAMPLES], DICTIONARY_SIZE).dict_content
    except CodecError:
        return None  # bodies then stand without one, which costs room and nothing else


def dictionary(content: bytes) -> Dictionary:
    return zstd.ZstdDict(content)


def _prefix(newer: bytes) -> tuple[zstd.ZstdDict, int]:
    return zstd.ZstdDict(newer, is_raw=True).as_prefix
