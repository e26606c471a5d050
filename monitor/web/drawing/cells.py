"""Cells and rows of tables as HTML. In Python, not in a template: a record with results has ten thousand of them.

Every text is made plain, bounded and escaped here; the elements around are written here too.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from monitor.web.drawing.blocks import Cell, Table
from monitor.web.drawing.moments import moment
from monitor.web.drawing.prose import paragraphs, plain, shortened, without_addresses

CUT = 2_000  # characters of a value that is not a long text
CUT_EXACT = 500  # of a name, a number or an address of a person
_LABEL = 80  # of a column's name beside a value, on a narrow screen


def drawn(cell: Cell) -> Markup:
    return Markup(_cell(cell))


def table_rows(block: Table) -> Markup:
    """The body of a table. Each value bears its column's name, which narrow screens show before it."""
    labels = [f'<td data-label="{_text(one, _LABEL)}">' for one in block.columns]
    lines = []
    for row in block.rows:
        opened = [*labels, *['<td data-label="">'] * (len(row) - len(labels))]
        lines.append(
            "<tr>" + "".join(f"{a}{_cell(one)}</td>" for a, one in zip(opened, row, strict=False)) + "</tr>"
        )
    return Markup("\n".join(lines))


def _cell(cell: Cell) -> str:
    if not cell.text and not cell.code:
        return ""
    if cell.prose:
        more = '<p class="note">The text goes on in the JSON of the record.</p>' if cell.cut else ""
        return f'<div class="prose">{paragraphs(cell.text)}</div>{more}'
    if cell.at:
        return str(moment(cell.at))
    if cell.href:
        return f'<a href="{escape(plain(cell.href))}" rel="noopener noreferrer nofollow">{escape(plain(cell.text))}</a>'
    if cell.muted:
        return f'<span class="muted">{escape(plain(cell.text))}</span>'
    if cell.exact:
        return str(escape(plain(cell.text[:CUT_EXACT])))
    code = f' <code class="code">{escape(plain(cell.code))}</code>' if cell.code else ""
    return _text(cell.text, CUT) + code


# Most values, and all that need no other look: letters, figures, and signs that mean nothing in HTML or in an address.
_HARMLESS = re.compile(r"[\w .,:;()/+–-]*")


def _text(text: str, limit: int) -> str:
    if len(text) <= limit and _HARMLESS.fullmatch(text):
        return text
    return str(escape(plain(without_addresses(shortened(text, limit)[0]))))
