"""How events, change sets and records read in a terminal: the same words with and without colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from snapshots.changeset import FieldChange, Severity, Source
from snapshots.event import Event, EventKind

if TYPE_CHECKING:
    from snapshots.changeset import ChangeSet

_COLOUR = {
    Severity.CRITICAL: "red",
    Severity.MAJOR: "yellow",
    Severity.MINOR: "cyan",
    Severity.NOISE: "bright_black",
}
_SIGN = {Severity.CRITICAL: "!!", Severity.MAJOR: "! ", Severity.MINOR: "· ", Severity.NOISE: "  "}
LONGEST_TEXT = 600  # characters of a text shown in a terminal; `--json` has the whole


def coloured(severity: Severity, text: str) -> str:
    """Colour, where stdout is a terminal that wants it (NO_COLOR, TERM=dumb)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return click.style(text, fg=_COLOUR[severity], bold=severity >= Severity.MAJOR)


def width() -> int:
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


def event_lines(event: Event, *, details: bool = True) -> list[str]:
    """An event as a few lines: how bad, which trial, what; then each change with its reason."""
    sign = coloured(event.severity, f"{_SIGN[event.severity]} {event.severity.value:<8}")
    when = event.at.strftime("%Y-%m-%d %H:%M UTC") if event.at else ""
    if event.from_ is not None and event.to is not None and event.to.source is Source.ARCHIVE:
        when = f"submitted {event.to.updated}, the registry's r{event.from_.version} → r{event.to.version}"
    lines = [f"{sign} {event.trial}  {plain(event.headline)}", f"   {'':<8} {plain(event.title)}"]
    about = [when, ", ".join(event.watches), event.build and f"build of {event.build}", event.note]
    lines.append(f"   {'':<8} " + " · ".join(part for part in about if part))
    if details and event.kind is EventKind.CHANGED and len(event.changes) > 1:
        lines += [f"   {line}" for line in change_lines(event.changes)]
    for step in event.steps:
        lines.append(f"   {'':<8} {step.submitted}  version r{step.version}: {plain(step.headline)}")
    return lines


def change_lines(changes: Iterable[FieldChange], *, noise: bool = False, texts: bool = False) -> list[str]:
    """A line or two a change; with texts, the old and the new text of what was reworded."""
    lines: list[str] = []
    for change in changes:
        if change.severity is Severity.NOISE and not noise:
            continue
        head = coloured(change.severity, f"{_SIGN[change.severity]} {change.severity.value:<8}")
        label = "" if _names_itself(change) else f"{plain(change.label)}: "
        lines += folded(f"{head} {label}", plain(change.summary), hang=12)
        if change.reason:
            lines += folded(" " * 12, f"({plain(change.reason)})", hang=12)
        if texts and isinstance(change.before, str) and isinstance(change.after, str):
            lines += text_lines(change.before, change.after)
    return lines


def _names_itself(change: FieldChange) -> bool:
    """Whether the sentence begins with what it is about: `Enrolment cut …`, `Arm added …`."""
    return change.summary.casefold().startswith(change.label.removesuffix("s").casefold())


def text_lines(before: str, after: str) -> list[str]:
    """Words taken out in [-…-], put in in {+…+}, as `git diff --word-diff` marks them."""
    if len(before) + len(after) < 80:
        return []
    from snapshots.words import marked

    marks = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    pieces = [(mark, text) for mark, text in marked(before, after) if text]
    shown = []
    for position, (mark, text) in enumerate(pieces):
        if mark == "=" and len(text) > 120:  # the same words matter only beside a difference
            start = text[:50] if position > 0 else ""
            end = text[-50:] if position + 1 < len(pieces) else ""
            text = f"{start} … {end}"
        shown.append(marks[mark].format(text))
    whole = plain("".join(shown))
    if len(whole) > LONGEST_TEXT:
        whole = whole[:LONGEST_TEXT].rsplit(" ", 1)[0] + " … (the whole with --json)"
    return folded(" " * 12, whole, hang=12)


def change_set_lines(changes: ChangeSet, left: str, right: str, *, noise: bool) -> list[str]:
    """A whole comparison."""
    return [
        f"{changes.trial}  {plain(changes.title)}",
        f"{left}  →  {right}",
        "",
        coloured(changes.severity, plain(changes.headline)),
        "",
        *change_lines(changes.changes, noise=noise, texts=True),
    ]


def folded(first: str, text: str, *, hang: int) -> list[str]:
    bare = click.unstyle(first)
    lines = textwrap.wrap(
        text, width=width() - hang, initial_indent="x" * max(0, len(bare) - hang), break_on_hyphens=False
    ) or [""]
    lines[0] = first + lines[0][max(0, len(bare) - hang) :]
    return [lines[0], *(" " * hang + line for line in lines[1:])]


def plain(text: str) -> str:
    """Trial text on one line, without what a terminal would obey (escapes, controls, bidi overrides)."""
    kept = "".join(
        " " if char in "\n\r\t" else char for char in text if char.isprintable() or char in "\n\r\t"
    )
    return " ".join("".join(char for char in kept if char not in _BIDI).split())


_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
