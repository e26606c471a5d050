"""Addresses of evidence: of one version, bundles, and the ledger."""

from __future__ import annotations

from monitor.web.address import Address, Parameter
from monitor.web.evidence import answering, ledger_page
from monitor.web.evidence.bundle import MEDIA
from monitor.web.evidence.shapes import Ledger, LedgerEntry, VersionEvidence

_VERSION = "/trials/{registry}/{trial}/versions/{version}"

ADDRESSES = (
    Address(
        path=_VERSION + "/evidence",
        name="evidence",
        summary="What vouches for one version: hashes, times, its entry in the ledger",
        work=answering.evidence,
        data=VersionEvidence,
    ),
    Address(
        path=_VERSION + "/bundle.zip",
        name="version_bundle",
        summary="One version with its hashes and times, to be cited and checked",
        work=answering.version_bundle,
        documents=(MEDIA,),
    ),
    Address(
        path="/trials/{registry}/{trial}/compare/{pair}/bundle.zip",
        name="compare_bundle",
        summary="Two versions, what changed between them, their hashes and times, to be cited and checked",
        work=answering.pair_bundle,
        documents=(MEDIA,),
        sends_on=303,
    ),
    Address(
        path="/ledger",
        name="ledger",
        summary="Every version in the order of storing, each sealed into the next, and whether that holds",
        work=ledger_page.shown,
        parameters=(
            Parameter(
                name="from",
                description="Number of an entry: the piece of the chain that holds it; the newest when left out",
                schema={"type": "string", "pattern": "^[1-9][0-9]{0,17}$"},
            ),
        ),
        data=Ledger,
        rows=LedgerEntry,
    ),
)
