"""A record laid out for a terminal: the same sections as its page in the browser."""

from __future__ import annotations

import textwrap
from typing import Any

from monitor.cli.telling import plain, width
from monitor.web.drawing.blocks import Block, Cell, Facts, Listing, Prose, Table
from monitor.web.record.sections import sections


def record_lines(record: dict[str, Any]) -> list[str]:
    """The whole record, staff left out, as lines of the terminal's width."""
    lines: list[str] = []
    for section in sections(record):
        lines += ["", section.title.upper()]
        for block in section.blocks:
            lines += _block_lines(block)
    return lines[1:]


def _block_lines(block: Block) -> list[str]:
    if isinstance(block, Facts):
        return [line for label, cell in block.rows for line in _labelled(label, cell)]
    if isinstance(block, Prose):
        return [*([f"  {block.label}"] if block.label else []), *_prose_lines(block.cell)]
    if isinstance(block, Listing):
        more = [f"    and {block.left_out} more"] if block.left_out else []
        return [f"  {block.label}", *(line for item in block.items for line in _bullet(_words(item))), *more]
    assert isinstance(block, Table)
    lines = [f"  {block.caption}"]
    for row in block.rows:
        parts = [
            f"{label.lower()}: {_words(cell)}" if position else _words(cell)
            for position, (label, cell) in enumerate(zip(block.columns, row, strict=True))
            if cell.text
        ]
        lines += _bullet("; ".join(parts))
    if block.left_out:
        lines.append(f"    and {block.left_out} more (`--json` has all)")
    if block.note:
        lines += textwrap.wrap(block.note, width=width(), initial_indent="    ", subsequent_indent="    ")
    return lines


def _labelled(label: str, cell: Cell) -> list[str]:
    head = f"  {label}: "
    return textwrap.wrap(head + _words(cell), width=width(), subsequent_indent="      ") or [head]


def _prose_lines(cell: Cell) -> list[str]:
    lines: list[str] = []
    for paragraph in cell.text.splitlines():
        indent = " " * (4 + len(paragraph) - len(paragraph.lstrip()))
        wrapped = textwrap.wrap(
            plain(paragraph), width=width(), initial_indent=indent, subsequent_indent=indent
        )
        lines += wrapped or [""]
    return lines


def _bullet(text: str) -> list[str]:
    return textwrap.wrap(plain(text), width=width(), initial_indent="    - ", subsequent_indent="      ")


def _words(cell: Cell) -> str:
    text = plain(cell.text)
    return f"{text} ({cell.code})" if cell.code and cell.code != cell.text else text
