"""Validators whose rules nobody here made: the grammar of RFC 4287, that of JSON Feed 1.1, and npm's feedsmith.

`atom.rng` is the RFC's own grammar (appendix B), checked by libxml2; what that cannot say, its Schematron rules do, as
XPath. Without Node or feedsmith the last one skips with a reason.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

HERE = Path(__file__).parent
_REPOSITORY = HERE.parents[1]
_NAMES = {"a": "http://www.w3.org/2005/Atom"}
# RFC 4287, appendix B and section 4.1: what must be true of each node.
_RULES = (
    ("/a:feed", "a:author or not(a:entry[not(a:author)])"),
    ("//a:entry", "a:link[@rel='alternate'] or a:link[not(@rel)] or a:content"),
    ("//a:entry", "a:author or ../a:author or a:source/a:author"),
    ("//a:entry[a:content/@src]", "a:summary"),
)


def atom_faults(body: bytes) -> list[str]:
    tree = etree.fromstring(body)
    grammar = _grammar()
    grammar.validate(tree)
    faults = [f"line {one.line}: {one.message}" for one in grammar.error_log]
    for node, rule in _RULES:
        faults += [
            f"line {one.sourceline}: not true: {rule}"
            for one in tree.xpath(node, namespaces=_NAMES)
            if not one.xpath(f"boolean({rule})", namespaces=_NAMES)
        ]
    return faults


@cache
def _grammar() -> Any:
    return etree.RelaxNG(etree.parse(HERE / "atom.rng"))


_ADDRESS = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:[^\\s]+$"}
_MOMENT = {"type": "string", "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T"}
_TEXT = {"type": "string"}
_OWN = {"^_[^.]+$": {"type": "object"}}  # of extensions
_AUTHOR = {
    "type": "object",
    "properties": {"name": _TEXT, "url": _ADDRESS, "avatar": _ADDRESS},
    "patternProperties": _OWN,
    "additionalProperties": False,
    "minProperties": 1,
}
_ATTACHMENT = {
    "type": "object",
    "properties": {
        "url": _ADDRESS,
        "mime_type": {"type": "string", "pattern": "^[^/]+/[^/]+$"},
        "title": _TEXT,
        "size_in_bytes": {"type": "number"},
        "duration_in_seconds": {"type": "number"},
    },
    "required": ["url", "mime_type"],
    "patternProperties": _OWN,
    "additionalProperties": False,
}
_ITEM = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "url": _ADDRESS,
        "external_url": _ADDRESS,
        "title": _TEXT,
        "content_html": _TEXT,
        "content_text": _TEXT,
        "summary": _TEXT,
        "image": _ADDRESS,
        "banner_image": _ADDRESS,
        "date_published": _MOMENT,
        "date_modified": _MOMENT,
        "authors": {"type": "array", "items": _AUTHOR},
        "tags": {"type": "array", "items": _TEXT},
        "language": _TEXT,
        "attachments": {"type": "array", "items": _ATTACHMENT},
    },
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "patternProperties": _OWN,
    "additionalProperties": False,
}
# https://www.jsonfeed.org/version/1.1/, read 2026-11; `author`, which 1.1 does away with, is not let through.
JSON_FEED = {
    "type": "object",
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": _ADDRESS,
        "feed_url": _ADDRESS,
        "description": _TEXT,
        "user_comment": _TEXT,
        "next_url": _ADDRESS,
        "icon": _ADDRESS,
        "favicon": _ADDRESS,
        "authors": {"type": "array", "items": _AUTHOR},
        "language": {"type": "string", "pattern": "^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$"},
        "expired": {"type": "boolean"},
        "hubs": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"type": _TEXT, "url": _ADDRESS},
                "required": ["type", "url"],
            },
        },
        "items": {"type": "array", "items": _ITEM},
    },
    "required": ["version", "title", "items"],
    "patternProperties": _OWN,
    "additionalProperties": False,
}


def json_feed_faults(body: bytes) -> list[str]:
    validator = Draft202012Validator(JSON_FEED, format_checker=FormatChecker())
    return [f"{one.json_path}: {one.message}" for one in validator.iter_errors(json.loads(body))]


_READ = """
import {parseFeed} from "feedsmith";
let text = "";
for await (const part of process.stdin) text += part;
const read = JSON.parse(text).map(one => parseFeed(one));
process.stdout.write(JSON.stringify(read));
"""


def feedsmith(bodies: list[bytes]) -> list[dict[str, Any]]:
    """What npm's feedsmith reads in each: `format` and `feed`. Skips where it is not there."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    if not (_REPOSITORY / "node_modules" / "feedsmith").exists():
        pytest.skip("npm's feedsmith is not installed: run `npm ci`")
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", _READ],
        cwd=_REPOSITORY,
        input=json.dumps([one.decode() for one in bodies]),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return list(json.loads(ran.stdout))
