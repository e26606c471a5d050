"""What a page may hold: our elements with our attributes, addresses of ours, and of records plain links alone.

The table says which attribute an element of ours has, so that `<a title>` or `<p id>` stands out too when it comes out
of a record. Whoever writes another element or attribute in a template adds it here.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

_TABLE = """
html lang | head | meta charset content name | body | link href rel title type
a aria-current aria-label class href rel type | article aria-labelledby class id | br | button | main id tabindex
header class | footer class | nav aria-label class | section aria-labelledby class id
div aria-label class role tabindex | span aria-current aria-hidden class id title
p aria-hidden aria-label class id role | h1 class
h2 class id | h3 | h4 | strong | ins | del | mark | code class | time datetime | details class open | summary
dl class | dt | dd class | ul aria-label class | ol aria-label class reversed | li class id value
table class | caption class | thead | tbody | tr class id | th class scope | td class colspan data-label data-side
form action aria-label class method role | fieldset | legend | label class for | datalist id | optgroup label
input autocomplete checked id list max maxlength min name placeholder required type value
select class id name | option selected value | figure class | figcaption class
svg aria-hidden aria-label aria-labelledby class height preserveaspectratio role viewbox width
title id | desc id | defs | g class | pattern height id patterntransform patternunits width | circle class cx cy r
rect class fill height rx width x y | line class x1 x2 y1 y2 | path class d fill
text class text-anchor x y | tspan class
"""
TABLE = {
    one.split()[0]: frozenset(one.split()[1:])
    for line in _TABLE.strip().split("\n")
    for one in line.split("|")
}
ADDRESSES = frozenset({"href", "src", "action", "formaction", "srcset", "data", "xlink:href", "poster"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_NAMES = re.compile(r"[a-z0-9-]+( [a-z0-9-]+)*", re.ASCII)
# What a browser drops or turns round before it reads an address.
_CRAFTY = re.compile(r"[\x00-\x20\x7f\\]")


class Strict(HTMLParser):
    """Collects what a page may not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self._check_script(given)
            return
        if tag not in TABLE:
            self.bad.append(f"<{tag}>")
            return
        if len(given) < len(attrs):
            self.bad.append(f"<{tag}> with an attribute twice")
        for name, text in attrs:
            value = text or ""
            own = name in TABLE[tag]
            if name == "class":
                own = own and _NAMES.fullmatch(value) is not None
            elif name == "id":
                own = own and _NAME.fullmatch(value) is not None and value not in self.ids
                self.ids.add(value)
            elif name == "fill" and "url(" in value:
                own = own and _NAME.fullmatch(value.removeprefix("url(#").removesuffix(")")) is not None
            if not own:
                self.bad.append(f"{tag} {name}={value}")
            if name in ADDRESSES:
                self._check_address(tag, value, given)

    def _check_script(self, attrs: dict[str, str | None]) -> None:
        """The one file that we ship, and nothing within it."""
        own = set(attrs) == {"defer", "src"} and (attrs["src"] or "").startswith("/static/times.js?v=")
        if not own:
            self.bad.append(f"<script> {attrs}")

    def _check_address(self, tag: str, address: str, attrs: dict[str, str | None]) -> None:
        parts = urlsplit(address)
        if _CRAFTY.search(address):
            self.bad.append(f"{tag} to {address!r}")
        if not parts.scheme and not parts.netloc:
            return
        own = tag == "a" and parts.scheme in ("http", "https") and "noopener" in (attrs.get("rel") or "")
        if not own or "@" in parts.netloc or not parts.netloc:
            self.bad.append(f"{tag} to {address}")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None and data.strip():
            self.bad.append(f"within <{self.cdata_elem}>: {data}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")

    def handle_pi(self, data: str) -> None:
        self.bad.append(f"instruction {data}")

    def unknown_decl(self, data: str) -> None:
        self.bad.append(f"declaration {data}")


def strictly(html: str) -> list[str]:
    """What is bad in a page or a piece of one."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    return parser.bad
