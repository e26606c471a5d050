"""Where signed requests may be posted to. Pure; what is wrong is said without the address, which may be a secret."""

from __future__ import annotations

from urllib.parse import urlsplit

EXAMPLE = "https://example.org/hooks/trials"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def fault(text: str) -> str | None:
    """What is wrong with an address, to go after the word for it: `is no address`. None for a good one."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "is none that begins with https://"
    if not (text.isascii() and text.isprintable()) or " " in text:
        return "holds a character that no address has"
    if "@" in parts.netloc:
        return "holds a name or a password: the signature is what a receiver knows us by"
    if parts.scheme == "http" and host not in _LOOPBACK:
        return "begins with http://, which keeps nothing from being read on the way: it must be https://"
    return None
