"""Ids and web addresses of ClinicalTrials.gov, read from what people type or paste. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.registries.base import MalformedId

SITE = "https://clinicaltrials.gov"
# The site, its older faces, and whatever address is configured.
HOSTS = frozenset(f"{prefix}clinicaltrials.gov" for prefix in ("", "www.", "classic.", "beta.", "beta-ut."))

_CANONICAL = re.compile(r"NCT[0-9]{8}")
_ALONE = re.compile(r"(?:NCT[0-9]{8}\r?\n)*+(?:NCT[0-9]{8})?")
_NONE = "NCT00000000"  # no trial has it
_TYPED = re.compile(r"NCT0*([0-9]{1,8})", re.IGNORECASE)  # short or with extra zeros, as in papers
_SHOWN = 60  # characters of an offending text in a message


def is_id(text: str) -> bool:
    """Is it an id in the registry's own form?"""
    return _CANONICAL.fullmatch(text) is not None


def ids_alone(text: str) -> list[str] | None:
    """The ids of a text that is nothing but ids in the registry's own form, one a line, each once; else None.

    A list of a hundred thousand is read at every start.
    """
    if _ALONE.fullmatch(text) is None:
        return None
    ids = text.split()
    return ids if len(set(ids)) == len(ids) and _NONE not in ids else None


def trial_id(text: str, *, site: str = SITE) -> str:
    """The canonical id in a text: an id, short or padded, in any case, or a record's web address.

    Raises MalformedId.
    """
    text = text.strip()
    address = as_address(text)
    if address is None:
        trial = _padded(text)
        if trial is None:
            raise MalformedId(
                f"no id of ClinicalTrials.gov: `{_cut(text)}`",
                hint="an id is NCT and eight digits, as NCT07146087; a record's web address will do too",
            )
        return trial
    if not on_site(address, site):
        raise MalformedId(f"no address of a record on ClinicalTrials.gov: `{_cut(text)}`")
    for part in unquote(address.path).split("/"):
        trial = _padded(part)
        if trial is not None:
            return trial
    raise MalformedId(
        f"an address without a record's id in its path: `{_cut(text)}`",
        hint="open the record and copy its address, as https://clinicaltrials.gov/study/NCT07146087",
    )


def as_address(text: str) -> SplitResult | None:
    """The parts of a web address, its scheme left out or not; None when it is none."""
    text = text.strip()
    if re.match(r"https?://", text, re.IGNORECASE) is None:
        host = re.match(r"[a-z0-9.-]+\.[a-z]+(?=/)", text, re.IGNORECASE)
        if host is None:
            return None
        text = f"https://{text}"
    try:
        return urlsplit(text)
    except ValueError:  # brackets that are no IPv6 address
        return None


def on_site(address: SplitResult, site: str) -> bool:
    """Does an address belong to the registry, on its own site or the configured one?"""
    try:
        root = urlsplit(site)
        if (address.hostname, address.port) == (root.hostname, root.port):
            return True
        return address.hostname in HOSTS and address.port in (None, 80, 443)
    except ValueError:  # a port that is none
        return False


def _padded(text: str) -> str | None:
    match = _TYPED.fullmatch(text.strip())
    if match is None or not int(match[1]):
        return None
    if len(text.strip()) > len("NCT00000000") and len(match[1]) == 8:
        return None  # a digit too many: NCT071460871 is a slip of the hand, and no id padded with zeros
    return f"NCT{int(match[1]):08}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
