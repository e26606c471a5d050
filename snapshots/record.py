"""A study record: strict reading of the bytes it came in, its canonical form, and its hashes.

`parse` takes nothing that would not come back equal; `canonical` is what is stored; `content_hash` is a
version's identity; `fingerprint` recognises a record by its raw bytes without reading it.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import msgspec

from snapshots.errors import NotJSON

CONTENT_SIZE = 16  # bytes of a content hash
MAX_DEPTH = 128  # of nested objects and lists; real records reach 11, comparison breaks down past 450

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()
_sorting_encoder = msgspec.json.Encoder(order="sorted")

# The one value that is no part of a version's identity, in its known place. In JSON a quote inside a text is
# always escaped, so a quote after `{` or `,` opens a key: no text of a record can look like this.
_HOLDER = re.compile(
    rb'[{,]\s*"derivedSection"\s*:\s*\{\s*"miscInfoModule"\s*:\s*\{\s*"versionHolder"\s*:\s*'
    rb'"(\d{4}-\d{2}-\d{2})"\s*[,}]'
)
_HOLDER_KEY = b'"versionHolder":'
_HOLDER_MEMBER = re.compile(rb'"versionHolder":"\d{4}-\d{2}-\d{2}"')
_HOLDER_REACH = 256  # bytes before the key's name in which the whole place must begin
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse(raw: bytes | memoryview) -> dict[str, Any]:
    """Read one record; NotJSON for whatever is not a JSON object as we accept it.

    Refused: trailing data, duplicate keys, NaN and infinities, numbers beyond a double, lone surrogates,
    bytes that are not UTF-8, nesting deeper than MAX_DEPTH.
    """
    data = bytes(raw)
    try:
        record = _decoder.decode(data)
        # msgspec refuses all that we refuse but repeated keys, of which it keeps the last. A record that is
        # written out again to the same bytes had none.
        if _encoder.encode(record) != data:
            _refuse_repeated_keys(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotJSON(f"not JSON as we accept it: {_reason(error)}") from error
    if not isinstance(record, dict):
        raise NotJSON("not a JSON object")
    _check_depth(record)
    return record


def canonical(record: dict[str, Any]) -> bytes:
    """The one form in which a record is stored and hashed: sorted keys, UTF-8, no spaces.

    Only for values that `parse` gives; two records with equal canonical bytes are the same JSON value.
    """
    return _sorting_encoder.encode(record)


def keys_sorted(record: dict[str, Any]) -> dict[str, Any]:
    """The same record with the keys of every object sorted, as a stored one has them."""
    found: dict[str, Any] = _decoder.decode(_sorting_encoder.encode(record))
    return found


def content_hash(record: dict[str, Any]) -> bytes:
    """A version's identity: of the canonical form without the data build's date, the first half of its SHA-256.

    It tells versions apart, which 16 bytes do. What proves anything is the whole hash in the ledger.
    """
    return _identity(_sorting_encoder.encode(_without_holder(record)))


def content_of(record: dict[str, Any], body: bytes) -> bytes:
    """`content_hash`, from the canonical bytes of the record that are there already."""
    rest = without_holder_once(body)
    if rest is None or (len(rest) < len(body) and holder(record) is None):
        return content_hash(record)
    return _identity(rest)


def without_holder_once(body: bytes) -> bytes | None:
    """Canonical bytes less the one value that looks like the data build's date; None where that is not one.

    A quote within a text is escaped: what is found is a key and its value, in whatever object.
    """
    start = body.find(_HOLDER_KEY)
    if start < 0:
        return body
    found = _HOLDER_MEMBER.match(body, start)
    if found is None or body.find(_HOLDER_KEY, start + 1) >= 0:
        return None
    end = found.end()
    if body[start - 1 : start] == b",":
        start -= 1
    elif body[end : end + 1] == b",":
        end += 1
    return body[:start] + body[end:]


def fingerprint(raw: bytes | memoryview) -> bytes | None:
    """SHA-256 of the raw bytes less the data build's date; None unless that stands there exactly once.

    Equal fingerprints mean equal records. Different ones mean nothing: parse and compare `content_hash`.
    """
    data = bytes(raw)
    name = data.find(b"versionHolder")
    if name < 0 or data.find(b"versionHolder", name + 1) >= 0:
        return None
    found = _HOLDER.search(data, max(0, name - _HOLDER_REACH))
    if found is None:
        return None
    start, end = found.span(1)
    digest = hashlib.sha256(memoryview(data)[:start])
    digest.update(memoryview(data)[end:])
    return digest.digest()


def holder(record: dict[str, Any]) -> str | None:
    """The day of the data build that a record carries, ISO; None when there is none of that shape."""
    value: Any = record
    for key in ("derivedSection", "miscInfoModule", "versionHolder"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) and _DAY.fullmatch(value) else None


def _identity(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:CONTENT_SIZE]


def _without_holder(record: dict[str, Any]) -> dict[str, Any]:
    derived = record.get("derivedSection")
    misc = derived.get("miscInfoModule") if isinstance(derived, dict) else None
    if not isinstance(derived, dict) or not isinstance(misc, dict) or "versionHolder" not in misc:
        return record
    rest = {key: value for key, value in misc.items() if key != "versionHolder"}
    return {**record, "derivedSection": {**derived, "miscInfoModule": rest}}


def _refuse_repeated_keys(data: bytes) -> None:
    """For bytes in another form than we write: spaces, escapes, other spellings of numbers, or a fault."""
    json.loads(data, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key stands twice in one object: `{key[:80]}`")
            seen.add(key)
    return found


def _check_depth(record: dict[str, Any]) -> None:
    level: list[Any] = [record]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return
    raise NotJSON(f"not JSON as we accept it: nested deeper than {MAX_DEPTH} levels")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"nested deeper than {MAX_DEPTH} levels"
    return str(error)
