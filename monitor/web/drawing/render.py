"""Draws templates. Autoescape is on for every template whatever its name; the only other HTML comes from
`prose` and `marks`, which escape all that they are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from monitor import addresses
from monitor.web.drawing.cells import CUT, drawn, table_rows
from monitor.web.drawing.moments import moment
from monitor.web.drawing.names import in_sentence
from monitor.web.drawing.prose import paragraphs, plain, shortened, with_code, without_addresses

HERE = Path(__file__).parents[1]
STATIC = {
    "style.css": "text/css; charset=utf-8",
    "times.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
}
SIGNS: Mapping[str, str] = {"critical": "▲", "major": "◆", "minor": "●", "noise": "○"}


class _Compiled(jinja2.BytecodeCache):
    """What was compiled, by its source: applications of one process have the same templates."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class Pages:
    """The templates, with addresses under the given prefix (the path of the public root, or nothing)."""

    def __init__(
        self, prefix: str, *, banner: str | None = None, nav: tuple[tuple[str, str, str], ...] = ()
    ) -> None:
        """banner: what each page says first. nav: label, path and name of the pages that every page leads to."""
        self._prefix = prefix
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            bytecode_cache=_COMPILED,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_finalize,
        )
        self._environment.globals.update(
            to=self.to, static=self.static, watch_path=addresses.watch, signs=SIGNS, banner=banner, nav=nav
        )
        self._environment.filters.update(
            paragraphs=paragraphs,
            with_code=with_code,
            cut=cut,
            drawn=drawn,
            table_rows=table_rows,
            moment=moment,
            in_sentence=in_sentence,
            size=size,
        )

    def compile(self) -> None:
        """All templates at once; each is compiled before it is first drawn in any case."""
        for name in self._environment.list_templates():
            self._environment.get_template(name)

    def to(self, path: str) -> str:
        """A path of ours as a link's address."""
        return self._prefix + path

    def static(self, name: str) -> str:
        """A static file, its content's hash in the address so that it may be kept for ever."""
        return self.to(f"/static/{name}?v={_contents_hash(name)}")

    def draw(self, template: str, **values: Any) -> str:
        page = {
            "here": "",
            "canonical": None,
            "address": None,
            "other_forms": (),
            "visitor": None,
            "rise": None,
            **values,
        }
        return self._environment.get_template(template).render(page)


@cache
def static_file(name: str) -> bytes:
    """A file that we ship; KeyError for any other name. The style is all of `static/style`, in the order of names."""
    _ = STATIC[name]
    if name == "style.css":
        return b"\n".join(one.read_bytes() for one in sorted((HERE / "static" / "style").glob("*.css")))
    return (HERE / "static" / name).read_bytes()


@cache
def _contents_hash(name: str) -> str:
    return hashlib.sha256(static_file(name)).hexdigest()[:12]


def _finalize(value: Any) -> Any:
    """Every value that a template prints: control characters and direction overrides are made visible."""
    return plain(value) if type(value) is str else value


def cut(text: Any, limit: int = CUT) -> str | Markup:
    """Bounds a short text, and takes e-mail addresses out."""
    if isinstance(text, Markup):
        return text
    return without_addresses(shortened(str(text), limit)[0])


def size(count: int) -> str:
    """Bytes for people: `1.2 GB`."""
    for unit, whole in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= whole:
            return f"{count / whole:.1f} {unit}"
    return f"{count} bytes"
