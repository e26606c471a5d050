"""Elements of HTML around pieces of text. What is no `Markup` already is escaped.

As `Markup.format` and `Markup.join` do it, in a third of their time: a comparison of two whole records is made of some
thousands of these.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def element(name: str, inner: object, attributes: str = "") -> Markup:
    """`<name attributes>inner</name>`. name, attributes: our own, never a record's text."""
    return Markup(f"<{name}{attributes}>{_safe(inner)}</{name}>")


def together(pieces: Iterable[object]) -> Markup:
    return Markup("".join(map(_safe, pieces)))


def _safe(piece: object) -> str:
    return piece if type(piece) is Markup else escape(piece)
