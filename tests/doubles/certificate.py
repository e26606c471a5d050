"""A certificate for servers on this machine, made anew by who asks for one, so that no private key stands anywhere.

Elliptic curve P-256, signed by itself (RFC 5280, RFC 5480, RFC 5915). For tests: nothing here is safe against who
measures how long it takes.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
from pathlib import Path

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_EC_KEY, _P256 = "06072a8648ce3d0201", "06082a8648ce3d030107"
_ECDSA_SHA256, _COMMON_NAME = "06082a8648ce3d040302", "0603550403"
_ALT_NAME, _CONSTRAINTS = "0603551d11", "0603551d13"


def self_signed(folder: Path, *, name: str = "localhost") -> Path:
    """A file with key and certificate, PEM, for `name` and 127.0.0.1."""
    key = secrets.randbelow(_N - 1) + 1
    x, y = _times(key, _G)
    point = _tag(3, b"\0\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))
    algorithm = _tag(0x30, bytes.fromhex(_ECDSA_SHA256))
    subject = _tag(0x30, _tag(0x31, _tag(0x30, bytes.fromhex(_COMMON_NAME) + _tag(0x0C, name.encode()))))
    names = _tag(0x30, _tag(0x82, name.encode()) + _tag(0x87, bytes([127, 0, 0, 1])))
    authority = _tag(0x30, _tag(1, b"\xff"))
    extensions = b"".join(
        _tag(0x30, bytes.fromhex(oid) + _tag(4, value))
        for oid, value in ((_ALT_NAME, names), (_CONSTRAINTS, authority))
    )
    told = _tag(
        0x30,
        _tag(0xA0, _integer(2))
        + _integer(secrets.randbits(64))
        + algorithm
        + subject
        + _tag(0x30, _tag(0x17, b"200101000000Z") + _tag(0x17, b"491231235959Z"))
        + subject
        + _tag(0x30, _tag(0x30, bytes.fromhex(_EC_KEY + _P256)) + point)
        + _tag(0xA3, _tag(0x30, extensions)),
    )
    certificate = _tag(0x30, told + algorithm + _tag(3, b"\0" + _signature(key, told)))
    private = _tag(
        0x30,
        _integer(1) + _tag(4, key.to_bytes(32, "big")) + _tag(0xA0, bytes.fromhex(_P256)) + _tag(0xA1, point),
    )
    path = folder / f"{name}.pem"
    path.write_text(_pem("EC PRIVATE KEY", private) + _pem("CERTIFICATE", certificate))
    return path


def server_context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _signature(key: int, told: bytes) -> bytes:
    digest = int.from_bytes(hashlib.sha256(told).digest(), "big")
    once = secrets.randbelow(_N - 1) + 1
    r = _times(once, _G)[0] % _N
    s = pow(once, -1, _N) * (digest + r * key) % _N
    return _tag(0x30, _integer(r) + _integer(s))


def _times(factor: int, point: tuple[int, int]) -> tuple[int, int]:
    total: tuple[int, int] | None = None
    while factor:
        if factor & 1:
            total = point if total is None else _plus(total, point)
        point = _plus(point, point)
        factor >>= 1
    assert total is not None
    return total


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    if one == other:
        slope = 3 * (one[0] ** 2 - 1) * pow(2 * one[1], -1, _P)  # a is -3
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P)
    x = (slope**2 - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _tag(tag: int, value: bytes) -> bytes:
    """DER."""
    size = len(value)
    if size < 128:
        return bytes([tag, size]) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + value


def _integer(value: int) -> bytes:
    return _tag(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _pem(label: str, value: bytes) -> str:
    text = base64.encodebytes(value).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"
