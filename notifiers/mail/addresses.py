"""Addresses of e-mail: parsed strictly, so that none can be taken for two, or for a command. Pure.

Less than RFC 5322 allows: no comments, no quoted local part, no route. Letters beyond ASCII may stand in either half
(RFC 6531); a domain is sent in its ASCII form.
"""

from __future__ import annotations

import re

import msgspec

_LOCAL = re.compile(
    r"[^\s\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"]+(\.[^\s\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"]+)*"
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<spec>[^<>]*)>\s*")


class WrongAddress(ValueError):
    """`str()` is what is wrong with it, to go after the address's name: `has no @`."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    name: str  # for people; "" for none
    local: str
    domain: str  # in ASCII, small letters

    @property
    def spec(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether the server must know SMTPUTF8 (RFC 6531)."""
        return not self.local.isascii()


def address_of(text: str) -> Address:
    """`alerts@example.org` or `trialbell <alerts@example.org>`. Raises WrongAddress."""
    if not text.strip():
        raise WrongAddress("is empty")
    if not text.isprintable():
        raise WrongAddress("holds a character that cannot be printed")
    named = _NAMED.fullmatch(text)
    name, spec = (named["name"], named["spec"]) if named else ("", text.strip())
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    if any(sign in name for sign in '"\\') or len(name) > 64:
        raise WrongAddress("has a name of more than 64 characters, or with a quote or backslash in it")
    local, at, domain = spec.rpartition("@")
    if not at:
        raise WrongAddress("has no `@`")
    if not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise WrongAddress("has something before its `@` that no address has")
    return Address(name=name.strip(), local=local, domain=domain_of(domain))


def domain_of(text: str) -> str:
    """A domain in its ASCII form (RFC 5890). Raises WrongAddress."""
    try:
        domain = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    if not domain or len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise WrongAddress("has something after its `@` that is no domain")
    return domain
