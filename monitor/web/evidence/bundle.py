"""Bundles: what a paper or a complaint cites, as one file that can be checked without us.

The same versions make the same bytes, whenever and wherever the bundle is made: nothing in it is of the moment, its
parts are stored uncompressed and bear the first day that a zip file can name. Pure.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from monitor.web.compare.criteria import criteria_changes, name_of, what_of
from monitor.web.compare.marks import CRITERIA
from monitor.web.compare.shapes import compared
from monitor.web.drawing.prose import plain
from monitor.web.evidence.readme import CHECK, readme
from monitor.web.evidence.shapes import BundledFile, Manifest, VersionEvidence
from snapshots.changeset import JSON, FieldChange
from snapshots.event import Event

MEDIA = "application/zip"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip file knows no earlier one
_PLAIN_FILE = 0o100644 << 16  # as Unix writes it, whatever system this is


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A version that goes into a bundle."""

    evidence: VersionEvidence
    body: bytes


def bundle(
    name: str,
    versions: Sequence[Bundled],
    *,
    title: str,
    tool_version: str,
    changes: Event | None = None,
) -> bytes:
    """The zip file. name: of the folder in it. changes: between the two versions, without people."""
    first = versions[0].evidence
    files: list[tuple[str, bytes, str]] = []
    for one in versions:
        told = one.evidence
        what = f"version {told.version} of {told.trial}, exactly as stored"
        files.append((f"{told.trial}-{told.version}.json", one.body, what))
    if changes is not None:
        made = msgspec.json.format(msgspec.json.encode(compared(changes, with_noise=True)), indent=2)
        files.append(("changes.json", made + b"\n", "what changed, field by field, for programs"))
        files.append(("changes.txt", reading(changes).encode(), "what changed, to be read"))
    manifest = Manifest(
        tool="trialbell",
        tool_version=tool_version,
        engine=None if changes is None else changes.engine,
        registry=first.registry,
        trial=first.trial,
        title=title,
        headline=None if changes is None else changes.headline,
        versions=[one.evidence for one in versions],
        files=[
            BundledFile(name=at, size=len(data), sha256=hashlib.sha256(data).hexdigest(), what=what)
            for at, data, what in files
        ],
    )
    parts = [(at, data) for at, data, _ in files]
    parts.append(("manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"))
    parts.append(("check.py", CHECK.encode()))
    parts.append(("README.txt", readme(name, manifest).encode()))
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {at}\n" for at, data in parts)
    return _zipped(name, [*parts, ("SHA256SUMS", sums.encode())])


def _zipped(folder: str, parts: Sequence[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        for name, data in parts:
            part = zipfile.ZipInfo(f"{folder}/{name}", _FIRST_DAY)
            part.create_system = 3  # Unix
            part.external_attr = _PLAIN_FILE
            made.writestr(part, data)
    return stream.getvalue()


def reading(event: Event) -> str:
    """The change set as plain text: each change with its reason, where it stands, and both values whole; of criteria
    those that changed, each by its number."""
    lines = [
        f"{event.trial}  {_line(event.title)}",
        "",
        _line(event.headline),
        f"Severity: {event.severity.value}, as trialbell judges it.",
    ]
    for number, change in enumerate(event.changes, 1):
        lines += ["", *_change(number, change)]
    if not event.changes:
        lines += ["", "No difference."]
    return "\n".join(lines) + "\n"


def _change(number: int, change: FieldChange) -> list[str]:
    item = f", {_line(change.item)}" if change.item else ""
    level = change.severity.value
    lines = [f"{number}. [{level}] {change.label}{item}", f"   {_line(change.summary)}"]
    if change.reason:
        lines.append(f"   Why it matters: {_line(change.reason)}")
    lines.append(f"   In the record: {', '.join(change.paths)}")
    named = criteria_changes(change.before, change.after) if change.field == CRITERIA else []
    for one in named:
        lines.append(f"   {name_of(one)} {what_of(one)}")
        for label, text in (("Before", one.before), ("After", one.after)):
            if text is not None and (label == "After" or one.action != "moved"):
                lines.append(f"     {label}: {_line(text)}")
    if named:
        lines.append("   Each on one line, signs set evenly. All criteria as they are written: changes.json.")
        return lines
    for label, value in (("Before", change.before), ("After", change.after)):
        lines += [f"   {label}:", *(f"     {one}".rstrip() for one in _value(value))]
    return lines


def _value(value: JSON) -> list[str]:
    if value is None:
        return ["(not there)"]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return [plain(one) for one in text.splitlines()] or [""]


def _line(text: str) -> str:
    return " ".join(plain(text).split())
